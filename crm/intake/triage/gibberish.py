"""Keys pressed at random: nothing in it is a word, and it does not look like one."""

import re

from crm.intake.triage.reading import Words
from crm.intake.triage.spelling import Speller

MOST = 8  # words: a longer text is somebody's language
MASHED = re.compile(r"[bcdfghjklmnpqrstvwxz]{4}|(.)\1\1|^[bcdfghjklmnpqrstvwxz]{3}")


def is_mash(words: Words, speller: Speller) -> bool:
    """No word of it is known, and at least half of them cannot be said."""
    typed = words.norm
    if not typed or len(typed) > MOST or any(word.isdecimal() or speller.knows(word) for word in typed):
        return False
    return sum(bool(MASHED.search(word)) for word in typed) * 2 >= len(typed)
