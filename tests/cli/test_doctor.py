"""`crm doctor`: each thing that is wrong is said in words, and silence means that all is well."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.lifecycle.workflow import DEMO_MARK, forget
from crm.models import BusinessHours, FollowUp, Holiday, JobRun, Message, Setting, Staff, Submission, WorkerBeat
from tests.cli.conftest import Crm

WELL = {"SMTP_URL": "smtp://127.0.0.1:25", "MAIL_REPLY_TO": "desk@example.org", "ORGANISATION_PHONE": "(303) 555-0142"}
SAFE = {"CRM_ENV": "production", "SECOND_FACTOR": "required", "BASE_URL": "https://intake.example.org"}


@pytest.fixture
def doctor(crm: Crm, people: Any, writing: Callable[[], Any], capsys: pytest.CaptureFixture[str]) -> Any:
    """`doctor(SMTP_URL="")`: what it says of a clinic that is well but for these settings, and its exit status."""
    with writing():
        db.session.add(WorkerBeat(worker="one", at=now()))

    def ask(**settings: str) -> tuple[int, str]:
        forget()
        status = crm("doctor", **{**WELL, **settings})
        return status, capsys.readouterr().out

    return ask


def test_of_a_healthy_clinic_it_says_nothing(doctor, a_lead):
    a_lead()

    assert doctor() == (0, "Nothing is wrong.\n")
    assert doctor(**SAFE) == (0, "Nothing is wrong.\n")


@pytest.mark.parametrize(("settings", "says"), [
    ({"SMTP_URL": ""}, "SMTP_URL"),
    ({"MAIL_REPLY_TO": ""}, "MAIL_REPLY_TO"),
    ({"ORGANISATION_PHONE": ""}, "ORGANISATION_PHONE"),
    ({**SAFE, "BASE_URL": "http://intake.example.org"}, "BASE_URL"),
])
def test_a_setting_that_is_missing_is_named(doctor, settings: dict[str, str], says: str):
    status, said = doctor(**settings)

    assert status == 1
    assert says in said and len(said.splitlines()) == 1


def _nobody_at(role: str) -> Callable[[], None]:
    return lambda: db.session.execute(sa.update(Staff).where(Staff.role == role).values(disabled_at=now()))


def _add(row: Callable[[], Any]) -> Callable[[], None]:
    return lambda: db.session.add(row())


def _submission(state: str) -> Callable[[], None]:
    def change() -> None:
        db.session.execute(sa.update(Submission).values(state=state, lead_id=None))

    return change


def _mail_given_up() -> None:
    to = db.session.scalars(sa.select(Staff.id)).first()
    db.session.add(Message(key="k", kind="assigned", channel="email", to_id=to, facts={}, created_at=now(),
                           not_before=now(), state="dead"))


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "no administrator": (_nobody_at("admin"), "no active admin"),
    "no intake": (_nobody_at("intake"), "no active intake"),
    "silent worker": (lambda: db.session.execute(sa.update(WorkerBeat).values(at=now() - timedelta(minutes=4))),
                      "No worker"),
    "no worker at all": (lambda: db.session.execute(sa.delete(WorkerBeat)), "No worker"),
    "a failed job": (_add(lambda: JobRun(name="reminders", started_at=now(), failed=True, result="OSError")),
                     "The job reminders failed"),
    "not understood": (_submission("failed"), "could not be understood"),
    "held": (_submission("held"), "held as suspicious"),
    "mail given up": (_mail_given_up, "given up"),
    "a lead without a step": (lambda: db.session.execute(sa.delete(FollowUp)), "no next step"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_each_thing_that_is_wrong_is_said(doctor, a_lead, writing, wrong: str):
    a_lead()
    change, says = WRONG[wrong]
    with writing():
        change()

    status, said = doctor()

    assert status == 1
    assert says in said and len(said.splitlines()) == 1
    assert "Sam" not in said, "no personal data"


def test_a_lead_that_says_why_it_has_no_step_is_well(doctor, a_lead):
    a_lead(due=None, no_step_reason="waits for the hospital's call")

    assert doctor()[0] == 0


def test_what_administrators_keep_as_data_is_watched_too(app, doctor, writing):
    """In one go, and put back: the hours, the holidays and the mark outlive a test."""
    with app.app_context():
        kept = [dict(row) for table in (Holiday, BusinessHours)
                for row in db.session.execute(sa.select(table.__table__)).mappings()]
    with writing():
        db.session.execute(sa.delete(Holiday))
        db.session.execute(sa.delete(BusinessHours))
        db.session.add(Setting(key=DEMO_MARK, value={}))
    try:
        said = doctor(**SAFE)[1]
    finally:
        with writing():
            for table in (Holiday, BusinessHours):
                db.session.execute(sa.insert(table), [row for row in kept if set(row) == set(table.__table__.c.keys())])
        forget()

    for words in ("holidays ends soon", "No opening hours", "demo database"):
        assert words in said


def test_an_old_schema_is_said_and_nothing_else_asked(crm: Crm, capsys, tmp_path):
    assert crm("doctor", DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}") == 1
    assert "crm upgrade" in capsys.readouterr().out
