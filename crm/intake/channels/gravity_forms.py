"""Gravity Forms with its Webhooks add-on: all fields of an entry under the numbers of the form, or selected ones under
free names. Nothing is signed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from crm.intake.channels import Agreement, bodies, proofs, values
from crm.intake.channels.entry import Entry, Field, compose, count, identity, moment_in_utc

EDITOR = "The form's editor was signed in: maybe a test"
# An entry's own facts, beside the answers; dates are in UTC without saying so.
FACTS = {
    "id", "form_id", "post_id", "date_created", "date_updated", "is_starred", "is_read", "ip", "source_url",
    "user_agent", "currency", "payment_status", "payment_date", "payment_amount", "payment_method", "transaction_id",
    "transaction_type", "is_fulfilled", "created_by", "status", "source_id", "submission_speeds", "resume_token",
    "partial_entry_id", "partial_entry_percent",
}  # fmt: skip
NAME_PARTS = ("2", "3", "4", "6", "8")  # prefix, first, middle, last, suffix
STREET, LINE_2, CITY, STATE, ZIP, COUNTRY = "123456"


def entry(raw: bytes, content_type: str) -> Entry:
    """What the body says; raises NotUnderstood."""
    body = bodies.read(raw, content_type)
    sent = bodies.section(body, "entry") or body  # code around the add-on sends the entry beside its form
    facts = {name: bodies.line_of(value) for name, value in sent.items()}
    told = compose(bodies.fields(sent))
    # Selected fields have free names, which may be those of facts.
    not_asked = FACTS if {"id", "form_id"} <= set(sent) else {"id"}
    answers = [one for one in told.fields if one.key not in not_asked]
    number = facts.get("id") or told.external_id or ""
    form = facts.get("form_id") or told.form
    fields, means, consents = _parts_joined(answers)
    page = compose([Field("page", "", (facts["source_url"],))]) if facts.get("source_url") else told
    return Entry(
        fields=fields,
        means={key: fact for key, fact in told.means.items() if key not in not_asked} | means,
        external_id=identity(f"{form}:{number}" if form and number else number),
        form=form,
        number=count(number),
        submitted_at=moment_in_utc(facts.get("date_created", "")) or told.submitted_at,
        page=page.page,
        referrer=told.referrer,
        utm={**page.utm, **told.utm},
        notes=(EDITOR,) if facts.get("created_by") not in (None, "", "0") else (),
        consents=consents,
    )


def is_proven(_raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], _at: datetime) -> bool:
    """The token of the source, in a request header of the feed."""
    return proofs.has_token(headers, secrets)


def _parts_joined(answers: Sequence[Field]) -> tuple[tuple[Field, ...], dict[str, str], tuple[Agreement, ...]]:
    """Inputs such as 1.3 and 1.6 belong to one field: a name, an address, a consent, or the boxes of a choice."""
    groups: dict[str, dict[str, Field]] = {}
    for one in sorted(answers, key=_place):
        number, part = _input(one.key)
        groups.setdefault(number, {})[part] = one
    fields: list[Field] = []
    means: dict[str, str] = {}
    consents: list[Agreement] = []
    for number, inputs in groups.items():
        if "" in inputs:
            fields.append(inputs.pop(""))
            number = f"{number}.0"
        if not inputs:
            continue
        elif agreement := _agreement(inputs):
            consents.append(agreement)
        elif _is_name(inputs):
            fields.append(Field(number, "", _spoken(inputs, NAME_PARTS)))
            means[number] = "name"
        elif _is_address(inputs):
            placed = {STATE: "state", ZIP: "zip"}
            fields.append(Field(number, "Address", _spoken(inputs, (STREET, LINE_2, CITY, COUNTRY))))
            fields += [Field(f"{number}.{part}", "", inputs[part].values) for part in placed if part in inputs]
            means |= {f"{number}.{part}": fact for part, fact in placed.items() if part in inputs}
        else:
            fields.append(Field(number, "", tuple(text for one in inputs.values() for text in one.values)))
    return tuple(fields), means, tuple(consents)


def _input(key: str) -> tuple[str, str]:
    """The number of the field and of the input in it: 7.2 gives 7 and 2; a free name has no inputs."""
    number, dot, part = key.partition(".")
    is_input = dot and number.isascii() and number.isdigit() and part.isascii() and part.isdigit()
    return (number, part) if is_input else (key, "")


def _place(one: Field) -> tuple[float, float]:
    """As on the form: the order of the keys in the body is no order. Free names stay as they came, behind."""
    number, part = _input(one.key)
    if number.isascii() and number.isdigit():
        return float(number[:9]), float(part[:9] or 0)
    else:
        return float("inf"), 0


def _spoken(inputs: Mapping[str, Field], parts: Sequence[str]) -> tuple[str, ...]:
    text = " ".join(inputs[part].text for part in parts if part in inputs and inputs[part].values)
    return (text,) if text else ()


def _agreement(inputs: Mapping[str, Field]) -> Agreement | None:
    """A consent field: 1 when it was ticked, the words that were shown, and the revision of the form they stood in."""
    ticked, words, revision = (inputs[part].text if part in inputs else "" for part in "123")
    is_consent = set(inputs) <= set("123") and "1" in inputs and ticked in ("1", "")
    is_evidence = revision.isdigit() and bool(words)
    if is_consent and (is_evidence or (ticked == "1" and not revision)):
        return Agreement("contact", ticked == "1", words, revision)
    else:
        return None


def _is_name(inputs: Mapping[str, Field]) -> bool:
    """First and last name are 3 and 6. A choice may have those boxes too, but then the first ones as well."""
    given = [one.text for one in inputs.values() if one.values]
    is_choice = any(values.is_only_ways(text) or values.is_plain_for_whom(text) for text in given)
    return set(inputs) <= set(NAME_PARTS) and bool({"3", "6"} & set(inputs)) and not is_choice


def _is_address(inputs: Mapping[str, Field]) -> bool:
    """The state is the fourth and the postal code the fifth."""
    state, postal = (inputs[part].text if part in inputs else "" for part in (STATE, ZIP))
    is_place = bool(values.zip_code(postal)) or (bool(values.state(state)) and {CITY, COUNTRY} <= set(inputs))
    is_empty = not any(one.values for one in inputs.values()) and set(inputs) == set("123456")
    return set(inputs) <= set("123456") and (is_place or is_empty)
