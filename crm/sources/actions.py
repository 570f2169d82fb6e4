"""The verbs of a source: it is added, gets a new secret beside the old one, is switched off and on."""

import re
import secrets
import unicodedata
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from crm import audit
from crm.db import db
from crm.intake.actions import STANDING
from crm.intake.senders import hash_of
from crm.models import Source, SourceSecret, Staff

SECRET_BYTES = 32
OVERLAP = timedelta(days=7)  # how long the old secret stays good while the other side changes over


class SlugTaken(Exception):
    """There is a source with this slug already."""


class SecretTaken(Exception):
    """Another source has this secret: nobody could tell the two apart."""


def add_source(kind: str, name: str, slug: str, by: Staff | None, at: datetime) -> tuple[Source, str]:
    """A new channel and its first secret. Raises SlugTaken."""
    source = Source(kind=kind, name=name, slug=slug, created_at=at)
    if slug in STANDING:
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
    for earlier in db.session.scalars(select(SourceSecret).where(SourceSecret.source_id == source.id)):
        earlier.ends_at = min(earlier.ends_at or at + OVERLAP, at + OVERLAP)
    made = SourceSecret(source_id=source.id, secret_hash=hash_of(secret), made_at=at)
    made.secret = secret
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        raise SecretTaken from None
    audit.record(None, "source-secret", by, at, source=source.slug)
    return secret


def slug_of(name: str) -> str:
    """ "St. Mary's référence" as st-marys-reference: what stands in addresses."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("'", "")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
