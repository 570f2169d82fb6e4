"""CallRail: one call makes several events, all with the number of the call; the latest one knows most.

Recordings and what was spoken are health information: they stay with CallRail.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from crm.intake.channels import bodies, proofs
from crm.intake.channels.entry import Entry, Field, compose, identity, moment
from crm.intake.channels.traces import address, campaign

SIGNATURE = "Signature"
MEANS = {"customer_phone_number": "phone", "customer_email": "email", "content": "message", "note": "other"}
# Caller identification knows where a number was registered, and to whom: a guess about the caller, not a fact.
GUESSED = ("customer_name", "customer_state")
IDS = ("resource_id", "id", "call_id")
PAGES, REFERRERS = ("landing_page_url", "landing"), ("referring_url", "referrer", "referer")
# What the telephone network shows when it knows no name.
NO_NAME = {"wireless caller", "unknown", "unavailable", "anonymous", "private", "restricted", "toll free call",
           "cell phone", "mobile caller", "name unavailable", "out of area", "unknown caller", "blocked"}  # fmt: skip
SPOKEN = {"transcription", "recording", "recording_player", "recording_duration", "call_summary", "call_highlights"}
MINUTE = 60  # seconds


def entry(raw: bytes, content_type: str) -> Entry:
    """What the body says; raises NotUnderstood."""
    body = bodies.read(raw, content_type)
    call = {key: bodies.line_of(value) for key, value in body.items()}
    typed = bodies.fields(bodies.section(body, "form_data"))
    told_keys = [key for key in (*MEANS, *GUESSED) if call.get(key) and not _is_no_name(key, call)]
    own = [Field(key, "", bodies.values_of(body[key])) for key in told_keys]
    told = compose([*own, *typed] or [one for one in bodies.fields(body) if one.key not in SPOKEN])
    page = address(next((call[key] for key in PAGES if call.get(key)), ""))
    return replace(
        told,
        means={**told.means} | {one.key: MEANS[one.key] for one in own if one.key in MEANS},
        external_id=identity(_number(call)),
        submitted_at=moment(call.get("start_time", "") or call.get("submitted_at", "")),
        page=page,
        referrer=address(next((call[key] for key in REFERRERS if call.get(key)), "")),
        utm={**campaign(page), **_campaign(call)},
        notes=_notes(call),
        as_of=moment(call.get("timestamp", "")),
    )


def is_proven(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], _at: datetime) -> bool:
    """The keyed SHA-1 of the body in base64, or the token of the source.

    An event is not refused for its age: it may come twenty minutes late, is never sent again, and told twice it is
    still the same call.
    """
    signature = proofs.header(headers, SIGNATURE)
    return proofs.is_signed(raw, signature, secrets, "sha1") or proofs.has_token(headers, secrets)


def _number(call: Mapping[str, str]) -> str:
    return next((call[key] for key in IDS if call.get(key)), "")


def _is_no_name(key: str, call: Mapping[str, str]) -> bool:
    """Caller identification often shows the city: "PENSACOLA FL"."""
    if key != "customer_name":
        return False
    shown = re.sub(r"[^a-z ]", " ", call[key].casefold()).split()
    city, state = call.get("customer_city", "").casefold(), call.get("customer_state", "").casefold()
    is_city = bool(city) and " ".join(shown) in (city, f"{city} {state}")
    return is_city or not shown or " ".join(shown) in NO_NAME


def _campaign(call: Mapping[str, str]) -> dict[str, str]:
    named = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
    return {name: call[name] for name in named if call.get(name)}


def _notes(call: Mapping[str, str]) -> tuple[str, ...]:
    """The call in words, as far as this event knows it: "Missed call, 36 seconds, voicemail left"."""
    if not (call.get("duration") or call.get("answered") or _number(call).startswith("CAL")):
        return ()
    answered, seconds = call.get("answered", ""), call.get("duration", "")
    is_outgoing = call.get("direction", "").casefold() == "outbound"
    if is_outgoing:
        first = "Call from us to them"
    else:
        first = {"Yes": "Answered call", "true": "Answered call"}.get(answered) or (
            "Missed call" if answered in ("No", "false") else "Call"
        )
    length = _length(int(seconds)) if seconds.isascii() and seconds.isdigit() and len(seconds) < 7 else ""
    left = "voicemail left" if call.get("voicemail") in ("Yes", "true") else ""
    return (", ".join(part for part in (first, length, left) if part),)


def _length(seconds: int) -> str:
    if seconds < 2 * MINUTE:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    else:
        return f"{seconds // MINUTE} minutes"
