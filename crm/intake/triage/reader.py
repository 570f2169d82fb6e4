"""Read a message from its text to its assessment; an error on the way makes it urgent, never lost."""

from collections.abc import Mapping

from crm.intake.triage.context import cues, label
from crm.intake.triage.findings import Assessment, Finding
from crm.intake.triage.judging import Found, judge
from crm.intake.triage.language import language
from crm.intake.triage.matching import Places, Steps
from crm.intake.triage.reading import Words, read
from crm.intake.triage.rules import VERSION, RuleBook, rule_book

LONGEST = 20_000  # characters assessed; nobody reads a longer one to the end before answering either
STEPS = 400_000


def assess(text: str, answers: Mapping[str, str]) -> Assessment:
    book = rule_book()
    words = read(text[:LONGEST], book.speller.known)
    found = find(words, book, Steps(STEPS))
    judgement = judge(found, words)
    return Assessment(
        level=judgement.level, lead=judgement.level != "none", signals=judgement.signals, dangers=judgement.dangers,
        findings=tuple(one.finding for one in found), not_a_lead=judgement.not_a_lead,
        language=language(text, words), assessed=True, version=VERSION,
    )


def find(words: Words, book: RuleBook, steps: Steps) -> list[Found]:
    """Every rule at every place where it holds, each with its context."""
    places = Places(words, book.numbers, steps)
    places.tag(book.phrases)
    for concept, pattern in book.derived:
        for span in list(places.find(pattern)):
            places.add(concept, span)
    said, found = cues(places), list[Found]()
    for rule in book.rules:
        spans = {span for pattern in rule.patterns for span in places.find(pattern)}
        for span in sorted(spans):
            how = label(span, rule, said, places)
            if how and rule.now_only:
                continue
            where = words.start[span[0]], words.end[span[1] - 1]
            found.append(Found(Finding(rule.id, rule.signal, *where, how, rule.why), rule))
    return found
