"""The small picture of a rhythm: where each day's bar stands, and the sentence for those who cannot see it."""

from collections.abc import Sequence
from dataclasses import dataclass

STEP, BAR, HEIGHT, TALLEST, SHORTEST = 8, 6, 26, 24, 3  # units of the drawing


@dataclass(frozen=True)
class Bar:
    """One day; an empty one is a quiet line."""

    x: int
    y: int
    height: int
    tone: str


@dataclass(frozen=True)
class Spark:
    """The drawing of some days."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    sentence: str


def spark(days: Sequence[int]) -> Spark:
    """The bars of these days, the latest last."""
    most = max(days, default=0)
    bars = tuple(_bar(place, number, most) for place, number in enumerate(days))
    told = ", ".join(map(str, days))
    return Spark(STEP * len(days), HEIGHT, bars, f"Messages a day, last {len(days)} days: {told}")


def _bar(place: int, number: int, most: int) -> Bar:
    height = max(SHORTEST, round(TALLEST * number / most)) if number else 2
    return Bar(STEP * place, HEIGHT - height, height, "f1" if number else "fq")
