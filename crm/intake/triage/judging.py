"""From what was found and what it weighs to a level. In doubt the higher one; no rule and no weight is an all-clear."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm.intake.triage.findings import DANGER_SIGNALS, LEVELS, NOT_A_LEAD, RISK_SIGNALS, Finding
from crm.intake.triage.rules import Rule
from crm.intake.triage.weights import Sums

ACUTE_ONLY = ("pregnant", "withdrawal")  # danger only where a rule says so: docs/domain.md, "Triage"
# What a rule adds to the learned sums, and the marks a sum must pass. Set on messages that neither the rules nor the
# weights had seen (cross-validation, tools/triage_weights.py): a mark moves missed danger against false alarms.
URGENT_RULE, CRISIS_RULE, DANGER_RULE = 2.0, 3.0, 4.0  # the last: what is danger and cannot wait
OFFER, HINT_OF_OFFER = 3.0, 1.2  # rules for what is not a lead: of weight 2 and more, of weight 1
OFFER_AGAINST, HINT_AGAINST = 1.0, 0.5
URGENT_MARK, CRISIS_MARK, NONE_MARK = -0.5, -0.1, 2.3
AGREED = 0.0  # what the urgent sum must be for the crisis sum to be believed without a rule
NOT_LEAD = 2


@dataclass(frozen=True)
class Found:
    """A finding with the rule behind it."""

    finding: Finding
    rule: Rule
    ticked: bool = False  # an answer on a form: it holds whatever the text weighs

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


def judge(found: Sequence[Found], sums: Sums) -> Judgement:
    """Weigh all findings of one message together with the sums of its words."""
    risks = [one for one in found if one.rule.signal in RISK_SIGNALS]
    kind, weight = _not_a_lead(found)
    level = _highest((_by_sums(risks, weight, sums), _highest(one.level for one in risks if one.ticked)))
    if level == "none":
        return Judgement("none", (kind or "other",), (), kind or "other")
    signals = [one.rule.signal for one in risks if one.now]
    dangers = {one.rule.signal for one in risks if _is_danger(one)} if level in ("crisis", "urgent") else set()
    if level == "crisis" and not dangers:
        danger = _loudest(found)
        signals.append(danger)
        dangers.add(danger)
    return Judgement(level, tuple(dict.fromkeys(signals)), tuple(s for s in DANGER_SIGNALS if s in dangers), "")


def _highest(levels: Iterable[str]) -> str:
    return min(levels, key=LEVELS.index, default="none")


def _by_sums(risks: Sequence[Found], offer: int, sums: Sums) -> str:
    """The level by the sums, each moved by the rules that hold."""
    reasons = [one for one in risks if one.level == "crisis" or (one.level == "urgent" and _is_a_reason(one.rule))]
    against = OFFER_AGAINST if offer >= NOT_LEAD else HINT_AGAINST if offer else 0.0
    by_rule = any(one.level == "crisis" for one in reasons)
    is_crisis = sums.crisis - against + (CRISIS_RULE if by_rule else 0.0) > CRISIS_MARK
    is_urgent = sums.urgent - against + max(map(_towards_urgent, reasons), default=0.0) > URGENT_MARK
    if is_crisis and (by_rule or sums.urgent > AGREED):
        return "crisis"
    elif is_crisis or is_urgent:  # the two sums disagree: somebody looks within the hour, without an alarm
        return "urgent"
    elif sums.none + (OFFER if offer >= NOT_LEAD else HINT_OF_OFFER if offer else 0.0) > NONE_MARK:
        return "none"
    else:
        return "routine"


def _is_a_reason(rule: Rule) -> bool:
    return not (rule.weak or rule.mention)


def _towards_urgent(one: Found) -> float:
    if one.now and one.rule.signal in DANGER_SIGNALS:
        return DANGER_RULE
    else:
        return CRISIS_RULE if one.level == "crisis" else URGENT_RULE


def _loudest(found: Sequence[Found]) -> str:
    """The danger that the weak signs speak of most; each sign counts once."""
    points: dict[str, int] = {"suicide": 0}  # what is only implied is most often this
    for rule in {one.rule.id: one.rule for one in found if one.rule.points and one.now}.values():
        for danger, worth in rule.points.items():
            points[danger] = points.get(danger, 0) + worth
    return max(points, key=lambda danger: points[danger])


def _is_danger(one: Found) -> bool:
    return one.now and one.rule.signal in DANGER_SIGNALS and (one.rule.acute or one.rule.signal not in ACUTE_ONLY)


def _not_a_lead(found: Sequence[Found]) -> tuple[str, int]:
    """The heaviest kind of non-lead and its weight; each rule counts once."""
    weights: dict[str, int] = {}
    for rule in {one.rule.id: one.rule for one in found}.values():
        if rule.signal in NOT_A_LEAD:
            weights[rule.signal] = weights.get(rule.signal, 0) + rule.weight
    return max(weights.items(), key=lambda item: item[1], default=("", 0))
