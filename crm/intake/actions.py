"""The verbs of intake. What arrives is stored first, as it came; understanding it may fail and loses nothing."""

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from crm import audit, outbox
from crm.access import Missing
from crm.db import db
from crm.intake import reading, repeats, understanding
from crm.intake.channels import Inquiry, NotUnderstood
from crm.intake.delivery import Delivery, nameless, of_entry
from crm.intake.triage import Assessment
from crm.intake.weighing import Verdict, weigh
from crm.leads import safety
from crm.leads.recognising import recognise
from crm.models import Lead, Source, Staff, Submission, SubmissionUpdate
from crm.outbox.readers import to_alarm
from crm.queue import actions as queue

log = logging.getLogger("lantern")

WEBSITE, BY_STAFF, OF_A_FILE = "website", "typed-in", "file"  # slugs of the sources that need no setting up
STANDING = {  # slug: kind, name
    WEBSITE: ("form", "Website form"), BY_STAFF: ("staff", "Phone or visit"), OF_A_FILE: ("file", "A list of ours"),
}
STILL_WAITING = timedelta(days=7)  # whoever wrote before that does not sit waiting for us any more
PAGES_OF_OURS = ("form", "staff")  # kinds of source whose key names one page in one browser
CORRECTED = ":"  # stands in the key of a page sent again, between its token and the print of the new body


class KeyReused(Exception):
    """The same key came before with another body; `earlier` is what it brought then."""

    def __init__(self, earlier: Submission) -> None:
        super().__init__("the key came before with another body")
        self.earlier = earlier


def receive(source: Source, delivery: Delivery, at: datetime) -> tuple[Submission, bool]:
    """Store what arrived and make a lead of it, or find it if it came before; says whether it is new.

    Raises KeyReused.
    """
    earlier = _find_earlier(source, delivery)
    stored = None if earlier else _store(source, delivery, at)
    if stored:
        understand(stored, at)
        return stored, True
    earlier = earlier or _find_earlier(source, delivery)
    assert earlier is not None  # what kept us from storing is there
    if delivery.key and earlier.idempotency_key == delivery.key and earlier.fingerprint != delivery.fingerprint:
        raise KeyReused(earlier)
    return earlier, False


def receive_row(source: Source, delivery: Delivery, inquiry: Inquiry, known: Lead | None, at: datetime) -> Lead:
    """A row of a file, read already, that nobody has seen before: kept, and a lead or more of the `known` one.

    Raises whatever went wrong; the caller has opened the savepoint that then takes the row back as well.
    """
    submission = _written(source, delivery, at)
    db.session.add(submission)
    assessed = reading.assess_all(inquiry)
    reading.note(submission, inquiry, assessed)
    return _becomes_lead(submission, inquiry, assessed, known, at)


def receive_form(delivery: Delivery, at: datetime) -> Submission:
    """The public form. One page makes one lead, however often it is sent; a corrected one is kept beside the first."""
    return _receive_page(WEBSITE, delivery, at)[0]


def type_in(delivery: Delivery, by: Staff, at: datetime) -> Submission:
    """What staff typed while somebody was on the phone: received as every message is, and in their hands from then on.

    One page makes one lead here too. Who typed it stands in history even if it could not be understood.
    """
    submission, is_new = _receive_page(BY_STAFF, delivery, at)
    if is_new:
        audit.record(submission.lead, "typed-in", by, at, **_facts(submission))
    if is_new and submission.lead:
        queue.hold(submission.lead, by, at)
    return submission


def receive_entry(source: Source, delivery: Delivery, at: datetime) -> tuple[dict[str, Any], bool]:
    """The JSON API: what the sender is told, word for word the same each time, and whether it is new.

    Raises KeyReused.
    """
    submission, is_new = receive(source, delivery, at)
    if is_new:
        state = "understood" if submission.state == "understood" else "waiting"
        received_at = submission.received_at.isoformat(timespec="seconds").replace("+00:00", "Z")
        submission.answer = {"id": submission.ref, "state": state, "received_at": received_at}
    return submission.answer or {}, is_new


def receive_hook(source: Source, delivery: Delivery, at: datetime) -> Submission:
    """A vendor's delivery that has proven itself. The same entry with more in it brings its lead up to date."""
    earlier, is_new = receive(source, delivery, at)
    if not is_new and delivery.external_id and not _is_known(earlier, delivery):
        _bring_up_to_date(earlier, delivery, at)
    return earlier


def identified(source: Source, delivery: Delivery, at: datetime) -> Delivery:
    """The delivery under the number that its vendor gave the entry; one without a number is known by its body."""
    try:
        return of_entry(delivery, reading.entry_of(source, reading.Body(delivery.raw, delivery.content_type)), at)
    except NotUnderstood:
        return nameless(delivery, at)


def keep_unproven(source: Source, delivery: Delivery, at: datetime) -> None:
    """A delivery with a wrong proof: kept for somebody to look at, for a changed secret must not lose a person."""
    if _find_earlier(source, delivery) is None and (stored := _store(source, delivery, at)):
        stored.state, stored.why = "unproven", "it came without the right secret"
        audit.record(None, "unproven", None, at, **_facts(stored))


def receive_test(source: Source, delivery: Delivery, at: datetime) -> tuple[Submission, Inquiry]:
    """A message that we wrote ourselves, to try the source: kept as a test and nobody's lead.

    Raises what its channel raises when it cannot be read.
    """
    stored = _store(source, delivery, at)
    assert stored is not None  # a test has a number of its own
    stored.state, stored.why = "test", None
    inquiry, _assessed = _read(stored)
    return stored, inquiry


def understand(submission: Submission, at: datetime) -> None:
    """Make of it what it is: a lead, more of one, or something to look at. Failing leaves it stored, to try again."""
    try:
        with db.session.begin_nested():
            inquiry, assessed = _read(submission)
            verdict = weigh(submission, inquiry, assessed, at)
            if verdict.state == "understood":
                _finds_its_lead(submission, inquiry, assessed, at)
            else:
                _is_set_aside(submission, verdict, assessed, at)
    except Exception as error:  # whatever it is: somebody wrote to us, and that must not be lost
        _failed(submission, error)


def release(submission: Submission, by: Staff, at: datetime) -> Lead | None:
    """Somebody read it and says that a person wrote it: it becomes a lead (none while it cannot be understood)."""
    db.session.refresh(submission, with_for_update=True)  # two people may press at once: one lead
    if submission.lead is None:
        why = submission.why
        try:
            with db.session.begin_nested():
                inquiry, assessed = _read(submission)
                submission.dismissed_at = submission.dismissed_by_id = None
                _finds_its_lead(submission, inquiry, assessed, at)
                audit.record(submission.lead, "released", by, at, held=why, **_facts(submission))
        except Exception as error:
            _failed(submission, error)
    return submission.lead


def dismiss(submission: Submission, by: Staff, at: datetime, reason: str = "") -> None:
    """Somebody read it and says that nobody in it needs us, and why. It is kept, and can be made a lead any time."""
    db.session.refresh(submission, with_for_update=True)
    if submission.lead is None and submission.dismissed_at is None:
        submission.dismissed_at, submission.dismissed_by_id = at, by.id
        said = {"level": submission.level, "held": submission.why, "reason": reason or None}
        audit.record(None, "dismissed", by, at, **said, **_facts(submission))


def put_back(submission: Submission, by: Staff, at: datetime) -> None:
    """It was set aside by mistake: it waits again, as it did."""
    db.session.refresh(submission, with_for_update=True)
    if submission.lead is None and submission.dismissed_at is not None:
        submission.dismissed_at = submission.dismissed_by_id = None
        audit.record(None, "put-back", by, at, **_facts(submission))


def standing(slug: str, at: datetime) -> Source:
    """One of the sources that every programme has, made at its first use."""
    kind, name = STANDING[slug]
    source = _source(slug) or _add_source(kind, name, slug, at) or _source(slug)
    assert source is not None  # found, made, or made by somebody else a moment ago
    return source


def source_of(slug: str, at: datetime) -> Source:
    """The source with this slug, one that needs no setting up made at its first use. Raises Missing."""
    found = standing(slug, at) if slug in STANDING else _source(slug)
    if found is None:
        raise Missing
    return found


def _receive_page(slug: str, delivery: Delivery, at: datetime) -> tuple[Submission, bool]:
    source = standing(slug, at)
    try:
        return receive(source, delivery, at)
    except KeyReused:
        key = f"{delivery.key}{CORRECTED}{delivery.fingerprint}"
        return receive(source, replace(delivery, key=key), at)


def _read(submission: Submission) -> tuple[Inquiry, Assessment]:
    inquiry = reading.read(submission)
    assessed = reading.assess_all(inquiry)
    reading.note(submission, inquiry, assessed)
    return inquiry, assessed


def _finds_its_lead(submission: Submission, inquiry: Inquiry, assessed: Assessment, at: datetime) -> None:
    if same_page := _lead_of_the_same_page(submission):
        understanding.correct(same_page, submission, inquiry)
        _belongs_to(same_page, submission, "corrected", assessed, submission.ref, at)
    else:
        _becomes_lead(submission, inquiry, assessed, repeats.known_lead(inquiry), at)


def _becomes_lead(
    submission: Submission, inquiry: Inquiry, assessed: Assessment, known: Lead | None, at: datetime
) -> Lead:
    is_old = _is_of_an_old_list(submission, inquiry, at)
    is_quiet = is_old and not assessed.dangers  # danger is answered whenever it was written
    if known and known.is_open:
        lead, what = known, ""  # its history says "wrote again"
        understanding.hear_again(lead, submission, inquiry, is_quiet)
    else:
        lead, what = understanding.begin_lead(submission, inquiry, known, is_quiet), "received"
    # An old list may hold a hundred of them: each stands on top of the queue, but there is one alarm an hour.
    alarm = f"import:{submission.import_id}:{at.isoformat(timespec='hours')}" if is_old else submission.ref
    _belongs_to(lead, submission, what, assessed, alarm, at)
    return lead


def _belongs_to(lead: Lead, submission: Submission, what: str, assessed: Assessment, alarm: str, at: datetime) -> None:
    submission.state, submission.why, submission.lead = "understood", None, lead
    db.session.flush()
    if what:
        audit.record(lead, what, None, at, **_facts(submission))
    safety.heard(lead, assessed.level, bool(assessed.dangers), alarm, at)
    recognise(lead, at, is_new=what == "received")


def _is_of_an_old_list(submission: Submission, inquiry: Inquiry, at: datetime) -> bool:
    """Nobody in it sits waiting for our answer."""
    run = submission.import_run
    if run is None:
        return False
    return not run.waiting or (inquiry.submitted_at is not None and inquiry.submitted_at < at - STILL_WAITING)


def _is_set_aside(submission: Submission, verdict: Verdict, assessed: Assessment, at: datetime) -> None:
    submission.state, submission.why = verdict.state, verdict.why or None
    if verdict.state == "held":
        audit.record(None, "held", None, at, **_facts(submission))
        if assessed.dangers:  # somebody may be in danger behind what looks like a flood: one alarm an hour
            hour = at.isoformat(timespec="hours")
            for staff in to_alarm(at):
                outbox.post("danger-held", to=staff, at=at, key=f"danger-held:{submission.source_id}:{hour}")


def _failed(submission: Submission, error: Exception) -> None:
    # The error's own text may hold what somebody typed: only its kind is kept and logged.
    log.error("submission %s is stored but not understood: %s", submission.ref, type(error).__name__)
    submission.state, submission.why = "failed", type(error).__name__


def _facts(submission: Submission) -> dict[str, str]:
    return {"submission": submission.ref, "source": submission.source.slug}


def _lead_of_the_same_page(submission: Submission) -> Lead | None:
    """For a form that was sent, corrected and sent again: the lead that its first sending made."""
    first, corrected, _ = (submission.idempotency_key or "").partition(CORRECTED)
    if submission.source.kind not in PAGES_OF_OURS or not corrected:
        return None
    wanted = select(Submission).where(
        Submission.source_id == submission.source_id, Submission.idempotency_key == first
    )
    sent = db.session.scalars(wanted).one_or_none()
    return sent.lead if sent else None


def _is_known(submission: Submission, delivery: Delivery) -> bool:
    return delivery.fingerprint in (submission.fingerprint, *(one.fingerprint for one in submission.updates))


def _bring_up_to_date(submission: Submission, delivery: Delivery, at: datetime) -> None:
    """Keep the later delivery as it came, and let the lead know what it says."""
    db.session.refresh(submission, with_for_update=True)
    if _is_known(submission, delivery):
        return
    update = SubmissionUpdate(
        submission=submission, received_at=at, content_type=delivery.content_type, fingerprint=delivery.fingerprint,
        raw=delivery.raw,
    )
    db.session.add(update)
    db.session.flush()
    if submission.lead is None:
        understand(submission, at)
        return
    try:
        with db.session.begin_nested():
            inquiry, assessed = _read(submission)
            understanding.correct(submission.lead, submission, inquiry)
            audit.record(submission.lead, "corrected", None, at, **_facts(submission))
            safety.heard(submission.lead, assessed.level, bool(assessed.dangers), update.ref, at)
            recognise(submission.lead, at)
    except Exception as error:  # the first delivery has been understood, and its lead stands
        log.error("submission %s could not be brought up to date: %s", submission.ref, type(error).__name__)


def _find_earlier(source: Source, delivery: Delivery) -> Submission | None:
    mine = select(Submission).where(Submission.source_id == source.id)
    found = None
    if delivery.key:
        found = db.session.scalars(mine.where(Submission.idempotency_key == delivery.key)).one_or_none()
    if found is None and delivery.external_id:
        found = db.session.scalars(mine.where(Submission.external_id == delivery.external_id)).one_or_none()
    if found is None and delivery.nameless_since:
        db.session.flush()
        delivery.take_turn(source.id)
        same = mine.where(
            Submission.fingerprint == delivery.fingerprint, Submission.received_at > delivery.nameless_since
        )
        found = db.session.scalars(same.order_by(Submission.id).limit(1)).one_or_none()
    return found


def _store(source: Source, delivery: Delivery, at: datetime) -> Submission | None:
    """The row, or None when another request has stored the same delivery a moment ago."""
    submission = _written(source, delivery, at)
    try:
        with db.session.begin_nested():
            db.session.add(submission)
    except IntegrityError:
        return None
    return submission


def _written(source: Source, delivery: Delivery, at: datetime) -> Submission:
    return Submission(
        source=source, external_id=delivery.external_id, idempotency_key=delivery.key,
        fingerprint=delivery.fingerprint, content_type=delivery.content_type[:100], received_at=at, state="failed",
        why="not read yet", raw=delivery.raw, sender=delivery.sender, form=delivery.form[:60],
        entry_number=delivery.number, headers=json.dumps(dict(delivery.headers)) if delivery.headers else None,
        import_run=delivery.import_run, import_row=delivery.import_row,
    )


def _add_source(kind: str, name: str, slug: str, at: datetime) -> Source | None:
    source = Source(kind=kind, name=name, slug=slug, created_at=at)
    try:
        with db.session.begin_nested():
            db.session.add(source)
    except IntegrityError:
        return None
    return source


def _source(slug: str) -> Source | None:
    return db.session.scalars(select(Source).where(Source.slug == slug)).one_or_none()
