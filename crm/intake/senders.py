"""Which channel a secret belongs to."""

import hmac

from sqlalchemy import select

from crm.db import db
from crm.intake.actions import hash_of
from crm.models import Source

BEARER = "Bearer "


def sender_of(authorization: str, kind: str) -> Source | None:
    """The source of that kind whose secret this `Authorization` header carries."""
    if not authorization.startswith(BEARER):
        return None
    shown = hash_of(authorization.removeprefix(BEARER).strip())
    # Found by the hash, so that timing tells nothing of the secret; compared once more for what a database calls equal.
    source = db.session.scalars(select(Source).where(Source.secret_hash == shown, Source.kind == kind)).one_or_none()
    return source if source and hmac.compare_digest(source.secret_hash or "", shown) else None
