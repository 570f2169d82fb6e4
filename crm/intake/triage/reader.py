"""Read a message from its text and its answers to an assessment; an error on the way makes it urgent, never lost."""

import logging
from collections.abc import Mapping, Sequence

from crm.intake.triage.answers import from_answers
from crm.intake.triage.context import cues, label
from crm.intake.triage.findings import Assessment, Finding
from crm.intake.triage.gibberish import is_mash
from crm.intake.triage.judging import Found, Judgement, judge
from crm.intake.triage.language import language
from crm.intake.triage.matching import Places, Steps, TooLong
from crm.intake.triage.reading import Words, read
from crm.intake.triage.rules import VERSION, RuleBook, rule_book

LONGEST = 20_000  # characters assessed: our forms take no longer message, and 50 ms must do
MOST_WORDS = 6_000  # 20,000 characters of what people write are about 4,000
STEPS = 200_000  # five times what 20,000 characters of real messages take

log = logging.getLogger(__name__)


def assess(text: str, answers: Mapping[str, str]) -> Assessment:
    """The assessment, or the fail-safe: urgent and "not assessed" when anything goes wrong or the text is too long."""
    try:
        return _assess(text, answers)
    except Exception as error:
        log.error("A message could not be assessed (%s): it counts as urgent", type(error).__name__)  # no words of it
        return Assessment("urgent", True, (), (), (), "", "other", False, VERSION)


def _assess(text: str, answers: Mapping[str, str]) -> Assessment:
    book = rule_book()
    words = read(text[:LONGEST], book.speller.known)
    if len(words.norm) > MOST_WORDS:
        raise TooLong
    found = from_answers(answers, book) + find(words, book, Steps(STEPS))
    tongue = language(text, words)
    judgement = _judge(found, words, tongue, book)
    whole = len(text) <= LONGEST
    level = judgement.level
    if not whole and level != "crisis":
        level = "urgent"
    return Assessment(
        level=level, lead=level != "none", signals=judgement.signals, dangers=judgement.dangers,
        findings=tuple(one.finding for one in found), not_a_lead=judgement.not_a_lead if level == "none" else "",
        language=tongue, assessed=whole, version=VERSION,
    )


def find(words: Words, book: RuleBook, steps: Steps) -> list[Found]:
    """Every rule at every place where it holds, each with its context. Raises TooLong past the limit of steps."""
    places = Places(words, book.numbers, steps)
    places.tag(book.phrases)
    for concept, pattern in book.derived:
        for span in list(places.find(pattern)):
            places.add(concept, span)
    likely = {pattern for key in places.held() for pattern in book.index.get(key, ())}
    said, found = cues(places), list[Found]()
    for rule in book.rules:
        plain = set[int]()  # the sentences where the rule holds as it stands: said twice there is said once
        for span in sorted({span for pattern in rule.patterns if pattern in likely for span in places.find(pattern)}):
            sentence = words.sentence[span[0]]
            if sentence in plain:
                continue
            how = label(span, rule, said, places)
            if not how:
                plain.add(sentence)
            elif rule.now_only:
                continue  # the plain mention of the same words is a rule of its own and keeps its finding
            where = words.start[span[0]], words.end[span[1] - 1]
            found.append(Found(Finding(rule.id, rule.signal, *where, how, rule.why), rule))
    return found


def _judge(found: Sequence[Found], words: Words, tongue: str, book: RuleBook) -> Judgement:
    judgement = judge(found)
    if is_mash(words, book.speller) and judgement.level in ("routine", "none"):
        return Judgement("none", ("test",), (), "test")
    elif tongue == "other" and judgement.level == "none":
        return Judgement("routine", judgement.signals, (), "")  # what we cannot read is nobody's all-clear
    else:
        return judgement
