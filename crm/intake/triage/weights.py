"""What words and ideas weigh: learned from messages that people rated (tools/triage_weights.py), and summed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

from crm.intake.triage.context import FRAME, Cues, is_lowered
from crm.intake.triage.files import toml
from crm.intake.triage.language import ENGLISH, SPANISH
from crm.intake.triage.matching import Places, Span, apart

AROUND = 40  # words: a danger in the middle of a long message is weighed by what stands around it
SHORT = 4  # words: fewer say too little to be nobody's message
ALONE = 100  # hundredths such a part must weigh more than the whole: it is one of many, and the heaviest
NUMBER = "#"
SMALL = ENGLISH | SPANISH

Weight = tuple[int, int, int]  # hundredths of a natural logarithm of odds, for each sum


@dataclass(frozen=True)
class Sums:
    """How much speaks for a message that cannot wait, for danger to life, and for nobody who looks for help."""

    urgent: float
    crisis: float
    none: float
    heaviest: tuple[Span, ...] = ()  # where the words stand that speak loudest for not waiting


@cache
def weights() -> Mapping[str, Weight]:
    """The weight of every word and `<concept>` that has one; "" is what a message weighs before it says anything."""
    learned = toml("weights")["weights"]
    return {feature: (urgent, crisis, none) for feature, (urgent, crisis, none) in learned.items()}


def weigh(places: Places, said: Cues) -> Sums:
    """Sum the weights of what a message says; said twice is said once. The heaviest part of a long one counts too."""
    known = weights()
    parts = [{name: span for name, span in here.items() if name in known} for here in features(places, said)]
    places.steps.take(sum(map(len, parts)))
    whole = _sum({feature for sentence in parts for feature in sentence})
    urgent, crisis = whole[0], whole[1]
    if len(places.words.norm) > AROUND * 1.5:
        around = list(_around(parts, _lengths(places)))
        urgent = max(urgent, max(part[0] for part in around) - ALONE)
        crisis = max(crisis, max(part[1] for part in around) - ALONE)
    none = whole[2] if len(places.words.norm) >= SHORT else min(whole[2], 0)
    return Sums(urgent / 100, crisis / 100, none / 100, _heaviest(parts))


def features(places: Places, said: Cues) -> list[dict[str, Span]]:
    """The words and concepts of each sentence and where each stands; `~<concept>` where it is only denied or past."""
    sentences, numbers = list[dict[str, Span]](), places.words.sentence
    for place, word in enumerate(places.words.norm):
        while len(sentences) <= numbers[place]:
            sentences.append({})
        sentences[numbers[place]].setdefault(NUMBER if word.isdecimal() else word, (place, place + 1))
    marked, lowered = said.sentences, dict[Span, bool]()
    for concept in places.concepts():
        name = f"<{concept}>"
        for span in places.spans(concept):
            sentence = numbers[span[0]]
            here = sentences[sentence]
            if name in here:
                continue
            if sentence in marked and span not in lowered:
                lowered[span] = is_lowered(span, said, places)
            if concept in FRAME or sentence not in marked or not lowered[span]:
                here[name] = span
                here.pop(f"~{name}", None)
            else:
                here[f"~{name}"] = span
    return sentences


def _sum(said: Iterable[str]) -> Weight:
    known = weights()
    urgent, crisis, none = known[""]
    for feature in said:
        weight = known[feature]
        urgent, crisis, none = urgent + weight[0], crisis + weight[1], none + weight[2]
    return urgent, crisis, none


def _lengths(places: Places) -> list[int]:
    counted = Counter(places.words.sentence)
    return [counted[sentence] for sentence in range(max(counted) + 1)]


def _around(parts: list[dict[str, Span]], lengths: list[int]) -> Iterator[Weight]:
    """The weight of every run of sentences of about `AROUND` words: two ends that only move forward."""
    known, said, end, length = weights(), Counter[str](), 0, 0
    urgent, crisis, none = known[""]
    for start in range(len(parts)):
        while end < len(parts) and (not length or length + lengths[end] <= AROUND):
            for feature in parts[end]:
                said[feature] += 1
                if said[feature] == 1:
                    weight = known[feature]
                    urgent, crisis, none = urgent + weight[0], crisis + weight[1], none + weight[2]
            length, end = length + lengths[end], end + 1
        yield urgent, crisis, none
        for feature in parts[start]:
            said[feature] -= 1
            if not said[feature]:
                weight = known[feature]
                urgent, crisis, none = urgent - weight[0], crisis - weight[1], none - weight[2]
        length -= lengths[start]


def _heaviest(parts: list[dict[str, Span]], most: int = 3) -> tuple[Span, ...]:
    """Apart from each other, and no small words: nobody learns anything from a marked "my"."""
    known = weights()
    loud = {name: known[name][0] for name in set[str]().union(*parts) if known[name][0] > 0 and name not in SMALL}
    spoken = [(loud[name], span) for here in parts for name, span in here.items() if name in loud]
    chosen = list[Span]()
    for _, span in sorted(spoken, key=itemgetter(0), reverse=True):
        if len(chosen) == most:
            break
        elif all(apart(span, other) for other in chosen):
            chosen.append(span)
    return tuple(sorted(chosen))
