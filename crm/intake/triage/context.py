"""How a thing is said: denied, long past, feared, borrowed, or a figure of speech. A label; it never removes anything."""

from collections.abc import Iterable
from dataclasses import dataclass

from crm.intake.triage.findings import RISK_SIGNALS
from crm.intake.triage.matching import Places, Span
from crm.intake.triage.rules import Rule

FAR = 10_000
REACH = 5  # words over which a "not" holds (Gkotsis 2016 and our own prototype used windows of this size)


@dataclass(frozen=True)
class Cues:
    """Where the words stand that change how the rest is meant."""

    negations: list[Span]
    lists: list[Span]  # "denies", "no history of": hold over the commas that follow
    breaks: frozenset[int]  # "but": ends the reach of a "not"
    past: dict[int, list[Span]]  # by sentence
    then: frozenset[int]  # sentences such as "That was years ago": they date the one before
    now: dict[int, list[Span]]
    feared: list[Span]
    supposed: dict[int, list[Span]]
    topic: dict[int, list[Span]]
    idioms: list[Span]
    pasted: bool  # an article, a quotation, a form: what stands in quotation marks is somebody else's


def cues(places: Places) -> Cues:
    """Collect the cues of one message."""
    past = _by_sentence(places, "long_ago")
    held = {place for span in places.spans("no_denial") for place in range(*span)}
    return Cues(
        negations=[span for span in places.spans("denial") if span[0] not in held],
        lists=places.spans("denial_of_all"),
        breaks=frozenset(start for start, _ in places.spans("but")),
        past=past,
        then=frozenset(sentence for start, _ in places.spans("that_was")
                       if (sentence := places.words.sentence[start]) in past),
        now=_by_sentence(places, "right_now"),
        feared=places.spans("feared"),
        supposed=_by_sentence(places, "supposed"),
        topic=_by_sentence(places, "mere_topic"),
        idioms=places.spans("idiom"),
        pasted=bool(places.spans("article")),
    )


def label(span: Span, rule: Rule, cues: Cues, places: Places) -> str:
    """What is to be said beside the finding; "" when it is meant as it stands, and now."""
    sentence = places.words.sentence[span[0]]
    if rule.signal not in RISK_SIGNALS and rule.signal != "sign":
        return ""
    elif any(start < span[1] and span[0] < end for start, end in cues.idioms):
        return "idiom"
    elif cues.pasted and places.words.quoted[span[0]]:
        return "quoted"
    elif rule.negatable and (_denied(span, rule, cues, places) or _denied_after(span, places)):
        return "negated"
    elif rule.datable and _past(span, sentence, cues):
        return "past"
    elif rule.feared and sentence in cues.supposed:
        return "feared"
    elif rule.feared and any(_reaches(cue, span, places, REACH + 1) for cue in cues.feared):
        return "feared"
    elif rule.datable and sentence in cues.topic:
        return "other topic"
    else:
        return ""


def _past(span: Span, sentence: int, cues: Cues) -> bool:
    """Something long ago stands in the sentence, and nothing of today stands nearer to the finding."""
    past, now = _nearest(span, cues.past.get(sentence, ())), _nearest(span, cues.now.get(sentence, ()))
    return past <= min(now, FAR) or sentence + 1 in cues.then and now > FAR


def _nearest(span: Span, places: Iterable[Span]) -> int:
    """How many words away the nearest of them stands; 0 inside the finding."""
    return min((max(start - span[1], span[0] - end, 0) for start, end in places), default=FAR + 1)


def _denied(span: Span, rule: Rule, cues: Cues, places: Places) -> bool:
    clause = places.words.clause
    for cue in cues.negations:
        if span[0] < cue[0] < span[1] and rule.level == "urgent":
            return True  # "i have not picked up"
        elif _reaches(cue, span, places, REACH) and clause[cue[1] - 1] == clause[span[0]] and not any(
            place in cues.breaks for place in range(cue[1], span[0])
        ):
            return True
    return any(_reaches(cue, span, places, 12) and not any(place in cues.breaks for place in range(cue[1], span[0]))
               for cue in cues.lists)


def _denied_after(span: Span, places: Places) -> bool:
    """`suicidal? no`, `SI: denied`."""
    words = places.words
    after = span[1]
    if after >= len(words.norm) or words.norm[after] not in ("no", "nope", "denied", "negative", "none", "nunca"):
        return False
    asked = words.sentence[span[0]] in words.asked and words.sentence[after] == words.sentence[span[0]] + 1
    return asked or words.clause[after] == words.clause[span[0]] + 1 and words.sentence[after] == words.sentence[span[0]]


def _reaches(cue: Span, span: Span, places: Places, reach: int) -> bool:
    """The cue stands before the finding, in its sentence, at most so many words away."""
    return 0 <= span[0] - cue[1] <= reach and places.words.sentence[cue[0]] == places.words.sentence[span[0]]


def _by_sentence(places: Places, concept: str) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = {}
    for span in places.spans(concept):
        found.setdefault(places.words.sentence[span[0]], []).append(span)
    return found
