"""The `crm` command: the operator's door. Each sub-command is a module of this room that registers itself."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NoReturn

from sqlalchemy.exc import OperationalError, ProgrammingError

from config import ConfigurationError, from_environment
from crm import create_app
from crm.audit import coming_from

ROOMS = (
    "upgrade", "staff", "source", "imports", "submissions", "match", "triage",
    "demo", "seed", "serve", "worker", "jobs", "audit", "doctor",
)  # fmt: skip
ORIGIN = "command line"  # where history says a change came from

Run = Callable[[argparse.Namespace], int | None]
Commands = Any  # what argparse's add_subparsers gives; its own type is private


class Refusal(Exception):
    """The command cannot be done; the text says why, in one line."""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status. Whatever cannot be done is one line on standard error."""
    os.umask(0o077)  # databases, copies and logs are for the service's own user only
    parser = _parser()
    asked = parser.parse_args(words)
    if "run" not in asked:
        parser.print_help()
        return 0
    try:
        return asked.run(asked) or 0 if "alone" in asked else _run(asked.run, asked)
    except (Refusal, ConfigurationError) as error:
        return _say(str(error))
    except (OperationalError, ProgrammingError) as error:
        kind = type(error.orig).__name__  # its text may quote what somebody typed
        return _say(f"The database does not answer as expected ({kind}). Is DATABASE_URL right? Has `crm upgrade` run?")


def _run(run: Run, asked: argparse.Namespace) -> int:
    app = create_app(from_environment())
    with app.app_context(), coming_from(ORIGIN):
        return run(asked) or 0


def _parser() -> argparse.ArgumentParser:
    """A module of ROOMS has `register(commands)`, which adds its parsers and sets `run` to a `Run` of its own.

    A command that sets `alone` too is run without settings and without a database.
    """
    parser = _Parser(prog="crm", description="Lantern: from the first message to a promise kept.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for room in ROOMS:
        import_module(f"crm.cli.{room}").register(commands)
    return parser


class _Parser(argparse.ArgumentParser):
    """A parser that answers a mistake with one line instead of a page."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def _say(words: str) -> int:
    print(f"crm: {' '.join(words.split())}", file=sys.stderr)
    return 1
