"""From what was found to a level. In doubt the higher one; "none" only on evidence that nobody here looks for help."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm.intake.triage.findings import DANGER_SIGNALS, LEVELS, NOT_A_LEAD, RISK_SIGNALS, Finding
from crm.intake.triage.rules import Rule

ADVERT = 3  # weight of advertising that makes a text an advert, whatever voice it borrows
NOT_LEAD = 2  # weight that decides when nothing dangerous is said
ACUTE_ONLY = ("pregnant", "withdrawal")  # danger only where a rule says so: docs/domain.md, "Triage"
# Points of weak signs for one danger. Set on two development sets, to raise what no single rule can reach.
SIGNS_URGENT, SIGNS_CRISIS, UNEXPLAINED = 3, 4, 2
EXPLAINED = ("insurance", "info", "aftercare", "existing_client", "professional", *NOT_A_LEAD)


@dataclass(frozen=True)
class Found:
    """A finding with the rule behind it."""

    finding: Finding
    rule: Rule

    @property
    def level(self) -> str:
        """The level it argues for: a context lowers it by one step, an idiom to a mere mention."""
        if not self.finding.context:
            return self.rule.level
        elif self.finding.context in ("idiom", "quoted"):
            return "routine"
        else:
            return LEVELS[min(LEVELS.index(self.rule.level) + 1, 2)]

    @property
    def now(self) -> bool:
        """Said of today, and meant."""
        return not self.finding.context


@dataclass(frozen=True)
class Judgement:
    """The level, what is present now, what of it is danger, and which kind of non-lead it is."""

    level: str
    signals: tuple[str, ...]
    dangers: tuple[str, ...]
    not_a_lead: str


def judge(found: Sequence[Found]) -> Judgement:
    """Weigh all findings of one message."""
    risks = [one for one in found if one.rule.signal in RISK_SIGNALS]
    danger, points = _signs(found)
    by_rule = _highest(one.level for one in risks)
    level = _highest((by_rule, _by_signs(points)))
    kind, weight = _not_a_lead(found)
    if kind and _is_not_a_lead(weight, level, by_rule, found):
        return Judgement("none", (kind,), (), kind)
    level = _highest((level, _unexplained(found, points)))
    signals = [one.rule.signal for one in found if one.now and one.rule.signal not in (*NOT_A_LEAD, "sign")]
    dangers = [one.rule.signal for one in risks if _is_danger(one)]
    if points >= SIGNS_CRISIS and by_rule != "crisis":
        signals.append(danger)
        dangers.append(danger)
    return Judgement(level, tuple(dict.fromkeys(signals)), tuple(s for s in DANGER_SIGNALS if s in dangers), "")


def _highest(levels: Iterable[str]) -> str:
    return min(levels, key=LEVELS.index, default="routine")


def _signs(found: Sequence[Found]) -> tuple[str, int]:
    """The danger that the weak signs speak of most, and how loudly; each sign counts once."""
    points: dict[str, int] = {}
    for rule in {one.rule.id: one.rule for one in found if one.rule.points and one.now}.values():
        for danger, worth in rule.points.items():
            points[danger] = points.get(danger, 0) + worth
    return max(points.items(), key=lambda item: item[1], default=("", 0))


def _by_signs(points: int) -> str:
    if points >= SIGNS_CRISIS:
        return "crisis"
    elif points >= SIGNS_URGENT:
        return "urgent"
    else:
        return "routine"


def _unexplained(found: Sequence[Found], points: int) -> str:
    """A person writes and nothing says what could wait: it does not wait; what weighs as well comes first."""
    rules = {one.rule.id for one in found}
    if "asks" in rules or "person-writes" not in rules:
        return "routine"
    ours = "our-matter" in rules
    reason = any(one.level == "urgent" and _is_a_reason(one.rule) for one in found)
    if points > UNEXPLAINED - ours and not reason:
        return "crisis"
    elif points >= UNEXPLAINED or (ours and not any(one.rule.signal in EXPLAINED for one in found)):
        return "urgent"
    else:
        return "routine"


def _is_a_reason(rule: Rule) -> bool:
    """It says what is urgent: more than a topic or distress alone."""
    return rule.signal in RISK_SIGNALS and rule.signal != "distress" and not rule.mention


def _is_danger(one: Found) -> bool:
    return one.now and one.rule.signal in DANGER_SIGNALS and (one.rule.acute or one.rule.signal not in ACUTE_ONLY)


def _not_a_lead(found: Sequence[Found]) -> tuple[str, int]:
    """The heaviest kind of non-lead and its weight; each rule counts once."""
    weights: dict[str, int] = {}
    for rule in {one.rule.id: one.rule for one in found}.values():
        if rule.signal in NOT_A_LEAD:
            weights[rule.signal] = weights.get(rule.signal, 0) + rule.weight
    return max(weights.items(), key=lambda item: item[1], default=("", 0))


def _is_not_a_lead(weight: int, level: str, by_rule: str, found: Sequence[Found]) -> bool:
    seeks = any(one.rule.signal == "seeks_help" for one in found)
    only_mentions = all(one.rule.mention for one in found if one.level == "urgent" and one.rule.signal in RISK_SIGNALS)
    if level != "crisis" and (by_rule == "routine" or only_mentions):
        return weight >= NOT_LEAD + (1 if seeks else 0)
    elif by_rule == "urgent" and level != "crisis":
        return weight >= ADVERT
    else:
        return False
