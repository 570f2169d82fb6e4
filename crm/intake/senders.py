"""Which channel a secret belongs to, and which secrets are good now."""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import Select, func, literal, or_, select

from crm.db import db
from crm.models import Source, SourceSecret, Submission
from crm.models.source import HOOKED

BEARER = "Bearer "
A_DAY = timedelta(days=1)
MOST_UNPROVEN = 300  # bodies a day and source: a changed secret is noticed long before, a stranger fills no disk


def sender_of(authorization: str, kind: str, at: datetime) -> Source | None:
    """The source of that kind whose secret this `Authorization` header carries."""
    if not authorization.startswith(BEARER):
        return None
    shown = hash_of(authorization.removeprefix(BEARER).strip())
    # Found by the hash, so that timing tells nothing of the secret; compared once more for what a database calls equal.
    wanted = _good(at).join(SourceSecret.source).where(SourceSecret.secret_hash == shown, Source.kind == kind)
    found = db.session.scalars(wanted).one_or_none()
    return found.source if found and hmac.compare_digest(found.secret_hash, shown) else None


def secrets_of(source: Source, at: datetime) -> list[str]:
    """The secrets by which the source may prove itself now: two while the other side changes over."""
    good = db.session.scalars(_good(at).where(SourceSecret.source_id == source.id))
    return [one.secret for one in good if one.secret]


def hooked(slug: str) -> Source | None:
    """The source that listens under /hooks/SLUG: a vendor's, or a partner's with fields of its own."""
    wanted = select(Source).where(Source.slug == slug, Source.kind.in_(HOOKED))
    return db.session.scalars(wanted).one_or_none()


def is_full_of_unproven(source: Source, at: datetime) -> bool:
    """Whether so much came without the right secret within a day that no more of it is kept."""
    lately = select(literal(1)).where(
        Submission.source_id == source.id, Submission.received_at > at - A_DAY, Submission.state == "unproven"
    )
    some = lately.limit(MOST_UNPROVEN).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) == MOST_UNPROVEN


def hash_of(secret: str) -> str:
    """What a secret is found by: it is long and random, so one fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _good(at: datetime) -> Select[SourceSecret]:
    return select(SourceSecret).where(or_(SourceSecret.ends_at.is_(None), SourceSecret.ends_at > at))
