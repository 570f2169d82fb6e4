"""`crm demo`: an empty database becomes the demo clinic, and says who signs in."""

import re

import pytest

from crm.cli import Refusal
from crm.demo import cast
from crm.demo.people import AREA_CODES, COLLEAGUES, NEW
from crm.lifecycle.workflow import is_demo
from crm.models import Lead, Staff
from crm.programme import programme, use
from tests.conftest import a_config


def test_everybody_in_it_has_a_name_of_their_own():
    names = [who.name for who in NEW] + [episode.who.name for episode in cast.episodes()]

    assert len(set(names)) == len(names) == 120
    assert {episode.who.state for episode in cast.episodes()} <= set(AREA_CODES)


def test_it_says_who_signs_in_and_says_it_again(app, crm, sign_in):
    lines = crm("demo").splitlines()
    again = crm("demo", "--if-empty").splitlines()

    assert lines == again and len(lines) == len(COLLEAGUES)
    for line in lines:
        role, _, password = re.fullmatch(r"sign in: (\w+) (\S+) (.+)", line).groups()
        assert len(password) >= 15 and role in ("intake", "coach", "admin")
    assert lines[0].startswith("sign in: intake priya@example.org ")
    priya = sign_in("priya@example.org", lines[0].split()[-1])
    assert "data-demo" in priya.get("/queue").text  # and every page says what it is
    assert sign_in("priya@example.org", lines[1].split()[-1]) is None  # Jo's password is not hers
    with app.app_context():
        assert is_demo()


def test_a_database_with_anything_in_it_is_left_alone(crm, people, count):
    with pytest.raises(Refusal, match="not empty"):
        crm("demo")
    assert crm("demo", "--if-empty") == ""
    assert count(Lead) == 0 and count(Staff) == len(people)


@pytest.mark.parametrize("words", [("demo",), ("demo", "--if-empty"), ("seed", "--leads", "1")])
def test_production_refuses(app, crm, count, words):
    use(a_config(programme().database_url, environment="production"))
    with pytest.raises(Refusal, match="production"):
        crm(*words)
    assert count(Lead) == 0
