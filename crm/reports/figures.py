"""Figures: plain values with their definitions. A number always knows the leads behind it, and whether it is too small
to be told."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

SMALL_GROUP = 11  # people: below it a number could point at somebody (docs/domain.md, "Reports")
NOTHING = "—"  # there was nothing to count
AT_ONCE = "at once"  # less than a minute
UNTOLD = "too few to show"  # there was something, but a rate or a middle of it would tell a small number


class Part(NamedTuple):
    """One number: its key for the address, its words, and a row number of a lead for each thing it counts."""

    key: str
    label: str
    leads: tuple[int, ...]

    @property
    def people(self) -> int:
        """How many different leads stand behind it; one lead may have been promised several things."""
        return len(set(self.leads))


@dataclass(frozen=True)
class Group:
    """The numbers of one table. `unit` is what is counted, `whole` what shares are taken of."""

    title: str
    unit: str
    parts: tuple[Part, ...]
    whole: int
    are_steps: bool = False  # each part holds those of the parts after it; otherwise the parts add up to the whole

    def too_small(self) -> frozenset[str]:
        """The keys of the parts whose number would tell of a small group, also by taking one from another."""
        return self._small_steps() if self.are_steps else self._small_slices()

    def _small_steps(self) -> frozenset[str]:
        small, told = set(), self.parts[0].people
        for part in self.parts:
            if is_small(part.people) or is_small(told - part.people):
                small.add(part.key)
            else:
                told = part.people
        return frozenset(small)

    def _small_slices(self) -> frozenset[str]:
        small = [part.key for part in self.parts if is_small(part.people)]
        large = [part for part in self.parts if part.people >= SMALL_GROUP]
        if len(small) == 1 and large:  # or what is missing from the whole would tell it
            small.append(min(large, key=lambda part: part.people).key)
        return frozenset(small)


class Number(NamedTuple):
    """A number that is no count of a table: a middle, a rate; or the count of a part."""

    label: str
    words: str
    part: Part | None = None


@dataclass(frozen=True)
class Figure:
    """An answer: a sentence that says what was found, the tables (the first is the one drawn), and how it was counted.

    `spans` are the tables of the same over time, one a week, a month or a quarter. `line_after` is the key of the part
    after which the drawing has a dashed line with `line_words`. `hidden` holds the keys that this viewer is not told.
    """

    name: str
    title: str
    finding: str
    definition: str
    groups: tuple[Group, ...]
    numbers: tuple[Number, ...] = ()
    spans: tuple[Group, ...] = ()
    span: str = ""
    line_after: str = ""
    line_words: str = ""
    hidden: frozenset[str] = frozenset()

    def part(self, key: str) -> Part | None:
        """The part with this key, if the viewer may look behind it."""
        everything = [part for group in (*self.groups, *self.spans) for part in group.parts]
        everything += [number.part for number in self.numbers if number.part]
        return next((part for part in everything if part.key == key and key not in self.hidden), None)

    def cell(self, part: Part) -> int | str:
        """The number for a spreadsheet, or that it is small."""
        if part.key not in self.hidden:
            return len(part.leads)
        return f"under {SMALL_GROUP}" if is_small(part.people) else UNTOLD

    def count(self, part: Part) -> str:
        """The number as people read it, or that it is small."""
        cell = self.cell(part)
        return f"{cell:,}" if isinstance(cell, int) else cell

    def share(self, group: Group, part: Part) -> str:
        """The number as a share of the whole; a dash when there is no whole, or the number is hidden."""
        return NOTHING if part.key in self.hidden else rate(len(part.leads), group.whole)


def hidden_in(groups: Iterable[Group], hides: bool) -> frozenset[str]:
    """The keys to keep from a viewer who is not to be told small numbers."""
    return frozenset().union(*(group.too_small() for group in groups)) if hides else frozenset()


def is_small(people: int) -> bool:
    """Whether a group of so many could point at somebody."""
    return 0 < people < SMALL_GROUP


def rate(count: int, whole: int) -> str:
    """`82%`; a dash when there is no whole."""
    return f"{round(100 * count / whole)}%" if whole else NOTHING


def percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile (share between 0 and 1); None of nothing."""
    if not values:
        return None
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def minutes_words(minutes: float | None) -> str:
    """`at once`, `9 min`, `2 h 5 min`, `3 days`; a dash for nothing."""
    if minutes is None:
        return NOTHING
    whole = round(minutes)
    if whole < 1:
        return AT_ONCE
    elif whole < 60:
        return f"{whole} min"
    elif whole < 48 * 60:
        hours, rest = divmod(whole, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    else:
        return f"{round(whole / 1440)} days"


def sorted_into(
    edges: Sequence[tuple[str, str, Callable[[float], bool]]], values: Iterable[tuple[int, float]]
) -> tuple[Part, ...]:
    """Parts by which edge each value falls under first; `edges` are key, label and test."""
    found: dict[str, list[int]] = {key: [] for key, _, _ in edges}
    for lead, value in values:
        key = next(key for key, _, test in edges if test(value))
        found[key].append(lead)
    return tuple(Part(key, label, tuple(found[key])) for key, label, _ in edges)
