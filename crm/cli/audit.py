"""`crm audit verify`: check the chain of history."""

import argparse
import sys

from crm.audit.chain import verify


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `crm audit` to the command line."""
    audit = commands.add_parser("audit", help="check the history")
    what = audit.add_subparsers(dest="what", required=True)
    what.add_parser("verify", help="find the first row that was changed").set_defaults(run=run)


def run(_args: argparse.Namespace) -> int:
    """Say how many events are whole; or name the first bad row on standard error and answer 1."""
    verdict = verify()
    if verdict.first_fault:
        print(f"crm audit verify: {verdict.first_fault}; {verdict.events} events before it are whole", file=sys.stderr)
        return 1
    print(f"{verdict.events} events, all whole")
    return 0
