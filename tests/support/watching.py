"""Watch simulated sources with a detector: how often it cries wolf, and how soon it finds an outage."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import log
from random import Random

from crm.sources import rhythm
from tests.support.traffic import QUARTER, WEEK, ZONE, Simulated

# Given what came until a moment: when will it ring, if nothing comes after the last one? None: never.
Detector = Callable[[Sequence[datetime], datetime], Callable[[datetime], datetime | None]]

_MEDIAN = log(2)  # of the waits of messages that come by chance, in expected messages


@dataclass
class Seen:
    """What was measured. `delays` are from the outage's beginning, in the truth's usual gaps; None: not found."""

    false_alarms: list[int] = field(default_factory=list)  # of each source in its quarter
    delays: list[float | None] = field(default_factory=list)
    in_medians: list[float] = field(default_factory=list)
    unknown: int = 0  # outages of sources whose rhythm was not known: told by numbers and proofs alone

    @property
    def too_many(self) -> float:
        """The share of sources with more than one false alarm in their quarter."""
        return sum(count > 1 for count in self.false_alarms) / len(self.false_alarms)

    @property
    def in_time(self) -> float:
        """The share of outages found within three usual gaps."""
        found = sum(delay is not None and delay <= 3 for delay in self.delays)
        return found / len(self.delays) if self.delays else 1.0

    def add(self, other: "Seen") -> None:
        """Take in what was measured elsewhere."""
        self.false_alarms += other.false_alarms
        self.delays += other.delays
        self.in_medians += other.in_medians
        self.unknown += other.unknown

    def words(self) -> str:
        """The figures on one line."""
        found = sorted(delay for delay in self.delays if delay is not None)
        share = [f"{at:.0%} {found[int(at * (len(found) - 1))]:.1f}" for at in (0.5, 0.9, 0.99, 1.0) if found]
        medians = sorted(self.in_medians)
        median = [f"{at:.0%} {medians[int(at * (len(medians) - 1))]:.0f}" for at in (0.5, 0.9, 0.99) if medians]
        return (
            f"{len(self.false_alarms)} source quarters: {sum(self.false_alarms) / len(self.false_alarms):.2f} false "
            f"alarms each, {self.too_many:.1%} with more than one (most {max(self.false_alarms)}); "
            f"{len(self.delays)} outages: {self.in_time:.1%} within three usual gaps ({', '.join(share)}; "
            f"in median gaps {', '.join(median)}); {self.unknown} more of sources not known"
        )


def lantern(history: Sequence[datetime], at: datetime) -> Callable[[datetime], datetime | None]:
    """The detector of the house."""
    learned = rhythm.learn(history, at, ZONE)
    return lambda last: rhythm.rings_at(learned, last)


def watch(sources: Iterable[Simulated], detector: Detector, outages: int = 6) -> Seen:
    """Every source for a quarter, and as many outages of it as wanted, each from a moment of its own."""
    seen = Seen()
    for nth, source in enumerate(sources):
        seen.false_alarms.append(_false_alarms(source, detector))
        begins, _ = source.judged
        chance = Random(nth)
        for _ in range(outages):
            _outage(source, detector, begins + chance.random() * (QUARTER - 2 * WEEK), seen)
    return seen


def _false_alarms(source: Simulated, detector: Detector) -> int:
    """How many silences rang though nothing was wrong. Learned each week, and again where it comes close."""
    begins, ends = source.judged
    count, last, learned_at = 0, source.last_before(begins), begins
    rings = detector(source.between(source.start, begins), begins)
    for moment in [*source.between(begins, ends), ends]:
        if last is not None:
            line = rings(last)
            if line is not None and (moment - last) >= (line - last) * 0.6:
                line = detector(source.between(source.start, last), last)(last)
                count += line is not None and line <= moment
        last = moment
        if moment >= learned_at + WEEK:
            learned_at, rings = moment, detector(source.between(source.start, moment), moment)
    return count


def _outage(source: Simulated, detector: Detector, begins: datetime, seen: Seen) -> None:
    last = source.last_before(begins)
    if last is None:
        seen.unknown += 1
        return
    line = detector(source.between(source.start, begins), begins)(last)
    if line is None:
        seen.unknown += 1
    elif line >= source.judged[1] + QUARTER:
        seen.delays.append(None)
    else:
        delay = source.expected_by(max(line, begins)) - source.expected_by(begins)
        seen.delays.append(delay / source.usual_gap)
        seen.in_medians.append(delay / _MEDIAN)
