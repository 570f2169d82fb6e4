"""What the operator's machines ask: is the process alive, and may it be given work?"""

from datetime import datetime, timedelta

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from crm.db import db
from crm.models import WorkerBeat
from crm.web.context import now
from crm.web.locks import public

WORKER_SILENT = timedelta(minutes=3)  # docs/domain.md, "Escalation": then nobody is reminded any more

health = Blueprint("health", __name__)


@health.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@health.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """The database answers with its tables, and a worker was alive lately."""
    try:
        beat: datetime | None = db.session.scalar(select(func.max(WorkerBeat.at)))
    except SQLAlchemyError:
        return jsonify(status="unavailable", database="does not answer"), 503
    if beat is None or now() - beat > WORKER_SILENT:
        return jsonify(status="unavailable", database="ok", worker="silent"), 503
    return jsonify(status="ok", database="ok", worker="ok")
