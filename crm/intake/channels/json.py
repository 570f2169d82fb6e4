"""The documented JSON of `POST /api/v1/submissions`."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from crm.clock import STATES, parse_moment
from crm.intake.channels import NO_PLACE, WAYS, Agreement, Inquiry
from crm.intake.channels.traces import CAMPAIGN, address, campaign
from crm.models.contact import email_contact, phone_contact
from crm.web.text import clean_line, clean_text

CONTENT_TYPE = "application/json"
DEEPEST = 20  # levels; ours need three
CONSENT_VERSION = "as the source says"


class Unreadable(Exception):
    """Not JSON, or JSON that says two things at once; the text says which, and holds nothing of the body."""


def _list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _state(value: str) -> str:
    found = {name.lower(): code for code, name in STATES.items()}.get(value.lower(), value.upper())
    if found not in STATES and found not in NO_PLACE:
        raise ValueError("two letters of a state of the United States, XX (outside) or NA (rather not say)")
    return found


def _moment(value: str) -> str:
    parse_moment(value)
    return value


class AgreementGiven(BaseModel):
    """One consent, in the words that were on the sender's screen."""

    model_config = ConfigDict(strict=True)
    kind: str = Field(min_length=1, max_length=40, description="contact, call, text, email, voicemail, or your own")
    granted: bool
    text: str = Field(max_length=2000)


class Entry(BaseModel):
    """A message from somebody who looks for help. Fields we do not know are kept with it."""

    model_config = ConfigDict(strict=True, title="Submission")
    name: str = Field("", max_length=200)
    email: str = Field("", max_length=254, description="At least one of email, phone or message.")
    phone: str = Field("", max_length=60, description="At least one of email, phone or message.")
    state: Annotated[str, AfterValidator(_state)] | None = Field(
        None, description="Where the person who needs help is: CO, XX (outside the US), NA (rather not say)."
    )
    for_whom: Literal["self", "loved", "client"] = Field("self", alias="for")
    via: Annotated[list[Literal["call", "text", "email"]], BeforeValidator(_list)] | None = Field(
        None, description="The ways they allowed; all others are then not allowed. Left out: they were not asked."
    )
    voicemail: Literal["no", "name", "yes"] | None = None
    best_time: Annotated[list[Literal["any", "am", "pm", "eve"]], BeforeValidator(_list)] = Field(default_factory=list)
    message: str = Field("", max_length=10_000)
    language: str = Field("en", max_length=35, pattern="^[A-Za-z]{2,3}([-_].*)?$")
    source_url: str = Field("", max_length=2000)
    utm: dict[str, str] = Field(default_factory=dict, max_length=20)
    external_id: str | None = Field(
        None, max_length=200, description="Your own number for it: sent again, it is recognised."
    )
    submitted_at: Annotated[str, AfterValidator(_moment)] | None = Field(
        None, json_schema_extra={"format": "date-time"}
    )
    consents: list[AgreementGiven] = Field(default_factory=list, max_length=20)

    @model_validator(mode="after")
    def _says_something(self) -> "Entry":
        if not (self.message or phone_contact(self.phone) or email_contact(self.email)):
            raise ValueError("give a phone number, an e-mail address or a message that we can use")
        return self


def parse(raw: bytes) -> Entry:
    """The entry in the body; raises Unreadable, or pydantic's ValidationError with a place for each problem."""
    try:
        body = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_once_each, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Unreadable("The body is not JSON in UTF-8.") from None
    clean = _clean(body, DEEPEST)
    if not isinstance(clean, dict):
        raise Unreadable("The body is not a JSON object.")
    # Senders leave a field out, say null, or send an empty text: it is all the same to us.
    return Entry.model_validate({name: value for name, value in clean.items() if value not in (None, "")})


def read(raw: bytes, _content_type: str) -> Inquiry:
    """What they sent, as an inquiry. Raises as `parse` does."""
    entry = parse(raw)
    asked = entry.via is not None
    return Inquiry(
        name=clean_line(entry.name),
        for_whom=entry.for_whom,
        state=entry.state,
        ways={way: ("yes" if way in (entry.via or ()) else "no") if asked else "unasked" for way in WAYS},
        phone=clean_line(entry.phone),
        email=clean_line(entry.email),
        voicemail=entry.voicemail or "unasked",
        best_times=tuple(dict.fromkeys(entry.best_time)),
        message=entry.message,
        language=entry.language[:2].lower(),
        agreements=tuple(Agreement(one.kind, one.granted, one.text, CONSENT_VERSION) for one in entry.consents),
        page=address(entry.source_url),
        utm={**campaign(address(entry.source_url)), **_campaign(entry.utm)},
        submitted_at=parse_moment(entry.submitted_at) if entry.submitted_at else None,
    )


def _campaign(given: Mapping[str, str]) -> dict[str, str]:
    """Of what the partner says of the campaign, what is one: no click number, nothing about who clicked."""
    named = {name if name.startswith("utm_") else f"utm_{name}": clean_line(text)[:200] for name, text in given.items()}
    return {name: text for name, text in named.items() if name in CAMPAIGN and text}


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Two readers may each believe another one of the two: nobody can say which was meant.
    if len({name for name, _ in pairs}) < len(pairs):
        raise Unreadable("The body names the same field twice.")
    return dict(pairs)


def _no_constant(_: str) -> None:
    raise ValueError("NaN and Infinity are not JSON")


def _clean(value: Any, deepest: int) -> Any:
    """The same value with clean text everywhere: what pydantic sees, it can also say."""
    if not deepest:
        raise Unreadable("The body is nested too deeply.")
    elif isinstance(value, str):
        return clean_text(value)
    elif isinstance(value, list):
        return [_clean(one, deepest - 1) for one in value]
    elif isinstance(value, dict):
        return {clean_text(name): _clean(one, deepest - 1) for name, one in value.items()}
    else:
        return value
