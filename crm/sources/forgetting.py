"""What an import need not keep is erased: rejected rows after 30 days, files that nobody went on with after a week."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from crm.db import commit, db
from crm.models import ImportPiece, ImportRejection, ImportRun
from crm.models.import_run import AT_WORK

REJECTED_KEPT = timedelta(days=30)
FILE_KEPT = timedelta(days=7)
BATCH = 200  # runs


def forget_old(at: datetime) -> int:
    """Erase what is past its time; returns from how many runs."""
    idle = select(ImportRun.id).where(ImportRun.state.not_in(AT_WORK))
    handed_back = idle.where(
        ImportRun.finished_at < at - REJECTED_KEPT, ImportRun.id.in_(select(ImportRejection.run_id))
    )
    left = idle.where(ImportRun.made_at < at - FILE_KEPT, ImportRun.id.in_(select(ImportPiece.run_id)))
    past = {*db.session.scalars(handed_back.limit(BATCH))}
    given_up = {*db.session.scalars(left.limit(BATCH))}
    db.session.execute(delete(ImportRejection).where(ImportRejection.run_id.in_(past)))
    db.session.execute(delete(ImportPiece).where(ImportPiece.run_id.in_(given_up)))
    commit()
    return len(past | given_up)
