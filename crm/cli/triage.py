"""`crm triage FILE.jsonl`: what the triage makes of messages, one JSON line each, to measure it on one's own file."""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from crm.cli import Commands, Refusal
from crm.intake.triage import assess


def register(commands: Commands) -> None:
    """Add the command to the `crm` program."""
    triage = commands.add_parser("triage", help="how urgent each message of a JSON-lines file is")
    triage.add_argument("file", metavar="FILE.jsonl", help="one JSON object a line; - is standard input")
    triage.set_defaults(run=run, alone=True)


def run(args: argparse.Namespace) -> int:
    """Assess line by line, in order. A line that cannot be read is named on standard error, and the rest goes on."""
    if args.file == "-":
        return _assess_all(sys.stdin.buffer)
    try:
        with Path(args.file).open("rb") as lines:
            return _assess_all(lines)
    except OSError as error:
        raise Refusal(f"{args.file} cannot be read: {error.strerror}.") from error


def _assess_all(lines: Iterable[bytes]) -> int:
    bad = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            print(json.dumps(_assessed(line), ensure_ascii=False), flush=True)
        except ValueError as error:
            bad += 1
            print(f"crm: line {number}: {error}", file=sys.stderr)
    return 1 if bad else 0


def _assessed(line: bytes) -> dict[str, object]:
    """The line that goes out; raises ValueError, in words that quote nothing of the message."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("not JSON in UTF-8") from None
    if not isinstance(message, dict) or not isinstance(message.get("text"), str):
        raise ValueError("no object with a text")
    answers = message.get("answers")
    found = assess(message["text"], answers if isinstance(answers, dict) else None)
    return {
        "id": message.get("id"), "level": found.level, "lead": found.lead,
        "spans": [
            {"start": one.start, "end": one.end, "rule": one.rule, "signal": one.signal, "context": one.context}
            for one in found.findings
        ],
        "signals": found.signals, "dangers": found.dangers, "not_a_lead": found.not_a_lead, "assessed": found.assessed,
    }
