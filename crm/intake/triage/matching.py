"""Find the concepts and patterns of the rules in a message, in a number of steps that is counted and bounded."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crm.intake.triage.patterns import Part, Pattern, Sequence
from crm.intake.triage.reading import Words

Span = tuple[int, int]  # words from, up to and without
Trie = dict[str, "Trie"]  # the key "" holds the names of what ends here


class TooLong(Exception):
    """The message takes more steps than any honest one: nobody can say what is in it."""


@dataclass
class Steps:
    """Counts the work, and stops it at the limit."""

    limit: int
    taken: int = 0

    def take(self, how_many: int = 1) -> None:
        """Raises TooLong when the limit is passed."""
        self.taken += how_many
        if self.taken > self.limit:
            raise TooLong


class Places:
    """Where each word, number and concept stands in one message."""

    def __init__(self, words: Words, numbers: dict[str, int], steps: Steps) -> None:
        self.words, self.steps = words, steps
        self._of_word: dict[str, list[int]] = defaultdict(list)
        self._numbers: dict[int, int] = {}
        self._of_concept: dict[str, list[Span]] = defaultdict(list)
        self._spans: dict[str, list[Span]] = {}
        for place, word in enumerate(words.norm):
            self._of_word[word].append(place)
            figure = int(word[:9]) if word.isdecimal() and word.isascii() else numbers.get(word)
            if figure is not None:
                self._numbers[place] = figure
        self._present = frozenset(self._of_word)
        self._there: dict[Part, list[Span]] = {}
        self._begins: dict[Part, dict[int, list[int]]] = {}
        self._stops: dict[Part, dict[int, list[int]]] = {}
        self._found: dict[Sequence, list[Span]] = {}
        steps.take(len(words.norm))

    def tag(self, phrases: Trie) -> None:
        """Look up every phrase of the lexicon at every word."""
        norm, sentence, total = self.words.norm, self.words.sentence, len(self.words.norm)
        for start in range(total):
            node = phrases.get(norm[start])
            place = start
            while node is not None:
                self.steps.take()
                if "" in node:
                    span = start, place + 1  # one object for all: thousands of small ones keep the collector busy
                    for concept in node[""]:
                        self._of_concept[concept].append(span)
                place += 1
                if place >= total or sentence[place] != sentence[start]:
                    break
                node = node.get(norm[place])

    def add(self, concept: str, span: Span) -> None:
        """The concept stands here. Nothing may have asked for the concept before."""
        self._of_concept[concept].append(span)

    def spans(self, concept: str) -> list[Span]:
        """Everywhere the concept stands, in order and each once; worked out once a message."""
        if concept not in self._spans:
            found = sorted(self._of_concept.get(concept, ()), key=_start)
            self._spans[concept] = list(dict.fromkeys(found))
        return self._spans[concept]

    def concepts(self) -> list[str]:
        """The concepts that stand somewhere in the message."""
        return list(self._of_concept)

    def held(self) -> Iterator[str]:
        """The keys of patterns that may hold here: the words, concepts and numbers there are."""
        yield from self._present
        yield from (f"<{concept}>" for concept in self.concepts())
        if self._numbers:
            yield "#"

    def find(self, pattern: Pattern) -> Iterable[Span]:
        """Where the first sequence stands, with everything else the pattern asks for within its reach."""
        everywhere = list[list[Span]]()
        for sequence in pattern.needed:
            spans = self._sequence(sequence)
            if not spans:
                return ()
            everywhere.append(spans)
        if len(everywhere) == 1 and not pattern.unwanted:
            return everywhere[0]
        barred = [span for sequence in pattern.unwanted for span in self._sequence(sequence)]
        return self._together(everywhere, barred, pattern.reach)

    def _together(self, everywhere: list[list[Span]], barred: list[Span], reach: int) -> Iterator[Span]:
        """The spans of the first with one of each other, and none barred, at most `reach` sentences away."""
        others, not_here = [self.by_sentence(spans) for spans in everywhere[1:]], self.by_sentence(barred)
        for span in everywhere[0]:
            here = self.words.sentence[span[0]]
            sentences = range(here - reach, here + reach + 1) if reach <= 1 else None
            if any(True for _ in self._within(not_here, sentences)):
                continue
            if all(any(apart(span, other) for other in self._within(spans, sentences)) for spans in others):
                yield span

    def _within(self, spans: dict[int, list[Span]], sentences: range | None) -> Iterator[Span]:
        """Those in these sentences; anywhere for None."""
        for sentence in spans if sentences is None else sentences:
            self.steps.take()
            yield from spans.get(sentence, ())

    def by_sentence(self, spans: list[Span]) -> dict[int, list[Span]]:
        """These spans under the sentences they stand in."""
        found: dict[int, list[Span]] = {}
        for span in spans:
            found.setdefault(self.words.sentence[span[0]], []).append(span)
        self.steps.take(len(spans))
        return found

    def _sequence(self, sequence: Sequence) -> list[Span]:
        """Every place of the sequence; worked out once a message."""
        if sequence not in self._found:
            self._found[sequence] = self._look(sequence)
        return self._found[sequence]

    def _look(self, sequence: Sequence) -> list[Span]:
        """Begin at the rarest part and look both ways, within the sentence."""
        rarest, fewest = 0, list[Span]()
        for place, part in enumerate(sequence.parts):
            there = self._occurrences(part)
            if not there:
                return []
            if not fewest or len(there) < len(fewest):
                rarest, fewest = place, there
        if len(sequence.parts) == 1:
            return fewest
        found = list[Span]()
        for start, end in fewest:
            ends = self._forward(sequence, rarest, end)
            if ends:
                starts = self._backward(sequence, rarest, start)
                if starts:
                    found.append((max(starts), min(ends)))
        return found

    def _forward(self, sequence: Sequence, place: int, end: int) -> set[int]:
        reached, sentence = {end}, self.words.sentence
        for index in range(place + 1, len(sequence.parts)):
            starts, further, gap = self._starting(sequence.parts[index]), set[int](), sequence.gaps[index]
            for begin in reached:
                for start in range(begin, min(begin + gap + 1, len(sentence))):
                    if sentence[start] != sentence[end - 1]:
                        break
                    self.steps.taken += 1
                    if start in starts:
                        further.update(starts[start])
            if not further:
                return further
            reached = further
        self.steps.take()
        return reached

    def _backward(self, sequence: Sequence, place: int, start: int) -> set[int]:
        reached, sentence = {start}, self.words.sentence
        for index in range(place - 1, -1, -1):
            ends, further, gap = self._ending(sequence.parts[index]), set[int](), sequence.gaps[index + 1]
            for begin in reached:
                for end in range(begin, max(begin - gap - 1, 0), -1):
                    if sentence[end - 1] != sentence[start]:
                        break
                    self.steps.taken += 1
                    if end in ends:
                        further.update(ends[end])
            if not further:
                return further
            reached = further
        self.steps.take()
        return reached

    def _occurrences(self, part: Part) -> list[Span]:
        there = self._there.get(part)
        if there is None:
            if part.concept:
                there = self.spans(part.concept)
            elif part.words:
                there = [(place, place + 1) for word in part.words & self._present for place in self._of_word[word]]
                there.sort()
            else:
                there = [(place, place + 1) for place, figure in self._numbers.items() if figure >= part.least]
            self._there[part] = there
            self.steps.take(1 + len(there))
        return there

    def _starting(self, part: Part) -> dict[int, list[int]]:
        """For each place where the part begins, where it ends."""
        if part not in self._begins:
            self._begins[part] = begins = dict[int, list[int]]()
            for start, end in self._occurrences(part):
                begins.setdefault(start, []).append(end)
        return self._begins[part]

    def _ending(self, part: Part) -> dict[int, list[int]]:
        if part not in self._stops:
            self._stops[part] = stops = dict[int, list[int]]()
            for start, end in self._occurrences(part):
                stops.setdefault(end, []).append(start)
        return self._stops[part]


def _start(span: Span) -> int:
    return span[0]


def apart(one: Span, other: Span) -> bool:
    """They share no word: the same words are no second sign."""
    return one[1] <= other[0] or other[1] <= one[0]
