"""The words the rules know, and the word meant by a slip of the finger one letter away from one of them."""

import re

SHORTEST = 4  # letters: below that, one letter away is another word
LONGEST = 18
STRETCHED = re.compile(r"(.)\1{2,}")


class Speller:
    """Knows a vocabulary; a word that is really another word (`neighbours`) is never taken for a slip."""

    def __init__(self, vocabulary: frozenset[str], neighbours: frozenset[str], slips: dict[str, str]) -> None:
        self._vocabulary, self._neighbours, self._slips = vocabulary, neighbours, slips
        self._shortened: dict[str, list[str]] = {}
        for word in vocabulary:
            if SHORTEST <= len(word) <= LONGEST and word.isalpha():
                for shorter in _shortened(word):
                    self._shortened.setdefault(shorter, []).append(word)

    def knows(self, word: str) -> bool:
        """The word stands in the rules, or is a word known to stand near one of them."""
        return word in self._vocabulary or word in self._neighbours

    def known(self, typed: str) -> str:
        """The known word that was meant, or the word as it is. Costs at most a constant number of look-ups."""
        if typed in self._slips:
            return self._slips[typed]
        elif typed in self._vocabulary:
            return typed
        elif typed in self._neighbours or len(typed) > LONGEST * 4:
            return typed
        for stretch in (r"\1", r"\1\1") if STRETCHED.search(typed) else ():
            shorter = STRETCHED.sub(stretch, typed)
            if shorter != typed and (shorter in self._vocabulary or shorter in self._slips):
                return self._slips.get(shorter, shorter)
        return self._one_letter_away(typed)

    def _one_letter_away(self, typed: str) -> str:
        if not SHORTEST <= len(typed) <= LONGEST:
            return typed
        shorter = _shortened(typed)
        near = self._vocabulary.intersection(shorter)  # as sets: hardly any of them is a word
        near = near.union(*[self._shortened[one] for one in self._shortened.keys() & {typed, *shorter}])
        meant = [word for word in near if word[0] == typed[0] and abs(len(word) - len(typed)) <= 1]
        if len(meant) < 2:
            return meant[0] if meant else typed
        return min(meant, key=lambda word: _unlikely(word, typed))


def _unlikely(meant: str, typed: str) -> tuple[int, int, str]:
    """The likeliest slip first: letters swapped or struck twice, one left out, one mistaken, one too many."""
    if sorted(meant) == sorted(typed) or set(meant) == set(typed):
        slip = 0
    elif len(meant) > len(typed):
        slip = 1
    elif len(meant) == len(typed):
        slip = 2
    else:
        slip = 3
    return slip, -len(meant), meant


def _shortened(word: str) -> list[str]:
    """The word with one letter left out, each letter in turn."""
    return [word[:place] + word[place + 1:] for place in range(len(word))]
