"""What arrives is kept first, as it came; or it is found, when it came before. Whoever reads it does so later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError

from crm.access import Missing
from crm.db import db
from crm.db.once import add_once
from crm.intake.delivery import Delivery, written
from crm.models import Source, Submission

WEBSITE, BY_STAFF, OF_A_FILE = "website", "typed-in", "file"  # slugs of the sources that need no setting up
STANDING = {  # slug: kind, name
    WEBSITE: ("form", "Website form"), BY_STAFF: ("staff", "Phone or visit"), OF_A_FILE: ("file", "A list of ours"),
}
TABLE = cast(Table, Submission.__table__)
NAMES = (Submission.id, Submission.ref, Submission.received_at, Submission.idempotency_key, Submission.fingerprint)


@dataclass(frozen=True)
class Kept:
    """What stands of one delivery: enough to answer its sender, now and whenever it comes again."""

    id: int
    ref: str
    received_at: datetime
    key: str | None
    fingerprint: str
    is_new: bool = False


class KeyReused(Exception):
    """The same key came before with another body; `earlier` is what it brought then."""

    def __init__(self, earlier: Kept) -> None:
        super().__init__("the key came before with another body")
        self.earlier = earlier


def keep(source_id: int, delivery: Delivery, at: datetime) -> Kept:
    """Keep what arrived, to be read; or find it, if it came before. Raises KeyReused.

    It is written without a look first: nearly everything is new, and who comes second is told so by the database.
    """
    kept = _find_nameless(source_id, delivery) or add(source_id, delivery, at) or _find_named(source_id, delivery)
    assert kept is not None  # what kept us from adding it is there
    if not kept.is_new and delivery.key and kept.key == delivery.key and kept.fingerprint != delivery.fingerprint:
        raise KeyReused(kept)
    return kept


def add(
    source_id: int, delivery: Delivery, at: datetime, state: str = "waiting", why: str | None = None
) -> Kept | None:
    """The delivery as a row, or None when its number or key stands already."""
    row = written(delivery, at, source_id=source_id, state=state, why=why)
    number = add_once(TABLE, {name: value for name, value in vars(row).items() if name in TABLE.c})
    return Kept(number, row.ref, at, delivery.key, delivery.fingerprint, is_new=True) if number else None


def find_earlier(source_id: int, delivery: Delivery) -> Kept | None:
    """The same delivery, if it came before."""
    return _find_named(source_id, delivery) or _find_nameless(source_id, delivery)


def standing(slug: str, at: datetime) -> Source:
    """One of the sources that every programme has, made at its first use."""
    kind, name = STANDING[slug]
    source = _source(slug) or _add_source(kind, name, slug, at) or _source(slug)
    assert source is not None  # found, made, or made by somebody else a moment ago
    return source


def standing_id(slug: str, at: datetime) -> int:
    """Its number, which is all that a message has to know of it."""
    return db.session.scalar(select(Source.id).where(Source.slug == slug)) or standing(slug, at).id


def source_of(slug: str, at: datetime) -> Source:
    """The source with this slug, one that needs no setting up made at its first use. Raises Missing."""
    found = standing(slug, at) if slug in STANDING else _source(slug)
    if found is None:
        raise Missing
    return found


def _find_named(source_id: int, delivery: Delivery) -> Kept | None:
    """By the key that names this delivery, else by the sender's own number of the entry."""
    mine, found = select(*NAMES).where(Submission.source_id == source_id), None
    if delivery.key:
        found = _one(mine.where(Submission.idempotency_key == delivery.key))
    if found is None and delivery.external_id:
        found = _one(mine.where(Submission.external_id == delivery.external_id))
    return found


def _find_nameless(source_id: int, delivery: Delivery) -> Kept | None:
    """By the body, where that is all there is: a hundred of the same come one by one from here on."""
    if delivery.nameless_since is None:
        return None
    delivery.take_turn(source_id)
    same = select(*NAMES).where(
        Submission.source_id == source_id, Submission.fingerprint == delivery.fingerprint,
        Submission.received_at > delivery.nameless_since,
    )
    return _one(same.order_by(Submission.id).limit(1))


def _one(wanted: Any) -> Kept | None:
    row = db.session.execute(wanted).one_or_none()
    return Kept(*row) if row else None


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
