"""The laws of the house that an import checker cannot see: sizes, locks, who is asking, where leads are selected."""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask

from config import ROOT
from crm.models import Staff
from crm.web.locks import check_locks, lock_of

LONGEST_FILE, LONGEST_FUNCTION = 350, 60  # lines
HOUSE = sorted(path for path in (ROOT / "crm").rglob("*.py"))

# Rooms that may select people and their leads without a viewer: the spine, the clock rooms, and the entrances.
NO_VIEWER = ("crm/access.py", "crm/models/", "crm/lifecycle/", "crm/audit/", "crm/outbox/", "crm/cli/", "crm/demo/")
CLOCK_ROOMS = ("watch.py", "reminders.py", "tidy.py", "signins.py", "importing.py", "catching_up.py")
# They change a thing that a page has found through access.
VERBS = ("actions.py", "contacts.py", "understanding.py", "merging.py", "parting.py", "deciding.py",
         "households.py")
# They recognise what has just arrived: nobody looks.
ARRIVALS = ("arrivals.py", "keeping.py", "repeats.py", "weighing.py", "senders.py", "recognising.py", "bringing.py",
            "runs.py")
# What a list is narrowed by: it is laid over a selection that starts at access.
KEYS = ("filters.py", "comparing.py")
VISITORS = ("receipts.py",)  # somebody's own message, found by the signed address that only they were given
PRIVATE = {"Lead", "Person", "FollowUp", "Event", "Attempt", "Note", "Submission", "ContactPoint", "Consent",
           "SearchKey", "Assignment", "Likeness", "Merge", "MatchKey"}


def test_every_page_declares_its_permission_or_is_public(app: Flask):
    undeclared = [endpoint for endpoint, view in app.view_functions.items() if not lock_of(view)[0]]

    assert undeclared == []


def test_a_page_without_a_lock_is_caught(app: Flask):
    """The known-bad variant: the service refuses to start with an open door."""
    app.view_functions["back door"] = lambda: "everything"
    try:
        with pytest.raises(RuntimeError, match="back door"):
            check_locks(app)
    finally:
        del app.view_functions["back door"]


@pytest.mark.parametrize("path", HOUSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_rooms_stay_small(path: Path):
    source = path.read_text()
    assert source.count("\n") <= LONGEST_FILE
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", HOUSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_room_has_a_door_plate(path: Path):
    assert ast.get_docstring(ast.parse(path.read_text())), "say in one to three lines what the room is for"


def test_every_question_is_asked_by_somebody():
    for path in HOUSE:
        if path.name == "queries.py":
            module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            for name, question in inspect.getmembers(module, inspect.isfunction):
                if question.__module__ == module.__name__ and not name.startswith("_"):
                    first = next(iter(inspect.signature(question).parameters.values()), None)
                    assert first is not None, f"{module.__name__}.{name} asks for nobody"
                    assert first.name == "viewer" and first.annotation is Staff, f"{module.__name__}.{name}"


def test_people_are_selected_only_through_access():
    found = [f"{path.relative_to(ROOT)}:{line} selects {noun}" for path in HOUSE if _needs_a_viewer(path)
             for line, noun in _selections(path.read_text())]

    assert found == []


@pytest.mark.parametrize("words", [
    "select(Lead).where(Lead.id == 3)",
    "sa.select(Person.name)",
    "db.session.get(Lead, 3)",
    "select(func.count(Note.id))",
    "db.session.query(Event)",
])  # fmt: skip
def test_a_question_that_forgets_its_start_is_caught(words: str):
    """The known-bad variant."""
    assert list(_selections(words))


def test_a_question_that_starts_at_access_is_not():
    assert not list(_selections("visible_leads(viewer).where(Lead.id == 3)"))
    assert not list(_selections("access.visible_columns(viewer, Lead.ref, Person.name).join(Lead.person)"))


def _needs_a_viewer(path: Path) -> bool:
    place = str(path.relative_to(ROOT))
    return not place.startswith(NO_VIEWER) and path.name not in (*CLOCK_ROOMS, *VERBS, *ARRIVALS, *KEYS, *VISITORS)


def _selections(source: str) -> Iterator[tuple[int, str]]:
    """Calls that read private tables directly: select(…), session.get(…), session.query(…)."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in ("select", "get", "get_one", "query"):
            nouns = {inner.id for argument in node.args for inner in ast.walk(argument) if isinstance(inner, ast.Name)}
            for noun in sorted(nouns & PRIVATE):
                yield node.lineno, noun


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
