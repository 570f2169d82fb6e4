"""What staff type while somebody is on the phone. Nothing is refused: what cannot be used stands in the message."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from crm.clock import STATES
from crm.intake import wording
from crm.intake.channels import BEST_TIMES, NO_PLACE, WAYS, Agreement, Inquiry, NotUnderstood
from crm.models.contact import email_contact, phone_contact
from crm.models.lead import FOR
from crm.models.person import ANSWERS, VOICEMAIL
from crm.web.text import clean_line, clean_text

CONTENT_TYPE = "application/x-www-form-urlencoded"
LANGUAGES = ("en", "es")
LONGEST_NAME = 200  # characters: the width of the column

Typed = Mapping[str, Sequence[str]]


def read(raw: bytes, _content_type: str) -> Inquiry:
    """What was typed, from the bytes of the page; raises NotUnderstood when there is nothing in it."""
    typed = parse_qs(raw.decode("utf-8", "replace"))
    if not typed:
        raise NotUnderstood("nothing was typed")
    phone, email = _line(typed, "phone"), _line(typed, "email")
    ways = {way: _one_of(ANSWERS, typed, f"may_{way}", "unasked") for way in WAYS}
    voicemail = _one_of(VOICEMAIL, typed, "voicemail", "unasked")
    return Inquiry(
        name=_line(typed, "name")[:LONGEST_NAME],
        for_whom=_one_of(FOR, typed, "for", "self"),
        state=_one_of((*STATES, *NO_PLACE), typed, "state", "") or None,
        ways=ways,
        phone=phone if phone_contact(phone) else "",
        email=email if email_contact(email) else "",
        voicemail=voicemail,
        best_times=tuple(time for time in BEST_TIMES if time in typed.get("when", ())),
        message=_message(typed, phone, email),
        language=_one_of(LANGUAGES, typed, "language", "en"),
        agreements=_agreements({**ways, "voicemail": voicemail}),
        person_name=_line(typed, "person_name")[:LONGEST_NAME],
    )


def _message(typed: Typed, phone: str, email: str) -> str:
    """What they said, and below it whatever has no place of its own: somebody will read it here."""
    name, person_name = _line(typed, "name"), _line(typed, "person_name")
    nobody_else = _one_of(FOR, typed, "for", "self") == "self"
    besides = {
        "Phone, as typed": "" if phone_contact(phone) else phone,
        "E-mail, as typed": "" if email_contact(email) else email,
        "Name in full": name if len(name) > LONGEST_NAME else "",
        "Name of the person in need": person_name if nobody_else or len(person_name) > LONGEST_NAME else "",
        "How they heard of us": _line(typed, "heard"),
    }
    lines = "\n".join(f"{label}: {words}" for label, words in besides.items() if words)
    return "\n\n".join(part for part in (clean_text(_first(typed, "msg")), lines) if part)


def _agreements(answers: Mapping[str, str]) -> tuple[Agreement, ...]:
    """Only what was asked is a consent or a refusal."""
    return tuple(
        Agreement(kind, answer in ("yes", "name"), wording.spoken(kind, answer), wording.VERSION)
        for kind, answer in answers.items() if answer != "unasked"
    )


def _one_of(known: Sequence[str], typed: Typed, name: str, otherwise: str) -> str:
    value = _first(typed, name)
    return value if value in known else otherwise


def _line(typed: Typed, name: str) -> str:
    return clean_line(_first(typed, name))


def _first(typed: Typed, name: str) -> str:
    return next(iter(typed.get(name, ())), "")
