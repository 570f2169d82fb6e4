"""The rules, read once from `data/*.toml` and made ready; a rule that makes no sense is an error at once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from crm.intake.triage import patterns, reading
from crm.intake.triage.files import FOLDER, toml
from crm.intake.triage.language import ENGLISH, SPANISH
from crm.intake.triage.matching import Trie
from crm.intake.triage.patterns import Pattern
from crm.intake.triage.spelling import Speller

VERSION = "2026-11-25"  # of the rules; written into every assessment


@dataclass(frozen=True)
class Rule:
    """One sentence about what people write: what it is a sign of, how high it stands, and when it does not count."""

    id: str
    signal: str
    level: str
    why: str
    patterns: tuple[Pattern, ...]
    negatable: bool  # False where the words themselves hold a "not": "not breathing"
    datable: bool  # False where "years ago" nearby says nothing
    feared: bool  # False where "if" and "afraid" make it no smaller
    now_only: bool  # holds only where nothing about it is denied, past or feared: a lift on top of the plain mention
    acute: bool  # for pregnancy and withdrawal: danger now, not only a reason to call soon
    weight: int  # for what is not a lead: 2 decides alone, 1 needs a second
    weak: bool  # urgent only together with what else is said: calm people say it too
    mention: bool  # a bare topic: what an article, a job or a test of the form also speaks of
    points: Mapping[str, int]  # for a weak sign: what it adds to which danger


@dataclass(frozen=True)
class AnswerRule:
    """What an answer on a form says: `when` is "said" (ticked, yes, or the option chosen) or "no"."""

    rule: Rule
    when: str


@dataclass(frozen=True)
class RuleBook:
    """Everything that `assess` needs, ready to use."""

    rules: tuple[Rule, ...]
    phrases: Trie
    derived: tuple[tuple[str, Pattern], ...]  # concepts that are patterns of other concepts, in the order to find them
    numbers: dict[str, int]
    speller: Speller
    answers: tuple[AnswerRule, ...]
    index: Mapping[str, Collection[Pattern]]  # by a word or concept without which the pattern cannot hold


@cache
def rule_book() -> RuleBook:
    """Read all the data; raises ValueError for a rule that cannot be read."""
    lexicon, spelling = _lexicon(), toml("spelling")
    concepts, numbers = lexicon["concepts"], lexicon["numbers"]
    phrases, derived, vocabulary = Trie(), list[tuple[str, Pattern]](), set[str]()
    for concept, written in _lines(concepts):
        if patterns.is_phrase(written):
            for phrase in patterns.phrases(written, _plain):
                vocabulary.update(phrase)
                _plant(phrases, phrase, concept)
        else:
            derived.append((concept, patterns.pattern(written, _plain)))
    rules = tuple(rule for file in sorted(FOLDER.glob("rules_*.toml")) for rule in _rules(file.stem))
    answers = tuple(AnswerRule(_rule(entry), entry["when"]) for entry in toml("answers")["answer"])
    every = [pattern for rule in (*rules, *(answer.rule for answer in answers)) for pattern in rule.patterns]
    every += [pattern for _, pattern in derived]
    _in_order(derived)
    _all_known(every, set(concepts))
    vocabulary.update(numbers, (word for pattern in every for word in _words(pattern)))
    vocabulary.update(word for word in toml("weights")["weights"] if word.isalpha())
    speller = Speller(frozenset(vocabulary), frozenset(spelling["neighbours"].split()), spelling["slips"])
    return RuleBook(rules, phrases, tuple(derived), numbers, speller, answers, _index(every))


def _index(every: Iterable[Pattern]) -> Mapping[str, Collection[Pattern]]:
    index: dict[str, list[Pattern]] = {}
    for pattern in every:
        for key in patterns.keys(pattern, ENGLISH | SPANISH):
            index.setdefault(key, []).append(pattern)
    return index


def _rules(name: str) -> Iterable[Rule]:
    read = toml(name)
    for sign in read.get("sign", ()):
        yield _rule({**sign, "signal": "sign", "level": "routine", "negatable": False, "feared": False})
    for rule in read.get("rule", ()):
        yield _rule(rule)


def _rule(entry: dict[str, Any]) -> Rule:
    return Rule(
        id=entry["id"], signal=entry["signal"], level=entry["level"], why=entry["why"],
        patterns=tuple(patterns.pattern(written, _plain) for written in entry["patterns"]),
        negatable=entry.get("negatable", True), datable=entry.get("datable", True), feared=entry.get("feared", True),
        now_only=entry.get("now_only", False), acute=entry.get("acute", False), weight=entry.get("weight", 1),
        weak=entry.get("weak", False), mention=entry.get("mention", False), points=entry.get("points", {}),
    )


def _lexicon() -> dict[str, Any]:
    """The concepts of every `lexicon*.toml` as one; those made of others stand after what they are made of."""
    concepts, numbers = dict[str, list[str]](), dict[str, int]()
    for file in sorted(FOLDER.glob("lexicon*.toml")):
        lexicon = toml(file.stem)
        concepts.update(lexicon["concepts"])
        numbers.update(lexicon.get("numbers", {}))
    return {"concepts": concepts, "numbers": numbers}


def _lines(concepts: dict[str, list[str]]) -> Iterable[tuple[str, str]]:
    for concept, lines in concepts.items():
        for line in lines:
            for written in line.split(","):
                yield concept, written.strip()


def _plant(phrases: Trie, phrase: tuple[str, ...], concept: str) -> None:
    node = phrases
    for word in phrase:
        node = node.setdefault(word, {})
    node.setdefault("", {})[concept] = {}


def _in_order(derived: list[tuple[str, Pattern]]) -> None:
    """A concept is complete before another is made of it."""
    made: dict[str, int] = {concept: place for place, (concept, _) in enumerate(derived)}
    for place, (concept, pattern) in enumerate(derived):
        for sequence in (*pattern.needed, *pattern.unwanted):
            for part in sequence.parts:
                if made.get(part.concept, -1) >= place:
                    raise ValueError(f"{concept} is made of {part.concept}, which comes later")


def _all_known(every: list[Pattern], concepts: set[str]) -> None:
    asked = {part.concept for pattern in every for seq in (*pattern.needed, *pattern.unwanted) for part in seq.parts}
    if unknown := asked - concepts - {""}:
        raise ValueError(f"no such concept: {', '.join(sorted(unknown))}")


def _words(pattern: Pattern) -> Iterable[str]:
    for sequence in (*pattern.needed, *pattern.unwanted):
        for part in sequence.parts:
            yield from part.words


@cache
def _plain(written: str) -> list[str]:
    """A phrase of the rules read the way a message is read, before anybody knows a vocabulary."""
    slips = toml("spelling")["slips"]
    return reading.read(written, lambda word: str(slips.get(word, word))).norm
