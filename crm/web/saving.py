"""The end of a page that changes something: one commit, and a stale form never overwrites what somebody else did."""

from flask import request
from sqlalchemy.orm.exc import StaleDataError

from crm.db import commit, db
from crm.models import Lead


class Stale(Exception):
    """Somebody else saved this lead since the form was opened. Nothing was saved; what was typed is kept."""


def check_version(lead: Lead, field: str = "version") -> None:
    """Raise Stale when the posted form was made for an older version of the lead (its hidden field `field`).

    From here to the end of the page nobody else changes the lead: two who save in the same moment come one by one.
    """
    db.session.refresh(lead, with_for_update={"of": Lead})
    seen = request.form.get(field, "")
    if seen and seen != str(lead.version):
        raise Stale


def save() -> None:
    """Make the page's work durable; raises Stale when somebody else was faster by a moment."""
    try:
        commit()
    except StaleDataError as error:
        db.session.rollback()
        raise Stale from error
