"""Which channel a secret belongs to, and which secrets are good now."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, literal, or_, select

from crm.db import db
from crm.db.types import UTCDateTime
from crm.models import Source, SourceSecret, Submission
from crm.models.source import HOOKED

BEARER = "Bearer "
GOOD = or_(SourceSecret.ends_at.is_(None), SourceSecret.ends_at > bindparam("at", type_=UTCDateTime()))
# Asked for each message that comes: put together once.
BY_SECRET = select(Source.id, SourceSecret.secret_hash).join(SourceSecret.source).where(
    SourceSecret.secret_hash == bindparam("shown"), Source.kind == bindparam("kind"), GOOD
)
BY_SLUG = select(Source.id, Source.kind, SourceSecret.ref, SourceSecret.secret_sealed).where(
    Source.slug == bindparam("slug"), Source.kind.in_(HOOKED)
).outerjoin(SourceSecret, and_(SourceSecret.source_id == Source.id, GOOD))
OF_SOURCE = select(SourceSecret.ref, SourceSecret.secret_sealed).where(
    SourceSecret.source_id == bindparam("source_id"), GOOD
)
A_DAY = timedelta(days=1)
MOST_UNPROVEN = 300  # bodies a day and source: a changed secret is noticed long before, a stranger fills no disk


class Sender(NamedTuple):
    """A source as far as its door knows it, with the secrets by which it may prove itself now.

    There are two while the other side changes over.
    """

    id: int
    slug: str
    kind: str
    secrets: Sequence[str] = ()


def sender_of(authorization: str, kind: str, at: datetime) -> int | None:
    """The number of the source of that kind whose secret this `Authorization` header carries."""
    if not authorization.startswith(BEARER):
        return None
    shown = hash_of(authorization.removeprefix(BEARER).strip())
    # Found by the hash, so that timing tells nothing of the secret; compared once more for what a database calls equal.
    found = db.session.execute(BY_SECRET, {"shown": shown, "kind": kind, "at": at}).first()
    return found.id if found and hmac.compare_digest(found.secret_hash, shown) else None


def hooked(slug: str, at: datetime) -> Sender | None:
    """The source that listens under /hooks/SLUG: a vendor's, or a partner's with fields of its own."""
    found = db.session.execute(BY_SLUG, {"slug": slug, "at": at}).all()
    return Sender(found[0].id, slug, found[0].kind, _opened(found)) if found else None


def secrets_of(source: Source, at: datetime) -> Sequence[str]:
    """The secrets by which the source may prove itself now."""
    return _opened(db.session.execute(OF_SOURCE, {"source_id": source.id, "at": at}))


def is_full_of_unproven(source_id: int, at: datetime) -> bool:
    """Whether so much came without the right secret within a day that no more of it is kept."""
    lately = select(literal(1)).where(
        Submission.source_id == source_id, Submission.received_at > at - A_DAY, Submission.state == "unproven"
    )
    some = lately.limit(MOST_UNPROVEN).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) == MOST_UNPROVEN


def hash_of(secret: str) -> str:
    """What a secret is found by: it is long and random, so one fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _opened(secrets: Iterable[Any]) -> Sequence[str]:
    """Of a column read without its model."""
    place = f"{SourceSecret.__tablename__}.secret:"
    return [SourceSecret.secret.open(one.secret_sealed, place + one.ref) for one in secrets if one.secret_sealed]
