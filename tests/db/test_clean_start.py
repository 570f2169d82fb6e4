"""A test begins where every other one begins: nobody has written, nothing has happened, and counting starts at one."""

import secrets

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.models import Event, Lead, Setting, Staff, Submission
from tests.support import builders


@pytest.mark.parametrize("rows", [1, 3000])
def test_the_next_test_finds_nobody_and_counts_from_one(app, _homes, a_lead, as_, writing, count, rows: int):
    first = a_lead()
    as_("ida").get(f"/leads/{first.ref}")
    with writing():
        db.session.execute(sa.insert(Setting), [
            {"key": f"k{number}", "value": {"words": secrets.token_hex(800)}} for number in range(rows)
        ])
    assert count(Event) > 0

    next(home for home in _homes.values() if home.url == app.config["SQLALCHEMY_DATABASE_URI"]).clean_app()

    assert [count(noun) for noun in (Event, Lead, Setting, Staff, Submission)] == [0] * 5
    with writing():
        assert builders.a_lead(builders.people(), "Dana Poe").id == first.id == 1
