"""The operator's door: every command says what it does, and what it cannot do in one line."""

import argparse

import pytest

from crm.cli import ROOMS, _parser, main
from tests.cli.conftest import Crm
from tests.support.service import Service

PROMISED = {"upgrade", "staff add", "staff disable", "staff reset", "source add", "source secret", "submissions",
            "match", "triage", "demo", "seed", "serve", "worker", "jobs", "job", "audit verify", "doctor"}


def commands(parser: argparse.ArgumentParser, above: str = "") -> list[str]:
    """Every command there is, and those below it: "staff", "staff add", …"""
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                found += [f"{above}{name}", *commands(below, f"{above}{name} ")]
    return found


def test_all_that_was_promised_is_there():
    assert set(commands(_parser())) >= PROMISED
    assert len(set(ROOMS)) == len(ROOMS)


@pytest.mark.parametrize("command", ["", *commands(_parser())])
def test_every_command_explains_itself(command: str, capsys):
    with pytest.raises(SystemExit) as end:
        main([*command.split(), "--help"])

    assert end.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: crm {command}".rstrip())


def the_line(said: str) -> str:
    """The one line it said. Fails when it said more."""
    (line,) = said.splitlines()
    assert line.startswith("crm")
    return line


@pytest.mark.parametrize(("words", "says"), [
    (("nonsense",), "nonsense"),
    (("staff", "add", "ida@example.org"), "--name"),
    (("staff", "add", "ida@example.org", "--name", "Ida", "--role", "king"), "king"),
    (("staff", "disable", "nobody@example.org"), "nobody@example.org"),
    (("source", "add", "telepathy", "--name", "X"), "telepathy"),
    (("source", "secret", "never-was"), "never-was"),
    (("source", "secret", "website"), "website"),
    (("submissions", "--source", "never-was"), "no source"),
    (("job", "nonsense"), "nonsense"),
    (("job", "reminders", "--at", "2026-11-24T10:00:00"), "offset"),
    (("serve", "--port", "99999"), "65535"),
    (("serve", "--workers", "0"), "from 1"),
    (("audit",), "required"),
])
def test_what_cannot_be_done_is_one_line(crm: Crm, capsys, words: tuple[str, ...], says: str):
    assert crm(*words) != 0

    said = capsys.readouterr()
    assert says in the_line(said.err) and said.out == ""


@pytest.mark.parametrize(("wrong", "says"), [
    ({"SECRET_KEY": ""}, "SECRET_KEY"),
    ({"FIELD_KEYS": "x"}, "FIELD_KEYS"),
    ({"DATABASE_URL": "sqlite:////proc/nowhere/crm.db"}, "DATABASE_URL"),
    ({"DATABASE_URL": "postgresql+psycopg://127.0.0.1:1/crm"}, "DATABASE_URL"),
    ({"DATABASE_URL": "oracle://x"}, "DATABASE_URL"),
])
def test_a_wrong_setting_is_named_in_one_line(crm: Crm, capsys, wrong: dict[str, str], says: str):
    assert crm("jobs", **wrong) == 1
    assert says in the_line(capsys.readouterr().err)


def test_right_words_and_settings_are_not_refused(crm: Crm, capsys):
    assert crm("jobs") == 0
    assert "reminders" in capsys.readouterr().out


def test_the_real_program_says_it_too(service: Service):
    assert "nonsense" in the_line(service.crm("job", "nonsense", fails=True))
    service.env["SECRET_KEY"] = "short"
    assert "SECRET_KEY" in the_line(service.crm("jobs", fails=True))


def test_without_words_the_program_tells_its_commands(capsys):
    assert main([]) == 0
    assert "upgrade" in capsys.readouterr().out
