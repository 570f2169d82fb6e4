"""Find the concepts and patterns of the rules in a message, in a number of steps that is counted and bounded."""

from collections import defaultdict
from collections.abc import Iterable
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
        self._starts: dict[str, dict[int, list[int]]] = defaultdict(dict)
        self._ends: dict[str, dict[int, list[int]]] = defaultdict(dict)
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

    def tag(self, phrases: dict[str, object]) -> None:
        """Look up every phrase of the lexicon at every word."""
        norm, sentence, total = self.words.norm, self.words.sentence, len(self.words.norm)
        for start in range(total):
            node = phrases.get(norm[start])
            place = start
            while node is not None:
                self.steps.take()
                for concept in node.get("", ()):  # type: ignore[attr-defined]
                    self.add(concept, (start, place + 1))
                place += 1
                if place >= total or sentence[place] != sentence[start]:
                    break
                node = node.get(norm[place])  # type: ignore[attr-defined]

    def add(self, concept: str, span: Span) -> None:
        """The concept stands here. Nothing may have asked for the concept before."""
        ends = self._starts[concept].setdefault(span[0], [])
        if span[1] not in ends:
            ends.append(span[1])
            self._ends[concept].setdefault(span[1], []).append(span[0])

    def spans(self, concept: str) -> list[Span]:
        """Everywhere the concept stands, in order."""
        found = self._starts.get(concept, {})
        return [(start, end) for start in sorted(found) for end in found[start]]

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

    def _together(self, everywhere: list[list[Span]], barred: list[Span], reach: int) -> Iterable[Span]:
        sentence = self.words.sentence
        not_here = _near({sentence[start] for start, _ in barred}, reach)
        others = [(spans, _near({sentence[start] for start, _ in spans}, reach)) for spans in everywhere[1:]]
        far = reach > 1
        if far and barred:
            return
        for span in everywhere[0]:
            self.steps.take()
            here = sentence[span[0]]
            if here in not_here and not far:
                continue
            if all((far or here in near) and self._elsewhere(span, spans, reach) for spans, near in others):
                yield span

    def _elsewhere(self, span: Span, spans: list[Span], reach: int) -> bool:
        """One of them stands within reach and is not the very words already counted."""
        sentence = self.words.sentence
        for start, end in spans:
            self.steps.take()
            if (end <= span[0] or span[1] <= start) and abs(sentence[start] - sentence[span[0]]) <= reach:
                return True
        return False

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
        if part.concept:
            return self._starts[part.concept]
        if part not in self._begins:
            self._begins[part] = {start: [end] for start, end in self._occurrences(part)}
        return self._begins[part]

    def _ending(self, part: Part) -> dict[int, list[int]]:
        if part.concept:
            return self._ends[part.concept]
        if part not in self._stops:
            self._stops[part] = {end: [start] for start, end in self._occurrences(part)}
        return self._stops[part]


def _near(sentences: set[int], reach: int) -> set[int]:
    """These sentences and those up to `reach` before and after; for a reach over everything, they themselves."""
    if reach > 1:
        return sentences
    return {sentence + offset for sentence in sentences for offset in range(-reach, reach + 1)}
