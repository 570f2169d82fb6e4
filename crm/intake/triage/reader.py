"""Read a message from its text and its answers to an assessment; an error on the way makes it urgent, never lost."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence

from crm.intake.triage.answers import from_answers
from crm.intake.triage.context import Cues, cues, label
from crm.intake.triage.findings import LEVELS, RISK_SIGNALS, Assessment, Finding
from crm.intake.triage.gibberish import is_mash
from crm.intake.triage.judging import Found, Judgement, judge
from crm.intake.triage.language import language
from crm.intake.triage.matching import Places, Span, Steps, TooLong
from crm.intake.triage.reading import Words, read
from crm.intake.triage.rules import VERSION, RuleBook, rule_book
from crm.intake.triage.weights import Sums, weigh

LONGEST = 20_000  # characters assessed: our forms take no longer message, and 50 ms must do
MOST_WORDS = 6_000  # 20,000 characters of what people write are about 4,000
MOST_REASONS = 8  # places marked in a message: more is a coloured page, and nobody reads it
ENOUGH = 12  # sentences in which one rule holds as it stands: more add nothing
ENOUGH_LABELLED = 50  # places of one rule under one label: what follows changes no level, signal or danger
STEPS = 110_000  # 20,000 characters of real messages take 60,000, and one message said again and again at most 84,000

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
    words = read(text[:LONGEST], book.speller.known, MOST_WORDS)
    if len(words.norm) > MOST_WORDS:
        raise TooLong
    places = places_of(words, book, Steps(STEPS))
    said = cues(places)
    found = from_answers(answers, book) + find(places, said, book)
    tongue, sums = language(text, words), weigh(places, said)
    judgement = _judge(found, sums, words, tongue, book)
    whole = len(text) <= LONGEST
    level = judgement.level
    if not whole and level != "crisis":
        level = "urgent"
    return Assessment(
        level=level, lead=level != "none", signals=judgement.signals, dangers=judgement.dangers,
        findings=_reasons(found, sums, level, words), not_a_lead=judgement.not_a_lead if level == "none" else "",
        language=tongue, assessed=whole, version=VERSION,
    )


def places_of(words: Words, book: RuleBook, steps: Steps) -> Places:
    """Where every word and concept of a message stands. Raises TooLong past the limit of steps."""
    places = Places(words, book.numbers, steps)
    places.tag(book.phrases)
    for concept, pattern in book.derived:
        for span in list(places.find(pattern)):
            places.add(concept, span)
    return places


def find(places: Places, said: Cues, book: RuleBook) -> list[Found]:
    """Every rule at every place where it holds, each with its context. Raises TooLong past the limit of steps."""
    words = places.words
    likely = {pattern for key in places.held() for pattern in book.index.get(key, ())}
    found = list[Found]()
    for rule in book.rules:
        plain = set[int]()  # the sentences where the rule holds as it stands: said twice there is said once
        labelled = Counter[str]()  # how often each label was given
        for span in sorted({span for pattern in rule.patterns if pattern in likely for span in places.find(pattern)}):
            sentence = words.sentence[span[0]]
            if len(plain) >= ENOUGH:
                break
            elif sentence in plain:
                continue
            how = label(span, rule, said, places)
            if not how:
                plain.add(sentence)
            elif rule.now_only or labelled[how] == ENOUGH_LABELLED:
                continue  # the plain mention of the same words is a rule of its own and keeps its finding
            labelled[how] += 1
            where = words.start[span[0]], words.end[span[1] - 1]
            found.append(Found(Finding(rule.id, rule.signal, *where, how, rule.why), rule))
    return found


def _reasons(found: Sequence[Found], sums: Sums, level: str, words: Words) -> tuple[Finding, ...]:
    """What staff are shown: the risks, one a place and what weighs most first, at most `MOST_REASONS`."""
    risks = sorted((one for one in found if one.rule.signal in RISK_SIGNALS), key=_first_now_and_high)
    offered = [one.finding for one in risks]
    if level in LEVELS[:2] and not any(one.now and one.level in LEVELS[:2] for one in risks):
        offered += (_weighty(words, span) for span in sums.heaviest)
    shown = list[Finding]()
    for one in offered:
        if len(shown) == MOST_REASONS:
            break
        elif one.start == one.end or all(one.end <= other.start or other.end <= one.start for other in shown):
            shown.append(one)  # an answer stands at no place in the text
    return tuple(sorted(shown, key=lambda one: one.start))


def _first_now_and_high(one: Found) -> tuple[bool, int, bool]:
    return not one.now, LEVELS.index(one.level), one.rule.mention


def _weighty(words: Words, span: Span) -> Finding:
    where = words.start[span[0]], words.end[span[1] - 1]
    return Finding("weighs", "distress", *where, "", "such words stand in messages that could not wait")


def _judge(found: Sequence[Found], sums: Sums, words: Words, tongue: str, book: RuleBook) -> Judgement:
    judgement = judge(found, sums)
    if is_mash(words, book.speller) and judgement.level in ("routine", "none"):
        return Judgement("none", ("test",), (), "test")
    elif tongue == "other" and judgement.level == "none":
        return Judgement("routine", judgement.signals, (), "")  # what we cannot read is nobody's all-clear
    else:
        return judgement
