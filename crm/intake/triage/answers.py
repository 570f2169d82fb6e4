"""What somebody ticked or chose on a form: it counts more than what can be read out of a text."""

from collections.abc import Mapping

from crm.intake.triage.findings import Finding
from crm.intake.triage.judging import Found
from crm.intake.triage.matching import Places, Steps
from crm.intake.triage.reading import read
from crm.intake.triage.rules import AnswerRule, RuleBook

YES = frozenset(("yes", "si", "true", "on", "1", "x", "y", "checked", "ticked", "selected", "agree", "definitely"))
NO = frozenset((
    "no", "false", "off", "0", "n", "none", "never", "not", "unchecked", "nunca", "ninguno", "ninguna", "declined",
    "unknown", "prefer", "na",
))
STEPS = 20_000  # a question and its answer are short


def from_answers(answers: Mapping[str, str], book: RuleBook) -> list[Found]:
    """The findings of all answers. They point at no place in the text, so their offsets are 0."""
    found = list[Found]()
    for label, chosen in answers.items():
        given = read(str(chosen), book.speller.known).norm
        if not given:
            continue
        for rule in book.answers:
            if _holds(rule, str(label), str(chosen), given[0], book):
                finding = Finding(rule.rule.id, rule.rule.signal, 0, 0, "", rule.rule.why)
                found.append(Found(finding, rule.rule, ticked=True))
    return found


def _holds(rule: AnswerRule, label: str, chosen: str, first: str, book: RuleBook) -> bool:
    if first in NO:
        return rule.when == "no" and _says(label, rule, book)
    elif rule.when == "no":
        return False
    elif first in YES:
        return _says(label, rule, book)
    else:
        return _says(chosen, rule, book)  # the option that was chosen says it itself


def _says(text: str, rule: AnswerRule, book: RuleBook) -> bool:
    places = Places(read(text[:500], book.speller.known), book.numbers, Steps(STEPS))
    return any(list(places.find(pattern)) for pattern in rule.rule.patterns)
