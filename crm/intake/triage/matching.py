"""Find the concepts and patterns of the rules in a message, in a number of steps that is counted and bounded."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm.intake.triage.patterns import Part, Pattern
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
        """The concept stands here."""
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
            if not all(self._count(part) for part in sequence):
                return
        for sequence in pattern.needed:
            spans = self._sequence(sequence)
            if not spans:
                return
            everywhere.append(spans)
        barred = [span for sequence in pattern.unwanted for span in self._sequence(sequence)]
        yield from self._together(everywhere, barred, pattern.reach)

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

    def _sequence(self, sequence: Sequence[Part]) -> list[Span]:
        """Every place of the sequence: begin at its rarest part and look both ways, within the sentence."""
        counts = [self._count(part) for part in sequence]
        self.steps.take(len(counts))
        if not all(counts):
            return []
        rarest = counts.index(min(counts))
        found = list[Span]()
        for start, end in self._occurrences(sequence[rarest]):
            ends = self._forward(sequence, rarest, end)
            if ends:
                starts = self._backward(sequence, rarest, start)
                if starts:
                    found.append((max(starts), min(ends)))
        return found

    def _forward(self, sequence: Sequence[Part], place: int, end: int) -> set[int]:
        reached, sentence = {end}, self.words.sentence
        for part in sequence[place + 1:]:
            further = set[int]()
            for begin in reached:
                for start in range(begin, min(begin + part.gap + 1, len(sentence))):
                    if sentence[start] != sentence[end - 1]:
                        break
                    self.steps.take()
                    further.update(self._ending(part, start))
            reached = further
        return reached

    def _backward(self, sequence: Sequence[Part], place: int, start: int) -> set[int]:
        reached, sentence = {start}, self.words.sentence
        for index in range(place - 1, -1, -1):
            further, gap = set[int](), sequence[index + 1].gap
            for begin in reached:
                for end in range(begin, max(begin - gap - 1, 0), -1):
                    if sentence[end - 1] != sentence[start]:
                        break
                    self.steps.take()
                    further.update(self._beginning(sequence[index], end))
            reached = further
        return reached

    def _count(self, part: Part) -> int:
        if part.concept:
            return len(self._starts.get(part.concept, ()))
        elif part.words:
            return sum(len(self._of_word.get(word, ())) for word in part.words)
        else:
            return sum(1 for figure in self._numbers.values() if figure >= part.least)

    def _occurrences(self, part: Part) -> list[Span]:
        if part.concept:
            return self.spans(part.concept)
        elif part.words:
            return sorted((place, place + 1) for word in part.words for place in self._of_word.get(word, ()))
        else:
            return [(place, place + 1) for place, figure in self._numbers.items() if figure >= part.least]

    def _ending(self, part: Part, start: int) -> Sequence[int]:
        if part.concept:
            return self._starts[part.concept].get(start, ())
        elif part.words:
            return (start + 1,) if self.words.norm[start] in part.words else ()
        else:
            return (start + 1,) if self._numbers.get(start, -1) >= part.least else ()

    def _beginning(self, part: Part, end: int) -> Sequence[int]:
        if part.concept:
            return self._ends[part.concept].get(end, ())
        elif part.words:
            return (end - 1,) if self.words.norm[end - 1] in part.words else ()
        else:
            return (end - 1,) if self._numbers.get(end - 1, -1) >= part.least else ()


def _near(sentences: set[int], reach: int) -> set[int]:
    """These sentences and those up to `reach` before and after; for a reach over everything, they themselves."""
    if reach > 1:
        return sentences
    return {sentence + offset for sentence in sentences for offset in range(-reach, reach + 1)}
