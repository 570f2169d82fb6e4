"""The verbs of a source: added, changed, switched off; its secrets; what its fields mean; what waits, read again."""

import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from crm import audit
from crm.db import db
from crm.intake.actions import understand
from crm.intake.keeping import STANDING
from crm.intake.senders import hash_of
from crm.models import Source, SourceSecret, Staff, Submission

SECRET_BYTES = 32
OVERLAP = timedelta(days=7)  # how long the old secret stays good while the other side changes over
OUR_WORDS = ("new",)  # stand in addresses of ours where a slug would
BATCH = 50  # messages read again in one transaction: others who write wait no longer than for these
TO_REPLAY, WITHOUT_PROOF = ("unmapped", "failed"), ("unproven",)


class SlugTaken(Exception):
    """There is a source with this slug already."""


class SecretTaken(Exception):
    """The secret is known already: nobody could tell two sources apart by it."""


class LastSecret(Exception):
    """It is the only secret that is good: without it nothing could prove itself."""


@dataclass(frozen=True)
class Outcome:
    """What became of messages that were read again; `last` is the row number of the last one."""

    new: int = 0
    joined: int = 0
    held: int = 0
    stay: int = 0
    last: int = 0

    @property
    def all(self) -> int:
        """How many there were."""
        return self.new + self.joined + self.held + self.stay

    def __add__(self, more: "Outcome") -> "Outcome":
        return Outcome(self.new + more.new, self.joined + more.joined, self.held + more.held, self.stay + more.stay,
                       more.last)


def add_source(kind: str, name: str, slug: str, by: Staff | None, at: datetime) -> tuple[Source, str]:
    """A new channel and its first secret. Raises SlugTaken."""
    source = Source(kind=kind, name=name, slug=slug, created_at=at)
    if slug in STANDING or slug in OUR_WORDS:
        raise SlugTaken(slug)
    try:
        with db.session.begin_nested():
            db.session.add(source)
    except IntegrityError:
        raise SlugTaken(slug) from None
    secret = new_secret(source, by, at)
    audit.record(None, "source-added", by, at, source=slug, kind=kind)
    return source, secret


def new_secret(source: Source, by: Staff | None, at: datetime, given: str = "") -> str:
    """A secret from now on, ours or one that the vendor gave; the ones before it stay good for a week.

    Raises SecretTaken.
    """
    secret = given or secrets.token_urlsafe(SECRET_BYTES)
    made = SourceSecret(source_id=source.id, secret_hash=hash_of(secret), made_at=at)
    made.secret = secret
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        raise SecretTaken from None
    for earlier in db.session.scalars(_secrets(source).where(SourceSecret.id != made.id)):
        earlier.ends_at = min(earlier.ends_at or at + OVERLAP, at + OVERLAP)
    audit.record(None, "source-secret", by, at, source=source.slug)
    return secret


def end_secret(source: Source, secret: SourceSecret, by: Staff, at: datetime) -> None:
    """The other side has changed over: the secret is good no longer. Raises LastSecret when no other one is."""
    db.session.scalars(select(Source).where(Source.id == source.id).with_for_update()).one()  # two who end two at once
    others = db.session.scalars(_secrets(source).where(SourceSecret.id != secret.id)).all()
    if not any(one.ends_at is None or one.ends_at > at for one in others):
        raise LastSecret
    if secret.ends_at is None or secret.ends_at > at:
        secret.ends_at = at
        audit.record(None, "source-secret-ended", by, at, source=source.slug)


def change(source: Source, name: str, quota: int, defaults: Mapping[str, str], by: Staff, at: datetime) -> None:
    """Call it otherwise, let it bring more or less an hour, or say what its messages leave unsaid."""
    wanted = {"name": name, "quota": quota, "defaults": dict(defaults)}
    changed = [field for field, value in wanted.items() if getattr(source, field) != value]
    for field in changed:
        setattr(source, field, wanted[field])
    if changed:
        audit.record(None, "source-changed", by, at, source=source.slug, changed=changed)


def switch(source: Source, is_on: bool, by: Staff, at: datetime) -> None:
    """Off: what comes is kept and held. On: messages become leads again; those held meanwhile wait to be looked at."""
    if source.is_on != is_on:
        source.is_on = is_on
        audit.record(None, "source-on" if is_on else "source-off", by, at, source=source.slug)


def map_fields(source: Source, meanings: Mapping[str, str], by: Staff, at: datetime) -> None:
    """Say what these fields mean (key to fact); what was said of others stays."""
    source.mapping = {**source.mapping, **meanings}
    audit.record(None, "source-mapping", by, at, source=source.slug, fields=len(meanings))


def rehearse(source: Source, meanings: Mapping[str, str], at: datetime, most: int = BATCH) -> Outcome:
    """What would become of the newest that wait if the fields meant this. Nothing of it stays."""
    rehearsal = db.session.begin_nested()
    try:
        source.mapping = {**source.mapping, **meanings}
        newest = _waiting(source, TO_REPLAY).order_by(Submission.id.desc()).limit(most)
        return _read_again(db.session.scalars(newest).all(), at)
    finally:
        rehearsal.rollback()


def replay(source: Source, states: Sequence[str], after: int, by: Staff, at: datetime) -> Outcome:
    """Read again the next few of those that wait in one of these states, the oldest first."""
    oldest = _waiting(source, states).where(Submission.id > after).order_by(Submission.id).limit(BATCH)
    # Locked, so that two who press at once make one lead of each.
    done = _read_again(db.session.scalars(oldest.with_for_update(of=Submission)).all(), at)
    if done.all:
        counts = {"new": done.new, "joined": done.joined, "held": done.held, "stay": done.stay}
        audit.record(None, "source-replayed", by, at, source=source.slug, states=list(states), **counts)
    return done


def slug_of(name: str) -> str:
    """ "St. Mary's référence" as st-marys-reference: what stands in addresses."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("'", "")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")


def _secrets(source: Source) -> Select[SourceSecret]:
    return select(SourceSecret).where(SourceSecret.source_id == source.id)


def _waiting(source: Source, states: Sequence[str]) -> Select[Submission]:
    waiting = select(Submission).where(Submission.source_id == source.id, Submission.waits_for_somebody())
    return waiting.where(Submission.state.in_(states))


def _read_again(submissions: Sequence[Submission], at: datetime) -> Outcome:
    became = {"new": 0, "joined": 0, "held": 0, "stay": 0}
    for submission in submissions:
        understand(submission, at)
        became[_became(submission)] += 1
    return Outcome(**became, last=submissions[-1].id if submissions else 0)


def _became(submission: Submission) -> str:
    if submission.lead is not None:
        return "new" if submission.lead.received_at == submission.received_at else "joined"
    else:
        return "held" if submission.state == "held" else "stay"
