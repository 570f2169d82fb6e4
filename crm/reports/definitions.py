"""What each number means: from rows to figures, each with its definition in words.

Source: docs/domain.md, "Reports". A cohort is the leads whose message arrived in the period.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from crm.clock import wall
from crm.lifecycle.workflow import calendar, workflow
from crm.models.workflow import STAGES
from crm.programme import programme
from crm.reports.figures import (
    AT_ONCE,
    NOTHING,
    UNTOLD,
    Figure,
    Group,
    Number,
    Part,
    hidden_in,
    is_small,
    minutes_words,
    percentile,
    rate,
    sorted_into,
)
from crm.reports.period import Period

STEPS: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
    ("wrote", "Wrote to us", lambda lead: True),
    ("tried", "We tried to reach them", lambda lead: lead.first_attempt_at is not None),
    ("spoke", "Spoke with us", lambda lead: lead.first_two_way_at is not None),
    ("assessment", "Assessment set", lambda lead: lead.assessment_at is not None),
    ("started", "Started with us", lambda lead: lead.started_on is not None),
)
STAGE_LABELS = {
    "new": "New", "trying": "Trying to reach", "talking": "In conversation", "assessment": "Assessment",
    "later": "Not now", "ended": "Ended: started, referred or closed",
}
WAITS = ((5, "0–5"), (10, "5–10"), (15, "10–15"), (30, "15–30"), (60, "30–60"), (240, "1–4 h"))  # minutes
BY_WEEK, BY_MONTH = 100, 2 * 366  # days: the longest period drawn by weeks, by months; beyond it by quarters
EVERYONE = (
    "Everyone whose first message arrived in the period, counted once for each step they have reached by now, "
    "wherever they stand today; held, unreadable and test messages are not counted. The steps: a person of ours "
    "tried to reach them; a two-way contact was logged; an assessment was given a time; a start date was set. A "
    "step may be passed without the one before it. Stage today is where each of them stands now."
)
FIRST_REPLY = (
    "From the moment a message arrived to the first attempt to reach them that a person of ours logged; automatic "
    "mail does not count. Open minutes: whole minutes in which we are open, holidays excluded. Wall clock: all "
    "minutes. People not tried yet are counted apart and are in no middle. The promise is the time given to them "
    "when they wrote; it is kept when the first attempt came no later. Promises whose time has not come yet are not "
    "counted; whoever came in from an old list was promised nothing."
)
FOLLOW_UPS = (
    "Every promise to get in touch, first replies included, whose time fell into the period and has passed. Kept in "
    "time: done at or before its time. Late: done, moved or given up only afterwards, or still open. Moved in time: "
    "rearranged before it was due; it is counted again at its new time. No longer needed: given up, or the lead "
    "ended, before it was due. Shares are of the promises kept in time and late together."
)


def everyone(leads: Sequence[Any], hides: bool) -> Figure:
    """Everyone who wrote in the period, how far they have come by now, and where they stand today."""
    steps = tuple(
        Part(key, label, tuple(lead.id for lead in leads if has_reached(lead))) for key, label, has_reached in STEPS
    )
    standing: dict[str, list[int]] = {stage: [] for stage in STAGES}
    statuses = workflow().statuses
    for lead in leads:
        standing[statuses[lead.status_key].stage].append(lead.id)
    stages = tuple(Part(f"stage-{stage}", STAGE_LABELS[stage], tuple(standing[stage])) for stage in STAGES)
    groups = (
        Group("Step reached", "People", steps, len(leads), are_steps=True),
        Group("Stage today", "People", stages, len(leads)),
    )
    hidden = hidden_in(groups, hides)
    return Figure(
        "everyone", "From first message to first day", _largest_loss(steps, hidden), EVERYONE, groups, hidden=hidden,
    )


def first_reply(leads: Sequence[Any], at: datetime, hides: bool) -> Figure:
    """How long people waited for the first human attempt to reach them, on two clocks, and the promise made to them."""
    tried = [lead for lead in leads if lead.first_attempt_at is not None]
    hours = calendar()
    open_minutes = [float(hours.minutes_between(lead.received_at, lead.first_attempt_at)) for lead in tried]
    wall_minutes = [max((lead.first_attempt_at - lead.received_at).total_seconds() / 60, 0.0) for lead in tried]
    waiting = Part("waiting", "not tried yet", tuple(lead.id for lead in leads if lead.first_attempt_at is None))
    waits = Group("Wait in open minutes", "People", (*_waits(tried, open_minutes), waiting), len(leads))
    promise = _promise_to_answer(leads, at)
    counted = Part("tried", "People tried (n)", tuple(lead.id for lead in tried))
    hidden = hidden_in((waits, promise, Group("", "", (counted, waiting), len(leads))), hides)
    kept = told_rate(promise, hidden)

    def middle(label: str, values: Sequence[float], share: float) -> Number:
        return Number(label, UNTOLD if hides and is_small(len(values)) else minutes_words(percentile(values, share)))

    numbers = (
        middle("Median, open hours", open_minutes, 0.5),
        middle("90th percentile, open hours", open_minutes, 0.9),
        middle("Median, by the wall clock", wall_minutes, 0.5),
        middle("90th percentile, by the wall clock", wall_minutes, 0.9),
        Number("Promises to answer kept", kept),
        Number(counted.label, "", counted),
    )
    return Figure(
        "first-reply", "How long people wait for a first reply", _typical_wait(numbers, len(tried), len(leads)),
        FIRST_REPLY, (waits, promise), numbers, hidden=hidden, line_after=f"within-{workflow().first_reply_minutes}",
        line_words="promise" if kept in (NOTHING, UNTOLD) else f"promise: {kept} kept",
    )


def follow_ups(promises: Iterable[Any], period: Period, hides: bool) -> Figure:
    """The promises that fell due in the period, and whether they were kept in time."""
    found: dict[str, list[int]] = {kind: [] for kind in ("in-time", "late", "open", "moved", "dropped")}
    spans: dict[date, tuple[list[int], list[int]]] = {}
    for promise in promises:
        how = how_kept(promise)
        found[how].append(promise.lead_id)
        if how in ("in-time", "late", "open"):
            in_time, late = spans.setdefault(_begin_of_span(promise.due_at, period), ([], []))
            (in_time if how == "in-time" else late).append(promise.lead_id)
    kept = Group("Promise", "Promises", (
        Part("in-time", "Kept in time", tuple(found["in-time"])),
        Part("late", "Late, settled since", tuple(found["late"])),
        Part("open", "Late, still open", tuple(found["open"])),
    ), sum(len(found[how]) for how in ("in-time", "late", "open")))
    settled = Group("Not counted above", "Promises", (
        Part("moved", "Moved in time", tuple(found["moved"])),
        Part("dropped", "No longer needed", tuple(found["dropped"])),
    ), 0)
    over_time = tuple(_span(begin, *spans[begin], period) for begin in sorted(spans))
    hidden = hidden_in((kept, settled, *over_time), hides)
    share = told_rate(kept, hidden)
    if not kept.whole:
        finding = "No follow-up fell due in this period."
    elif share == UNTOLD:
        finding = "Too few promises were late, or in time, to show their share."
    else:
        finding = f"{share} of the promised follow-ups were made by their time."
    return Figure(
        "follow-ups", "Follow-ups kept", finding, FOLLOW_UPS,
        (kept, settled), (Number("Kept in time", share),), over_time, _span_words(period), hidden=hidden,
    )


def how_kept(promise: Any) -> str:
    """What became of a promise whose time has passed: in-time, late, open, moved or dropped."""
    if promise.result is None:
        done_at, result = promise.ended_at, "dropped"  # a closed lead's promises drop out by themselves
    else:
        done_at, result = promise.done_at, promise.result
    if done_at is None:
        return "open"
    elif done_at > promise.due_at:
        return "late"
    else:
        return "in-time" if result == "kept" else str(result)


def told_rate(group: Group, hidden: frozenset[str]) -> str:
    """The first part's share of its group, unless it is not to be told."""
    first = group.parts[0]
    return UNTOLD if first.key in hidden else rate(len(first.leads), group.whole)


def _largest_loss(steps: Sequence[Part], hidden: frozenset[str]) -> str:
    if not steps[0].leads:
        return "Nobody wrote in this period."
    told = [part for part in steps if part.key not in hidden]
    losses = [(len(before.leads) - len(after.leads), before, after) for before, after in pairwise(told)]
    if not losses:
        return "The numbers of this period are too small to show."
    lost, before, after = max(losses, key=lambda loss: loss[0])
    if lost <= 0:
        return "Nobody was lost on the way."
    return f"The largest step lost is between “{before.label}” and “{after.label}”: {lost:,} people."


def _typical_wait(numbers: Sequence[Number], tried: int, whole: int) -> str:
    median, kept = numbers[0].words, numbers[4].words
    if not whole:
        return "Nobody wrote in this period."
    elif not tried:
        return "Nobody who wrote in this period has been tried yet."
    elif median == UNTOLD:
        return "Too few people have been tried to show how long they waited."
    promise = "" if kept in (NOTHING, UNTOLD) else f"; {kept} of our promises to answer were kept"
    half = "Half of the first tries came"
    return f"{half} at once{promise}." if median == AT_ONCE else f"{half} within {median} of open hours{promise}."


def _waits(tried: Sequence[Any], minutes: Sequence[float]) -> tuple[Part, ...]:
    edges = [(f"within-{limit}", label, _up_to(limit)) for limit, label in WAITS]
    values = zip((lead.id for lead in tried), minutes, strict=True)
    return sorted_into([*edges, ("over", "over 4 h", lambda minutes: True)], values)


def _up_to(limit: int) -> Callable[[float], bool]:
    return lambda minutes: minutes <= limit


def _promise_to_answer(leads: Sequence[Any], at: datetime) -> Group:
    kept: list[int] = []
    late: list[int] = []
    owed: list[int] = []
    for lead in leads:
        if lead.answer_by is None:
            continue
        if lead.first_attempt_at is not None:
            (kept if lead.first_attempt_at <= lead.answer_by else late).append(lead.id)
        elif lead.answer_by < at:
            owed.append(lead.id)
    return Group("Our promise to answer", "People", (
        Part("promise-kept", "Tried by the promised time", tuple(kept)),
        Part("promise-late", "Tried later", tuple(late)),
        Part("promise-owed", "Late, not tried yet", tuple(owed)),
    ), len(kept) + len(late) + len(owed))


def _span(begin: date, in_time: Sequence[int], late: Sequence[int], period: Period) -> Group:
    key, words = begin.isoformat(), _span_label(begin, period)
    return Group(words, "Promises", (
        Part(f"{key}-in-time", f"In time, {words}", tuple(in_time)), Part(f"{key}-late", f"Late, {words}", tuple(late)),
    ), len(in_time) + len(late))


def _begin_of_span(due_at: datetime, period: Period) -> date:
    day = wall(due_at, programme().time_zone).date()
    if period.days <= BY_WEEK:
        return day - timedelta(days=day.weekday())
    elif period.days <= BY_MONTH:
        return day.replace(day=1)
    else:
        return day.replace(month=day.month - (day.month - 1) % 3, day=1)


def _span_words(period: Period) -> str:
    return "week" if period.days <= BY_WEEK else "month" if period.days <= BY_MONTH else "quarter"


def _span_label(begin: date, period: Period) -> str:
    if period.days <= BY_WEEK:
        return f"{begin:%b} {begin.day}"
    elif period.days <= BY_MONTH:
        return f"{begin:%b %Y}" if begin.month == 1 else f"{begin:%b}"
    else:
        return f"Q{(begin.month + 2) // 3} {begin.year}"
