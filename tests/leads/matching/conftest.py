"""Rosa Quillfeather of Nebraska, the people who look like her, and the tuning file."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest

from crm.leads.matching import Record

DEV = Path(__file__).parents[2] / "data" / "duplicates" / "dev.csv"


@dataclass(frozen=True)
class Answered:
    """The rows of a file, and which pairs of them truly are one person."""

    rows: Mapping[str, Record]
    true: frozenset[tuple[str, str]]

    def precision(self, found: set[tuple[str, str]]) -> float:
        """Of what was suggested, how much is true."""
        return len(found & self.true) / len(found)

    def recall(self, found: set[tuple[str, str]]) -> float:
        """Of what is true, how much was suggested."""
        return len(found & self.true) / len(self.true)


@pytest.fixture(scope="session")
def dev() -> Answered:
    """80 invented rows with their answers."""
    with DEV.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    rows = {line["row_id"]: Record(*(line[column] for column in ("full_name", "email", "phone", "state",
                                                                   "message_excerpt"))) for line in lines}
    person = {line["row_id"]: line["entity_id"] for line in lines}
    true = {(a, b) for a, b in combinations(sorted(person), 2) if person[a] == person[b]}
    return Answered(rows, frozenset(true))


@pytest.fixture(scope="session")
def rosa() -> Callable[..., Record]:
    """`rosa(phone="")`: Rosa's message, with what a test changes of it."""

    def write(name: str = "Rosa Quillfeather", email: str = "rquill@example.org", phone: str = "(402) 555-0111",
              state: str = "NE", message: str = "") -> Record:
        return Record(name, email, phone, state, message)

    return write
