"""Who may read what of the reports, what is asked for wrongly, what history says of a reader, and how much is asked."""

import csv
import io
import re

import pytest
from sqlalchemy import event, select

from crm.access import visible_columns
from crm.db import db
from crm.models import Event
from crm.reports import queries
from tests.support import builders

NAMES = ("everyone", "first-reply", "follow-ups")
MANY = 14  # people: enough to be told to everybody


def test_the_overview_shows_every_report_with_its_definition_and_table(a_lead, ask, march):
    a_lead("Sam", received=march(4))

    page = ask("ada").text

    assert page.count('role="img"') >= 3 and page.count("Show as a table") >= 4
    assert "Everyone whose first message arrived in the period" in page
    assert "From the moment a message arrived" in page and "Every promise to get in touch" in page
    assert all(f"/reports/{name}.csv?" in page for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_a_sentence_to_those_who_cannot_see_it(a_lead, ask, march, name):
    a_lead("Sam", received=march(4), first_attempt_at=march(4, "10:07"))

    sentence = re.search(r'role="img" aria-label="([^"]+)"', ask("ada", name).text)

    assert sentence and re.search(r"[\w-]+ 1\b", sentence[1]) and sentence[1].endswith(".")


def test_a_coach_counts_and_reads_only_her_own_people(people, writing, ask, numbers, march):
    """The canary: Cole's people are in no page, number, list or file of Cora's."""
    with writing():
        for _ in range(MANY):
            builders.a_lead(people, "Corasown", received=march(4), coach="cora")
            builders.a_lead(people, "Canaryname", received=march(4), coach="cole")
        builders.a_lead(people, "Canaryname", received=march(4))

    assert numbers("cora", "everyone")["wrote"] == str(MANY)
    assert numbers("ada", "everyone")["wrote"] == str(2 * MANY + 1)
    for name in NAMES:
        asked = ("", name, f"{name}.csv", f"{name}/people")
        read = [ask("cora", path, more=f"&part={part}").text for path in asked for part in ("wrote", "waiting", "open")]
        assert "Canaryname" not in "".join(read)
    listed = ask("cora", "everyone/people", more="&part=wrote").text
    assert listed.count("Corasown") == MANY and listed.count("data-lead=") == MANY


def test_a_question_that_forgets_its_start_shows_in_the_canarys_number(a_lead, people, numbers, march, monkeypatch):
    """The known-bad variant: whoever asks is taken for Ada, and Cora's page counts a stranger."""
    a_lead("Canaryname", received=march(4), coach="cole")
    assert numbers("cora", "everyone")["wrote"] == "0"

    monkeypatch.setattr(queries, "visible_columns", lambda _viewer, *columns: visible_columns(people["ada"], *columns))

    assert numbers("cora", "everyone")["wrote"] != "0"


def test_small_groups_are_told_to_administrators_only(people, writing, ask, numbers, march):
    with writing():
        for number in range(MANY + 3):
            tried = march(4, "10:02") if number < MANY else None
            builders.a_lead(people, "Sam", received=march(4), first_attempt_at=tried, due=march(4, "10:15"))

    assert numbers("ada", "first-reply")["waiting"] == "3"
    shown = numbers("ida", "first-reply")
    assert (shown["waiting"], shown["within-5"]) == ("under 11", "too few to show")  # 17 - 14 would have told it
    assert ask("ada", "first-reply/people", more="&part=waiting").status_code == 200
    for key in ("waiting", "within-5", "tried"):
        assert ask("ida", "first-reply/people", more=f"&part={key}").status_code == 404
    assert numbers("ida", "everyone") | {"wrote": "17", "tried": "too few to show"} == numbers("ida", "everyone")
    file = ask("ida", "first-reply.csv").text
    assert "not tried yet,under 11,—" in file and ",3," not in file
    page = ask("ida", "first-reply").text
    assert "part=waiting" not in page and not re.search(r"\b(3|82%|18%)\s*<", page)


def test_promises_to_few_people_are_a_small_group_however_many_they_are(a_lead, a_followup, numbers, march):
    sam = a_lead("Sam", received=march(3), due=None)
    for _ in range(MANY):
        a_followup(sam, due=march(5), done_at=march(4), result="kept")

    assert numbers("ada", "follow-ups")["in-time"] == str(MANY)
    assert numbers("ida", "follow-ups")["in-time"] == "under 11"


@pytest.mark.parametrize("period", [
    {"first": "2025-03-31", "last": "2025-03-01"}, {"first": "0001-01-01"}, {"last": "9999-12-31"},
    {"first": "yesterday"}, {"first": "2025-02-30"}, {"last": "%00"}, {"first": "2001-01-01", "last": "2025-01-01"},
    {"first": "２０２５-03-01"},
])  # fmt: skip
def test_days_that_make_no_sense_are_said_so_and_the_usual_ones_shown(ask, period):
    for name in ("", "everyone"):
        answer = ask("ada", name, **period)
        assert answer.status_code == 400 and "Below are the last 30 days instead." in answer.text
        assert "<title>Error: " in answer.text
    assert ask("ada", "everyone.csv", **period).status_code == 400
    assert ask("ada", "everyone/people", more="&part=wrote", **period).status_code == 404


@pytest.mark.parametrize("path", ["nonsense", "nonsense.csv", "nonsense/people", "everyone/people", "__class__"])
def test_what_is_not_there_is_not_found(ask, path):
    assert ask("ada", path).status_code == 404
    assert ask("ada", "everyone/people", more="&part=nonsense").status_code == 404


def test_a_stranger_is_asked_to_sign_in(as_):
    for path in ("", "/everyone", "/everyone.csv", "/everyone/people?part=wrote"):
        answer = as_(None).get(f"/reports{path}")
        assert answer.status_code == 303 and "/sign-in" in answer.location


def test_the_file_says_what_the_page_says(a_lead, ask, numbers, march):
    a_lead("Sam", received=march(4), first_attempt_at=march(4, "10:02"))

    answer = ask("ada", "everyone.csv")

    rows = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert answer.content_type == "text/csv; charset=utf-8"
    assert 'filename="everyone-2025-03-01-2025-03-31.csv"' in answer.headers["Content-Disposition"]
    assert rows[0] == ["Table", "What", "Number", "Share"]
    assert ["Step reached", "We tried to reach them", numbers("ada", "everyone")["tried"], "100%"] in rows
    assert ["", "Period", "March 1 to March 31, 2025", ""] in rows


def test_reading_is_written_into_history_with_references_only(a_lead, ask, reading, people, march):
    sam = a_lead("Sam Poe", received=march(4))

    ask("ada")
    ask("ada", "everyone")
    ask("ada", "everyone.csv")
    ask("ada", "everyone/people", more="&part=wrote")

    with reading():
        told = db.session.execute(select(Event.action, Event.actor_id, Event.facts).order_by(Event.id)).all()
    assert [row.action for row in told] == ["viewed-report", "viewed-report", "exported-report", "viewed-people"]
    assert {row.actor_id for row in told} == {people["ada"].id}
    assert told[-1].facts == {
        "report": "everyone", "part": "wrote", "leads": [sam.ref], "from": "2025-03-01", "to": "2025-03-31",
    }


@pytest.mark.parametrize("path", ["", "everyone", "first-reply", "follow-ups", "everyone.csv", "everyone/people"])
def test_as_many_statements_for_sixty_people_as_for_ten(app, as_, people, writing, a_lead, march, path):
    counted = []
    ada = as_("ada")
    address = f"/reports{'/' if path else ''}{path}?from=2025-03-01&to=2025-03-31&part=wrote"
    for more in (10, 50):
        with writing():
            for _ in range(more):
                lead = builders.a_lead(people, "Sam", received=march(4), first_attempt_at=march(4, "10:02"))
                builders.a_followup(people, lead, due=march(5))
        ada.get(address)  # the workflow is remembered from here on
        counted.append(_statements(app, lambda: ada.get(address)))

    assert counted[0] == counted[1] <= 4


def _statements(app, ask):
    said = []

    def hear(_connection, _cursor, statement, *_):
        said.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        assert ask().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    return len(said)
