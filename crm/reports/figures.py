"""Figures: plain values with their definitions. A number always knows the leads behind it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

SMALL_GROUP = 11  # people: below it a count could point at somebody (docs/domain.md, "Reports")


class Part(NamedTuple):
    """One number of a figure: its key for the address, its words, and the row numbers of the leads behind it."""

    key: str
    label: str
    leads: tuple[int, ...]


@dataclass(frozen=True)
class Figure:
    """A counted answer: a sentence that says what was found, the parts, the whole, and how it was counted."""

    name: str
    title: str
    finding: str
    definition: str
    parts: tuple[Part, ...]
    whole: int
    hides_small: bool = False
    numbers: dict[str, str] = field(default_factory=dict)

    def part(self, key: str) -> Part | None:
        """The part with this key, if the viewer may look behind it."""
        return next((part for part in self.parts if part.key == key and not self.is_hidden(part)), None)

    def is_hidden(self, part: Part) -> bool:
        """Whether the group is so small that only an administrator sees its number."""
        return self.hides_small and 0 < len(part.leads) < SMALL_GROUP

    def count(self, part: Part) -> str:
        """The number, or that it is small."""
        return f"under {SMALL_GROUP}" if self.is_hidden(part) else f"{len(part.leads):,}"

    def share(self, part: Part) -> str:
        """The number as a share of the whole; a dash when there is no whole, or the number is hidden."""
        if not self.whole or self.is_hidden(part):
            return "—"
        return f"{round(100 * len(part.leads) / self.whole)}%"


def percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile (share between 0 and 1); None of nothing."""
    if not values:
        return None
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def minutes_words(minutes: float | None) -> str:
    """`9 min`, `2 h 5 min`, `3 days`; a dash for nothing."""
    if minutes is None:
        return "—"
    whole = round(minutes)
    if whole < 60:
        return f"{whole} min"
    elif whole < 48 * 60:
        hours, rest = divmod(whole, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    else:
        return f"{round(whole / 1440)} days"


def sorted_into(edges: Sequence[tuple[str, str, Callable[[float], bool]]], values: Sequence[tuple[int, float]]
                ) -> tuple[Part, ...]:
    """Parts by which edge each value falls under first; `edges` are key, label and test."""
    found: dict[str, list[int]] = {key: [] for key, _, _ in edges}
    for lead, value in values:
        key = next(key for key, _, test in edges if test(value))
        found[key].append(lead)
    return tuple(Part(key, label, tuple(found[key])) for key, label, _ in edges)
