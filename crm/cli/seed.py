"""`crm seed --leads N`: bulk, realistic data for measuring."""

import argparse

from crm.cli import Commands, Refusal
from crm.clock import now
from crm.db import commit
from crm.demo import bulk
from crm.programme import programme

MOST = 10_000_000
TOLD_EVERY = 10_000  # leads


def register(commands: Commands) -> None:
    """Add `crm seed`."""
    parser = commands.add_parser("seed", help="add bulk data of invented people, for measuring")
    parser.add_argument("--leads", type=int, required=True, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="the same number gives the same data")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Add them batch by batch, saying how far it is; raises Refusal in production."""
    if programme().is_production:
        raise Refusal("CRM_ENV says production; invented people do not belong among real ones.")
    if not 1 <= asked.leads <= MOST:
        raise Refusal(f"--leads must be between 1 and {MOST:,}.")
    at = now()
    if hired := bulk.hire_if_nobody(at):
        print(f"Nobody worked here: {hired} accounts without passwords were added.", flush=True)
    done = 0
    for done in bulk.grow(asked.leads, asked.seed, at):
        commit()
        if done % TOLD_EVERY == 0:
            print(f"{done:,} of {asked.leads:,}", flush=True)
    print(f"seeded={done}")
    return 0
