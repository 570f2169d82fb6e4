"""How a thing is said: denied, long past, feared, borrowed, a figure of speech. A label; it never removes anything."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from crm.intake.triage.findings import RISK_SIGNALS
from crm.intake.triage.matching import Places, Span
from crm.intake.triage.rules import Rule

REACH = 5  # words over which a "not" holds (Gkotsis 2016 and our own prototype used windows of this size)
FEAR = 6  # an "if" or "afraid" holds a little longer
LIST = 12  # "denies SI, HI, any overdose"
NOWHERE = 10_000
COST = 10  # steps a label is worth
NO = frozenset(("no", "nope", "denied", "negative", "none", "nunca"))

# Who, when and how: these words are not themselves denied or past.
FRAME = frozenset((
    "denial", "no_denial", "denial_of_all", "but", "long_ago", "long_ago_strict", "idiom", "feared", "mere_topic",
    "now_word", "right_now", "i", "kin", "third", "person", "i_or_kin", "me_or_kin", "sober",
))

BySentence = dict[int, list[Span]]
Edges = dict[int, tuple[list[int], list[int]]]  # by sentence: where some cues begin and where they end, each in order


@dataclass(frozen=True)
class Cues:
    """Where the words stand that change how the rest is meant, by sentence."""

    nots: frozenset[int]  # where a "not" begins
    denied: frozenset[int]  # the words in reach of one, or of a "denies" before them
    denying: frozenset[int]  # the sentences that hold one of either
    past: Edges
    then: frozenset[int]  # sentences such as "That was years ago": they date the one before
    now: Edges
    feared: frozenset[int]  # the words in reach of an "afraid"
    supposed: BySentence
    topic: BySentence
    idioms: BySentence
    in_idiom: frozenset[int]  # the words of them
    pasted: bool  # an article, a quotation, a form: what stands in quotation marks is somebody else's
    dated: dict[Span, bool] = field(default_factory=dict)  # the spans asked about so far, and whether they are past

    @property
    def sentences(self) -> frozenset[int]:
        """Those in which something may be denied, past or an idiom."""
        dated = {sentence - 1 for sentence in self.then}
        return frozenset(dated.union(self.denying, self.past, self.idioms))


def cues(places: Places) -> Cues:
    """Collect the cues of one message."""
    def at(concept: str) -> BySentence:
        return places.by_sentence(places.spans(concept))

    held = {place for span in places.spans("no_denial") for place in range(*span)}
    nots = [span for span in places.spans("denial") if span[0] not in held]
    lists = places.spans("denial_of_all")  # "denies", "no history of": hold over the commas that follow
    breaks = {start for start, _ in places.spans("but")}  # end the reach of a "not"
    past, sentence = _edges(at("long_ago")), places.words.sentence
    return Cues(
        nots=frozenset(start for start, _ in nots),
        denied=_reached(nots, REACH, places, breaks, in_clause=True) | _reached(lists, LIST, places, breaks),
        denying=frozenset(sentence[start] for start, _ in (*nots, *lists)),
        past=past, then=frozenset(sentence for sentence in at("that_was") if sentence in past),
        now=_edges(at("right_now")), feared=_reached(places.spans("feared"), FEAR, places),
        supposed=at("supposed"), topic=at("mere_topic"), idioms=at("idiom"),
        in_idiom=frozenset(place for span in places.spans("idiom") for place in range(*span)),
        pasted=bool(places.spans("article")),
    )


def _edges(cues: BySentence) -> Edges:
    return {sentence: (sorted(start for start, _ in spans), sorted(end for _, end in spans))
            for sentence, spans in cues.items()}


def _reached(
    cues: Iterable[Span], reach: int, places: Places, breaks: Collection[int] = (), in_clause: bool = False,
) -> frozenset[int]:
    """The words at most so far after one of the cues in its sentence. Worked out once: asking each cue for each finding
    would take the square of their number."""
    sentence, clause, reached = places.words.sentence, places.words.clause, set[int]()
    for _, end in cues:
        for place in range(end, min(end + reach + 1, len(sentence))):
            if sentence[place] != sentence[end - 1] or (in_clause and clause[place] != clause[end - 1]):
                break
            reached.add(place)
            if place in breaks:
                break
    return frozenset(reached)


def label(span: Span, rule: Rule, said: Cues, places: Places) -> str:
    """What is to be said beside the finding; "" when it is meant as it stands, and now."""
    places.steps.take(COST)
    sentence = places.words.sentence[span[0]]
    if rule.signal not in RISK_SIGNALS and rule.signal != "sign":
        return ""
    elif not said.in_idiom.isdisjoint(range(*span)):
        return "idiom"
    elif said.pasted and places.words.quoted[span[0]]:
        return "quoted"
    elif rule.negatable and (_denied(span, said) or _denied_after(span, places)):
        return "negated"
    elif rule.datable and _past(span, sentence, said):
        return "past"
    elif rule.feared and (sentence in said.supposed or span[0] in said.feared):
        return "feared"
    elif rule.datable and sentence in said.topic:
        return "other topic"
    else:
        return ""


def is_lowered(span: Span, said: Cues, places: Places) -> bool:
    """Denied, long past or a figure of speech: it weighs something else than what is so today."""
    sentence = places.words.sentence[span[0]]
    return not said.in_idiom.isdisjoint(range(*span)) or _denied(span, said) or _past(span, sentence, said)


def _past(span: Span, sentence: int, said: Cues) -> bool:
    """Something long ago stands in the sentence, and nothing of today stands nearer to the finding."""
    if sentence not in said.past and sentence + 1 not in said.then:
        return False
    if span not in said.dated:
        past, now = _nearest(span, said.past.get(sentence)), _nearest(span, said.now.get(sentence))
        said.dated[span] = past <= min(now, NOWHERE - 1) or (sentence + 1 in said.then and now == NOWHERE)
    return said.dated[span]


def _nearest(span: Span, edges: tuple[list[int], list[int]] | None) -> int:
    """How many words away the nearest of them stands; 0 inside the finding."""
    if not edges:
        return NOWHERE
    starts, ends = edges
    before, begun = bisect_right(ends, span[0]), bisect_left(starts, span[1])
    if begun > before:
        return 0  # one has begun and not ended
    left = span[0] - ends[before - 1] if before else NOWHERE
    right = starts[begun] - span[1] if begun < len(starts) else NOWHERE
    return min(left, right)


def _denied(span: Span, said: Cues) -> bool:
    """The second holds for "i have not picked up"."""
    return span[0] in said.denied or not said.nots.isdisjoint(range(span[0] + 1, span[1]))


def _denied_after(span: Span, places: Places) -> bool:
    """`suicidal? no`, `SI: denied`."""
    words, after = places.words, span[1]
    if after >= len(words.norm) or words.norm[after] not in NO:
        return False
    apart_by = words.sentence[after] - words.sentence[span[0]]
    if apart_by == 0:
        return words.clause[after] == words.clause[span[0]] + 1
    else:
        return apart_by == 1 and words.sentence[span[0]] in words.asked
