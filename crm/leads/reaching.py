"""How somebody may be reached now: each way with its permission, the call button with its hours, voicemail words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from crm.clock import call_window, zone_label
from crm.leads.forms import BEST
from crm.models import ContactPoint, Person

ASKED_FOR = timedelta(minutes=30)  # a call promised for about now is a time they asked for
SOURCES = {"person said": "they said so", "state": "from the state", "state and phone": "from the state and the phone",
           "phone": "from the phone number"}
CONFIDENCES = {"sure": "sure", "likely": "likely", "guess": "a guess"}
VOICEMAIL = {
    "yes": ("Voicemail is fine", "yes", "allowed"), "name": ("Voicemail: first name only", "yes", "limited"),
    "no": ("Voicemail", "no", "none"), "unasked": ("Voicemail", "no", "not asked"),
}


@dataclass(frozen=True)
class Way:
    """One way to reach them: the link is there only when they allowed it. `answer`: yes, no or unasked."""

    icon: str
    words: str
    link: str | None
    answer: str
    label: str


@dataclass(frozen=True)
class Call:
    """The call button: a link, or why there is none; a warning beside a link."""

    link: str | None
    why: str = ""
    warning: str = ""


def first_name(person: Person) -> str:
    """What to call them; empty when nobody knows their name."""
    return person.name.split()[0] if person.name else ""


def ways(person: Person, may_call_now: bool) -> Sequence[Way]:
    """Every number and address with what they allowed, and the voicemail wish after the numbers.

    A number is no link while it cannot be called, as the call button is none.
    """
    phones, emails = _points(person, "phone"), _points(person, "email")
    found = []
    for point in phones:
        number = _dialled(point)
        tel = f"tel:{number}" if may_call_now else None
        found.append(_way("phone", point.value, tel, person.may_call, "call", unasked_is_fine=True))
        found.append(_way("text", "same number", f"sms:{number}", person.may_text, "text"))
    if phones:
        found.append(Way("voice", VOICEMAIL[person.voicemail][0], None, *VOICEMAIL[person.voicemail][1:]))
    for point in emails:
        address = f"mailto:{quote(point.value, safe='@')}"
        found.append(_way("mail", point.value, address, person.may_email, "e-mail", unasked_is_fine=True))
    return found


def call(person: Person, promised_at: Sequence[datetime], at: datetime, is_danger: bool = False) -> Call:
    """May they be called now? `promised_at` are the moments at which staff promised them a call.

    Quiet hours do not hold while somebody may be in danger: docs/domain.md, "Quiet hours and zones".
    """
    phones = _points(person, "phone")
    if not phones:
        return Call(None, "We have no phone number")
    elif person.may_call == "no":
        return Call(None, "Do not call: they asked us not to")
    window = call_window(person.zone_candidates, person.state, at)
    link = f"tel:{_dialled(phones[0])}"
    if window.may_call:
        return Call(link, warning=window.reason if window.kind == "warned" else "")
    elif is_danger:
        return Call(link, warning=f"{window.reason}, but somebody may be in danger")
    elif any(abs(moment - at) <= ASKED_FOR for moment in promised_at):
        return Call(link, warning=f"{window.reason}, but a call was promised for this time")
    else:
        return Call(None, window.reason)


def voicemail_hint(person: Person, staff_name: str) -> tuple[str, str]:
    """What may be left on their voicemail: the rule, and the words to say (empty when nothing may be said)."""
    hello = f"Hi {first_name(person)}, it's {staff_name}." if first_name(person) else f"Hi, it's {staff_name}."
    if person.voicemail == "name":
        return "Voicemail with only a first name:", f"“{hello} I'll try again later.”"
    elif person.voicemail == "yes":
        return "Voicemail is allowed. Keep it short:", f"“{hello} I'll try again later.”"
    else:
        return "Do not leave a message.", "They did not allow voicemail; a text may be better if they allowed it."


def zone_words(person: Person) -> str:
    """Their time zone, where it comes from and how sure we are."""
    if not person.time_zone:
        return "Time zone not known"
    source, sure = SOURCES.get(person.zone_source, person.zone_source), CONFIDENCES.get(person.zone_confidence, "")
    return f"{zone_label(person.time_zone)} time, {source}" + (f" ({sure})" if sure else "")


def best_words(person: Person) -> str:
    """When to reach them best, as they said; empty when they did not."""
    return ", ".join(BEST[time] for time in person.best_times if time in BEST)


def _points(person: Person, kind: str) -> list[ContactPoint]:
    return [point for point in person.contact_points if point.kind == kind]


def _dialled(point: ContactPoint) -> str:
    return "".join(mark for mark in point.normal if mark in "+0123456789")


def _way(icon: str, words: str, link: str | None, answer: str, label: str, unasked_is_fine: bool = False) -> Way:
    """Nobody was asked, and a number or an address is all they gave: answering there is why they gave it."""
    if answer == "yes":
        return Way(icon, words, link, answer, label)
    elif answer == "no":
        return Way(icon, words, None, answer, f"no {label}")
    else:
        return Way(icon, words, link if unasked_is_fine else None, answer, f"{label}: not asked")
