"""What a sender told us, from the bytes as they came: by the channel of the source, and what its fields mean."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from crm.intake import mapping
from crm.intake.channels import (
    Inquiry,
    NotUnderstood,
    bodies,
    callrail,
    contact_form_7,
    elementor,
    form,
    google_ads,
    gravity_forms,
    proofs,
    row,
    staff,
    typeform,
    wpforms,
)
from crm.intake.channels import json as json_api
from crm.intake.channels.entry import Entry, compose
from crm.intake.delivery import words_hash
from crm.intake.triage import LEVELS, Assessment, assess
from crm.models import ImportRun, Source, Submission


class Body(NamedTuple):
    """One delivery, as bytes and what they are said to be."""

    raw: bytes
    content_type: str


OURS: dict[str, Callable[[bytes, str], Inquiry]] = {"form": form.read, "staff": staff.read}
VENDORS: dict[str, Any] = {
    "gravity-forms": gravity_forms, "wpforms": wpforms, "contact-form-7": contact_form_7, "elementor": elementor,
    "typeform": typeform, "callrail": callrail, "google-ads": google_ads,
}


def read(submission: Submission) -> Inquiry:
    """What the sender told us, by the latest delivery; raises whatever the channel raises when it makes no sense."""
    if submission.import_run and not submission.updates:
        return read_row(json.loads(submission.raw or b""), submission.import_run)
    return read_body(submission.source, _latest(submission))


def read_body(source: Source, body: Body, meanings: Mapping[str, str] | None = None) -> Inquiry:
    """What a body of this source says; `meanings` instead of what the source's fields were said to mean."""
    if source.kind in OURS:
        return OURS[source.kind](*body)
    if source.kind == "json" and not source.mapping:
        with suppress(json_api.Unreadable, ValidationError):  # a partner may also send fields of its own
            return json_api.read(*body)
    entry = entry_of(source.kind, body)
    return mapping.inquiry(entry, source.mapping if meanings is None else meanings, source.defaults)


def read_row(cells: Mapping[str, str], run: ImportRun) -> Inquiry:
    """What a row of a file says, by what its columns were said to mean."""
    return mapping.inquiry(row.entry(cells, run.mapping, run.time_zone), run.mapping, run.source.defaults)


def entry_of(kind: str, body: Body) -> Entry:
    """The fields of a body from a source of this kind, before anybody decides what they mean. Raises NotUnderstood."""
    if kind in VENDORS:
        entry: Entry = VENDORS[kind].entry(*body)
        return entry
    else:
        return compose(bodies.fields(bodies.read(*body)))


def is_proven(kind: str, raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], at: datetime) -> bool:
    """Whether a delivery really comes from the source of this kind that it names."""
    if kind in VENDORS:
        return bool(VENDORS[kind].is_proven(raw, headers, secrets, at))
    else:
        return proofs.has_token(headers, secrets)


def assess_all(inquiry: Inquiry) -> Assessment:
    """How urgent the message is, or what else they answered when that is graver; marks are those of the message."""
    assessed = assess(inquiry.message, dict(inquiry.other))
    besides = "\n".join(answer for _, answer in inquiry.other)
    if not besides:
        return assessed
    more = assess(besides)
    worse = min(assessed.level, more.level, key=LEVELS.index)
    if not inquiry.message:  # the rules cannot say "not a lead" of a form whose message is somewhere among its answers
        return replace(more, level=worse if worse != "none" else "routine", lead=True, not_a_lead="", findings=())
    return replace(
        assessed, level=worse, lead=assessed.lead or worse in ("crisis", "urgent"),
        signals=(*assessed.signals, *more.signals), dangers=tuple(dict.fromkeys((*assessed.dangers, *more.dangers))),
    )


def _latest(submission: Submission) -> Body:
    """The delivery that knows most: events of one call may overtake each other on their way, and say when they were."""
    came = [Body(submission.raw or b"", submission.content_type)]
    came += [Body(one.raw or b"", one.content_type) for one in submission.updates]
    dated = []
    for place, body in enumerate(came if len(came) > 1 else ()):
        with suppress(NotUnderstood):
            if moment := entry_of(submission.source.kind, body).as_of:
                dated.append((moment, place))
    return came[max(dated)[1]] if dated else came[-1]


def read_and_note(submission: Submission) -> tuple[Inquiry, Assessment]:
    """What the sender told us and how urgent it is, kept with the submission; raises as `read` does."""
    inquiry = read(submission)
    assessed = assess_all(inquiry)
    note(submission, inquiry, assessed)
    return inquiry, assessed


def note(submission: Submission, inquiry: Inquiry, assessed: Assessment) -> None:
    """Keep with the submission what its inquiry says beside the facts of a lead, and what the rules made of it."""
    submission.message = inquiry.message
    submission.words = words_hash(inquiry.message)
    submission.submitted_at = inquiry.submitted_at
    submission.page, submission.referrer = inquiry.page[:500], inquiry.referrer[:300]
    submission.utm = dict(inquiry.utm)
    submission.is_guessed = bool(inquiry.guessed)
    submission.level = assessed.level
    found = [[one.start, one.end, one.signal, one.context, one.why] for one in assessed.findings]
    made = {
        "notes": inquiry.notes, "other": inquiry.other, "guessed": inquiry.guessed, "dangers": assessed.dangers,
        "found": found, "assessed": assessed.assessed, "rules": assessed.version, "language": assessed.language,
    }
    submission.reading = json.dumps(made, ensure_ascii=False)
