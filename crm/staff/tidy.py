"""Clear away what has ended: sign-ins nobody uses any more, spent links, forgotten guesses."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_

from crm.db import commit, db
from crm.models import OneTimeLink, SignIn, SignInFailure
from crm.staff.signins import ABSOLUTE, IDLE

KEPT = timedelta(days=1)  # after it ended, so that somebody can still be told that it did


def end_stale(at: datetime) -> int:
    """Delete ended sign-ins, links and counts; returns how many sign-ins."""
    ended = or_(SignIn.seen_at < at - IDLE, SignIn.started_at < at - ABSOLUTE)
    cleared = db.session.scalars(delete(SignIn).where(ended).returning(SignIn.id)).all()
    db.session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < at - KEPT))
    db.session.execute(delete(SignInFailure).where(SignInFailure.last_at < at - KEPT))
    commit()
    return len(cleared)
