"""Messages with the level a person gave them, and how an assessment is compared with it."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from crm.intake.triage import LEVELS, assess

HERE = Path(__file__).parents[2] / "data" / "triage"
HIGH = LEVELS[:2]


@dataclass(frozen=True)
class Labelled:
    """One message, and what a person made of it."""

    id: str
    text: str
    language: str
    level: str


def labelled(name: str) -> list[Labelled]:
    """The messages of a file of tests/data/triage."""
    rows = map(json.loads, (HERE / name).read_text("utf-8").splitlines())
    return [Labelled(row["id"], row["text"], row["language"], row["level"]) for row in rows]


@dataclass(frozen=True)
class Score:
    """How many of each labelled level were rated which level."""

    table: Counter[tuple[str, str]]

    def share(self, of: Iterable[str], rated: Iterable[str]) -> tuple[int, int]:
        """How many of these were rated so, out of how many."""
        rated, of = tuple(rated), tuple(of)
        return (sum(self.table[level, other] for level in of for other in rated),
                sum(self.table[level, other] for level in of for other in LEVELS))

    @property
    def failures(self) -> list[str]:
        """The bars that are not reached, in words; each with its Wilson interval, to be printed."""
        bars = (
            ("crisis rated routine or none", self.share(["crisis"], LEVELS[2:]), "<=", 0.0),
            ("crisis rated crisis", self.share(["crisis"], ["crisis"]), ">=", 0.85),
            ("urgent rated urgent or above", self.share(["urgent"], HIGH), ">=", 0.90),
            ("routine and none rated urgent or above", self.share(LEVELS[2:], HIGH), "<=", 0.15),
            ("real people rated none", self.share(LEVELS[:3], ["none"]), "<=", 0.03),
        )
        missed = []
        for name, (hits, total), direction, bar in bars:
            low, high = wilson(hits, total)
            words = f"{name}: {hits}/{total} = {hits / total:.1%} ({low:.1%} to {high:.1%}), bar {direction} {bar:.0%}"
            print(words)
            if (hits / total < bar) if direction == ">=" else (hits / total > bar):
                missed.append(words)
        return missed


def score(messages: Iterable[Labelled], rate: Callable[[str], str] = lambda text: assess(text).level) -> Score:
    """Rate every message and count."""
    return Score(Counter((message.level, rate(message.text)) for message in messages))


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    z, share = 1.96, hits / total
    middle, half = share + z * z / (2 * total), z * (share * (1 - share) / total + z * z / (4 * total * total)) ** 0.5
    return max(0.0, (middle - half) / (1 + z * z / total)), min(1.0, (middle + half) / (1 + z * z / total))


@pytest.fixture(scope="session")
def dev() -> list[Labelled]:
    """A hundred messages by one author, labelled by a written guide."""
    return labelled("dev.jsonl")


@pytest.fixture(scope="session")
def ours() -> list[Labelled]:
    """Messages of our own, harder on purpose: most of the crises are only implied."""
    return labelled("ours.jsonl")
