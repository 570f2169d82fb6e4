"""The rules, read once from `data/*.toml` and made ready; a rule that makes no sense stops the service from starting."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from crm.intake.triage import patterns, reading
from crm.intake.triage.matching import Trie
from crm.intake.triage.patterns import Pattern
from crm.intake.triage.spelling import Speller

VERSION = "2026-11-25"  # of the rules; written into every assessment
FOLDER = Path(__file__).parent / "data"


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


@dataclass(frozen=True)
class RuleBook:
    """Everything that `assess` needs, ready to use."""

    rules: tuple[Rule, ...]
    phrases: Trie
    derived: tuple[tuple[str, Pattern], ...]  # concepts that are patterns of other concepts, in the order to find them
    numbers: dict[str, int]
    speller: Speller


@cache
def rule_book() -> RuleBook:
    """Read all the data; raises ValueError for a rule that cannot be read."""
    lexicon, slips = _lexicon(), _toml("spelling")
    phrases, derived, vocabulary = Trie(), list[tuple[str, Pattern]](), set[str]()
    for concept, written in _concepts(lexicon):
        if patterns.is_phrase(written):
            for phrase in patterns.phrases(written, _plain):
                vocabulary.update(phrase)
                _plant(phrases, phrase, concept)
        else:
            derived.append((concept, patterns.pattern(written, _plain)))
    rules = tuple(rule for file in sorted(FOLDER.glob("rules_*.toml")) for rule in _rules(file.stem))
    every = [pattern for rule in rules for pattern in rule.patterns] + [pattern for _, pattern in derived]
    _all_known(every, {concept for concept, _ in _concepts(lexicon)})
    vocabulary.update(word for pattern in every for word in _words(pattern))
    speller = Speller(frozenset(vocabulary), frozenset(slips["neighbours"].split()), slips["slips"])
    return RuleBook(rules, phrases, tuple(derived), lexicon["numbers"], speller)


def _rules(name: str) -> Iterable[Rule]:
    for rule in _toml(name)["rule"]:
        yield Rule(
            id=rule["id"], signal=rule["signal"], level=rule["level"], why=rule["why"],
            patterns=tuple(patterns.pattern(written, _plain) for written in rule["patterns"]),
            negatable=rule.get("negatable", True), datable=rule.get("datable", True), feared=rule.get("feared", True),
            now_only=rule.get("now_only", False), acute=rule.get("acute", False), weight=rule.get("weight", 1),
        )


def _lexicon() -> dict[str, Any]:
    """The concepts of every `lexicon*.toml` as one; those made of others stand after what they are made of."""
    concepts, numbers = dict[str, list[str]](), dict[str, int]()
    for file in sorted(FOLDER.glob("lexicon*.toml")):
        lexicon = _toml(file.stem)
        concepts.update(lexicon["concepts"])
        numbers.update(lexicon.get("numbers", {}))
    return {"concepts": concepts, "numbers": numbers}


def _concepts(lexicon: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for concept, lines in lexicon["concepts"].items():
        for line in lines:
            for written in line.split(","):
                yield concept, written.strip()


def _plant(phrases: Trie, phrase: tuple[str, ...], concept: str) -> None:
    node = phrases
    for word in phrase:
        node = node.setdefault(word, {})
    node.setdefault("", {})[concept] = {}


def _all_known(every: list[Pattern], concepts: set[str]) -> None:
    asked = {part.concept for pattern in every for seq in (*pattern.needed, *pattern.unwanted) for part in seq}
    if unknown := asked - concepts - {""}:
        raise ValueError(f"no such concept: {', '.join(sorted(unknown))}")


def _words(pattern: Pattern) -> Iterable[str]:
    for sequence in (*pattern.needed, *pattern.unwanted):
        for part in sequence:
            yield from part.words


def _plain(written: str) -> list[str]:
    """A phrase of the rules read the way a message is read, before anybody knows a vocabulary."""
    return reading.read(written, lambda word: word).norm


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
