"""From what was found to a level. In doubt the higher one; "none" only on evidence that nobody here looks for help."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm.intake.triage.findings import DANGER_SIGNALS, LEVELS, NOT_A_LEAD, RISK_SIGNALS, Finding
from crm.intake.triage.reading import Words
from crm.intake.triage.rules import Rule

ADVERT = 3  # weight of advertising that makes a text an advert, whatever voice it borrows
NOT_LEAD = 2  # weight that decides when nothing dangerous is said
ACUTE_ONLY = ("pregnant", "withdrawal")


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
    def is_risk(self) -> bool:
        return self.rule.signal in RISK_SIGNALS


@dataclass(frozen=True)
class Judgement:
    """The level, what is present now, what of it is danger, and which kind of non-lead it is."""

    level: str
    signals: tuple[str, ...]
    dangers: tuple[str, ...]
    not_a_lead: str


def judge(found: Sequence[Found], words: Words) -> Judgement:
    """Weigh all findings of one message."""
    risks = [one for one in found if one.is_risk]
    kind, weight = _not_a_lead(found)
    highest = min((one.level for one in risks), key=LEVELS.index, default="routine")
    if kind and _is_not_a_lead(weight, highest, found):
        return Judgement("none", (kind,), (), kind)
    now = tuple(dict.fromkeys(one.rule.signal for one in found if not one.finding.context and one.rule.level != "none"))
    dangers = tuple(signal for signal in DANGER_SIGNALS if any(
        one.rule.signal == signal and _is_danger(one) for one in risks
    ))
    return Judgement(highest, now, dangers, "")


def _is_danger(one: Found) -> bool:
    return not one.finding.context and (one.rule.acute or one.rule.signal not in ACUTE_ONLY)


def _not_a_lead(found: Sequence[Found]) -> tuple[str, int]:
    """The heaviest kind of non-lead and its weight; each rule counts once."""
    weights: dict[str, int] = {}
    for rule in {one.rule.id: one.rule for one in found if not one.finding.context}.values():
        if rule.signal in NOT_A_LEAD:
            weights[rule.signal] = weights.get(rule.signal, 0) + rule.weight
    return max(weights.items(), key=lambda item: item[1], default=("", 0))


def _is_not_a_lead(weight: int, highest: str, found: Sequence[Found]) -> bool:
    seeks = any(one.rule.signal == "seeks_help" and not one.finding.context for one in found)
    if highest == "routine":
        return weight >= NOT_LEAD + (1 if seeks else 0)
    elif highest == "urgent":
        return weight >= ADVERT and not seeks
    else:
        return False
