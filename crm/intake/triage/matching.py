"""Find the concepts and patterns of the rules in a message, in a number of steps that is counted and bounded."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from crm.intake.triage.patterns import Part, Pattern, Sequence
from crm.intake.triage.reading import Words

Span = tuple[int, int]  # words from, up to and without
NEVER = 10**9  # a place after every word
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
        self._of_word: dict[str, list[Span]] = defaultdict(list)
        self._numbers: dict[int, int] = {}
        self._of_concept: dict[str, list[Span]] = defaultdict(list)
        self._spans: dict[str, list[Span]] = {}
        for place, word in enumerate(words.norm):
            self._of_word[word].append((place, place + 1))
            figure = int(word[:9]) if word.isdecimal() and word.isascii() else numbers.get(word)
            if figure is not None:
                self._numbers[place] = figure
        self._present = frozenset(self._of_word)
        self._there: dict[Part, list[Span]] = {}
        self._begins: dict[Part, dict[int, list[int]]] = {}
        self._stops: dict[Part, dict[int, list[int]]] = {}
        self._found: dict[Sequence, list[Span]] = {}
        self._extremes: dict[tuple[Sequence, int], dict[int, Span]] = {}
        self._first = dict(zip(reversed(words.sentence), range(len(words.norm) - 1, -1, -1), strict=True))
        self._after = dict(zip(words.sentence, range(1, len(words.norm) + 1), strict=True))
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
        for sequence in pattern.needed:
            if not self._sequence(sequence):
                return ()
        if len(pattern.needed) == 1 and not pattern.unwanted:
            return self._sequence(pattern.needed[0])
        return self._together(pattern)

    def _together(self, pattern: Pattern) -> Iterator[Span]:
        """The spans of the first with one of each other, and none barred, at most `reach` sentences away."""
        anywhere, reach = pattern.reach > 1, min(pattern.reach, 1)
        others = [self._edges(sequence, pattern.reach) for sequence in pattern.needed[1:]]
        barred = [self._edges(sequence, pattern.reach) for sequence in pattern.unwanted]
        for span in self._sequence(pattern.needed[0]):
            self.steps.take((2 * reach + 1) * (len(others) + len(barred)))
            here = 0 if anywhere else self.words.sentence[span[0]]
            if barred and any(here in edges for edges in barred):
                continue
            for edges in others:
                last, first = edges.get(here, (-1, NEVER))
                if last < span[1] and span[0] < first:
                    break  # all there is of it shares a word with the span: the same words are no second sign
            else:
                yield span

    def _edges(self, sequence: Sequence, reach: int) -> dict[int, Span]:
        """By sentence (0 for all, if the reach is everywhere), where the last span within reach starts and the first
        ends: what is apart from any of them is apart from one of these two. Worked out once a message."""
        if (sequence, reach) not in self._extremes:
            spans, sentence = sorted(self._sequence(sequence)), self.words.sentence
            here = (lambda start: sentence[start]) if reach <= 1 else (lambda start: 0)
            last = {here(start): start for start, _ in spans}  # of equals the last one stays
            first = {here(start): end for start, end in sorted(spans, key=_end, reverse=True)}
            self._extremes[sequence, reach] = edges = dict[int, Span]()
            for place in last:
                for near in range(place - reach, place + reach + 1) if reach == 1 else (place,):
                    other = edges.get(near, (-1, NEVER))
                    edges[near] = max(last[place], other[0]), min(first[place], other[1])
            self.steps.take(len(spans))
        return self._extremes[sequence, reach]

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
        found, last = list[Span](), len(sequence.parts) - 1
        for start, end in fewest:
            ends = self._forward(sequence, rarest, end) if rarest < last else (end,)
            if ends:
                starts = self._backward(sequence, rarest, start) if rarest else (start,)
                if starts:
                    found.append((max(starts), min(ends)))
        self.steps.take(len(found))
        return found

    def _forward(self, sequence: Sequence, place: int, end: int) -> set[int]:
        reached, after = {end}, self._after[self.words.sentence[end - 1]]
        for index in range(place + 1, len(sequence.parts)):
            starts, further, gap = self._starting(sequence.parts[index]), set[int](), sequence.gaps[index]
            for begin in reached:
                asked = range(begin, min(begin + gap + 1, after))
                self.steps.taken += len(asked)
                for start in asked:
                    if start in starts:
                        further.update(starts[start])
            if not further:
                return further
            reached = further
        self.steps.take()
        return reached

    def _backward(self, sequence: Sequence, place: int, start: int) -> set[int]:
        reached, first = {start}, self._first[self.words.sentence[start]]
        for index in range(place - 1, -1, -1):
            ends, further, gap = self._ending(sequence.parts[index]), set[int](), sequence.gaps[index + 1]
            for begin in reached:
                asked = range(begin, max(begin - gap - 1, first), -1)
                self.steps.taken += len(asked)
                for end in asked:
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
                there = sorted(chain.from_iterable(self._of_word[word] for word in part.words & self._present))
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


def _end(span: Span) -> int:
    return span[1]


def apart(one: Span, other: Span) -> bool:
    """They share no word: the same words are no second sign."""
    return one[1] <= other[0] or other[1] <= one[0]
