"""Did a message get lost between two that came? Numbers that jump, and proofs that fail in a row, unlike the usual.

Both are runs of strangers between two of our own: entry numbers we were never sent, knocks that could not prove who
they were. The usual runs of a source are learned; one unlike all of them is told.

Gravity Forms keeps the entries of all forms of a site in one table with one running number
(docs.gravityforms.com/database-storage-structure-reference), spam among them, which it never sends on. So numbers that
are missing are normal on a site with another form or with spam, and a message lost among them cannot be told by its
number. On a form that has the site to itself, a single missing number is a message that did not come.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log

FALSE_ALARMS = 0.1  # expected among as many runs as were learned from: about a quarter's worth
_FEWEST_STEPS = 8  # of numbers: fewer do not show whether the site has other forms
_FORESEEN = 0.05  # strangers we reckon with before any came: one is then news, and a second one is not
_MORE_THAN_EVER = 2  # times the longest run so far: spam comes in floods, and the next may be bigger


@dataclass(frozen=True)
class Jump:
    """Entry numbers between two that came, unlike the usual. `first` to `last` are the ones to look for at the site."""

    first: int
    last: int
    words: str


@dataclass(frozen=True)
class Trouble:
    """Proofs failed `failed` times in a row, which does not happen by itself."""

    failed: int
    words: str


def missing_numbers(numbers: Sequence[int], known_before: int | None) -> tuple[Jump, ...]:
    """The jumps in one source's entry numbers that are unlike its usual steps, oldest first.

    Pass the last few hundred numbers of everything the site sends here, however old and in any order; forms of one
    site that are several sources here go in together. Jumps up to `known_before`, the highest number already judged,
    only teach what is usual; None judges all. Fewer than eight steps judge nothing. A number that comes late or is
    filled in closes its jump, and the form counts as flawless again.
    """
    jumps = []
    runs: list[int] = []
    for one, other in pairwise(sorted(set(numbers))):
        missing = other - one - 1
        is_new = known_before is None or other > known_before
        if missing and is_new and len(runs) >= _FEWEST_STEPS and _is_unlike(missing, runs):
            jumps.append(Jump(one + 1, other - 1, _jump_words(one + 1, other - 1, usual=max(runs))))
        runs.append(missing)
    return tuple(jumps)


def proof_trouble(knocks: Sequence[bool]) -> Trouble | None:
    """Do a source's latest knocks fail to prove themselves, unlike before? `knocks`: was it proven, oldest first.

    Pass the last few thousand at most. A source that never proved itself is in trouble at its first failure, one that
    always did as well; strangers who try the address now and then teach how many in a row are usual.
    """
    runs, failed = [], 0
    for is_proven in knocks:
        if is_proven:
            runs.append(failed)
            failed = 0
        else:
            failed += 1
    if not failed or not _is_unlike(failed, runs):
        return None
    elif runs:
        return Trouble(failed, f"{_times(failed)} without the right secret, after {_times(len(runs))} with it")
    else:
        return Trouble(failed, f"{_times(failed)}, and never with the right secret")


def _is_unlike(run: int, before: Sequence[int]) -> bool:
    """Is a run longer than chance makes them, and clearly longer than every one before?

    By chance, a run of strangers grows by one more with the same probability each time (a geometric run), known from
    their average number between two of ours.
    """
    strangers = (sum(before) + _FORESEEN) / (len(before) + 1)
    one_more = strangers / (strangers + 1)
    by_chance = log(FALSE_ALARMS / (len(before) + 1)) / log(one_more)
    return run > max(floor(by_chance), _MORE_THAN_EVER * max(before, default=0))


def _jump_words(first: int, last: int, usual: int) -> str:
    which = f"number {first:,} did not come" if first == last else f"numbers {first:,} to {last:,} did not come"
    return f"{which}; usually none is missing" if not usual else f"{which}; usually at most {usual:,} are missing"


def _times(count: int) -> str:
    return "1 message" if count == 1 else f"{count:,} messages"
