"""`crm demo`: fill an empty database with the demo clinic, and say who may sign in."""

import argparse

from crm.cli import Commands, Refusal
from crm.clock import now
from crm.db import commit
from crm.demo import clinic
from crm.programme import programme


def register(commands: Commands) -> None:
    """Add `crm demo`."""
    parser = commands.add_parser("demo", help="fill an empty database with the demo clinic, and mark it so")
    parser.add_argument("--if-empty", action="store_true", help="leave a database alone that holds anything")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Fill it, and print a line for each person who signs in; raises Refusal in production, or if it is not empty."""
    if programme().is_production:
        raise Refusal("CRM_ENV says production; the demo clinic is for looking around.")
    if clinic.is_empty():
        people = clinic.open_clinic(now())
        commit()
    elif asked.if_empty:
        people = clinic.signers_in()
    else:
        raise Refusal("The database is not empty; the demo clinic needs one of its own (or say --if-empty).")
    for one in people:
        print(f"sign in: {one['role']} {one['email']} {one['password']}")
    return 0
