#!/usr/bin/env python3
"""Learn what words weigh from rated messages, or measure it: `python tools/triage_weights.py learn|measure [FILE …]`.

A logistic regression for each of three questions, without any library: it is small, and the same messages give the
same weights. The words that weigh are words the spelling knows: when others weigh than before, learn once more (a test
says so). `measure` leaves out every tenth message and rates it by what the others teach: what it prints is what
unseen messages of the same authors would get, as far as the rules were not made on them.
"""

import hashlib
import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from crm.intake.triage import LEVELS, reader, weights  # noqa: E402
from crm.intake.triage.context import cues  # noqa: E402
from crm.intake.triage.judging import judge  # noqa: E402
from crm.intake.triage.matching import Steps  # noqa: E402
from crm.intake.triage.reading import read  # noqa: E402
from crm.intake.triage.rules import rule_book  # noqa: E402

MESSAGES = ROOT / "tests" / "data" / "triage"
TARGET = ROOT / "crm" / "intake" / "triage" / "data" / "weights.toml"
QUESTIONS = (("crisis", "urgent"), ("crisis",), ("none",))
SEEN_IN = 3  # messages: a word of fewer teaches nothing
STRENGTH = 0.3  # how far the messages outweigh the prior that nothing weighs anything
ROUNDS, FOLDS = 400, 10

Weights = dict[str, tuple[int, int, int]]


@dataclass(frozen=True)
class Example:
    """A rated message, with the words and concepts it says."""

    text: str
    level: str
    says: frozenset[str]
    file: str


def main(words: Sequence[str]) -> int:
    """Write the weights, or print how well they do on what they have not seen."""
    files = [Path(word) for word in words[1:]] or sorted(MESSAGES.glob("*.jsonl"))
    examples = read_all(files)
    if words[:1] == ["learn"]:
        learned = learn(examples)
        TARGET.write_text(_written(learned, mark(examples, learned)), "utf-8")
    elif words[:1] == ["measure"]:
        _measure(examples)
    else:
        sys.exit(__doc__)
    return 0


def read_all(files: Iterable[Path]) -> list[Example]:
    """The rated messages of some files, in their order."""
    return [example for file in files for example in _read(file)]


def learn(examples: Sequence[Example]) -> Weights:
    """The weight of every word and concept that several messages hold; those that weigh nothing are left out."""
    held = Counter(feature for example in examples for feature in example.says)
    names = sorted(feature for feature, messages in held.items() if messages >= SEEN_IN)
    number = {feature: place for place, feature in enumerate(names)}
    rows = [[number[feature] for feature in sorted(example.says) if feature in number] for example in examples]
    learned = [_regress(rows, [example.level in levels for example in examples], len(names)) for levels in QUESTIONS]
    every = {name: _hundredths(one[place] for one in learned) for place, name in enumerate(["", *names], -1)}
    return {name: weight for name, weight in every.items() if any(weight) or not name}


def mark(examples: Sequence[Example], learned: Mapping[str, Sequence[int]]) -> str:
    """What was learned from and what was learned, in one figure: it tells whether somebody has to learn again."""
    settings = [QUESTIONS, SEEN_IN, STRENGTH, ROUNDS]
    said = [(example.level, sorted(example.says)) for example in examples]
    written = json.dumps([settings, said, [(name, list(weight)) for name, weight in learned.items()]])
    return hashlib.sha256(written.encode()).hexdigest()


def _hundredths(logits: Iterable[float]) -> tuple[int, int, int]:
    urgent, crisis, none = (round(100 * logit) for logit in logits)
    return urgent, crisis, none


def _regress(rows: Sequence[Sequence[int]], truth: Sequence[bool], width: int) -> list[float]:
    """Both answers count the same whatever their number. Accelerated descent (Nesterov 1983); the last is the bias."""
    share = sum(truth) / len(truth)
    counts = [STRENGTH * (0.5 / share if true else 0.5 / (1 - share)) for true in truth]
    step = 1 / (1 + 0.25 * max(counts) * _steepest(rows, width))
    at, before = [0.0] * (width + 1), [0.0] * (width + 1)
    for turn in range(ROUNDS):
        speed = turn / (turn + 3)
        ahead = [now + speed * (now - then) for now, then in zip(at, before, strict=True)]
        slope = [*ahead[:-1], 0.0]
        for row, true, count in zip(rows, truth, counts, strict=True):
            miss = count * (_chance(ahead[-1] + sum([ahead[place] for place in row])) - true)
            slope[-1] += miss
            for place in row:
                slope[place] += miss
        at, before = [now - step * down for now, down in zip(ahead, slope, strict=True)], at
    return at


def _steepest(rows: Sequence[Sequence[int]], width: int) -> float:
    """The largest eigenvalue of the rows' products, by ten turns of the power iteration and a little above."""
    along, size = [1.0] * (width + 1), 1.0
    for _ in range(10):
        turned = [0.0] * (width + 1)
        for row in rows:
            sent = along[-1] + sum([along[place] for place in row])
            turned[-1] += sent
            for place in row:
                turned[place] += sent
        size = math.sqrt(sum(value * value for value in turned))
        along = [value / size for value in turned]
    return size * 1.1


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def _read(file: Path) -> Iterable[Example]:
    book = rule_book()
    for line in file.read_text("utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        places = reader.places_of(read(row["text"], book.speller.known), book, Steps(10**9))
        says = frozenset(name for sentence in weights.features(places, cues(places)) for name in sentence)
        yield Example(row["text"], row["level"], says, file.stem)


def _measure(examples: Sequence[Example]) -> None:
    book, tables = rule_book(), dict[str, Counter[tuple[str, str]]]()
    for fold in range(FOLDS):
        others = [example for place, example in enumerate(examples) if place % FOLDS != fold]
        known = learn(others)
        weights.weights = lambda known=known: known  # type: ignore[assignment]
        for example in examples[fold::FOLDS]:
            places = reader.places_of(read(example.text, book.speller.known), book, Steps(10**9))
            said = cues(places)
            level = judge(reader.find(places, said, book), weights.weigh(places, said)).level
            tables.setdefault(example.file, Counter())[example.level, level] += 1
    for name, table in tables.items():
        print(name, *(f"{level} {[table[level, rated] for rated in LEVELS]}" for level in LEVELS), sep="  ")


def _written(learned: Weights, marked: str) -> str:
    lines = (f"{json.dumps(name, ensure_ascii=False)} = {list(weight)}" for name, weight in learned.items())
    return "\n".join((
        "# What each word and <concept> weighs for a message that cannot wait, for danger to life, and for no lead:",
        "# hundredths of log odds. Learned by tools/triage_weights.py from tests/data/triage; do not edit.",
        f'mark = "{marked}"', "[weights]", *lines, "",
    ))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
