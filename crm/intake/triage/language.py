"""Which language a message is in, as far as it matters here: can we read it at all."""

from crm.intake.triage.files import toml
from crm.intake.triage.reading import Words

ENGLISH, SPANISH = (frozenset(toml("reading")[language].split()) for language in ("english", "spanish"))
SHARED = ENGLISH & SPANISH
FEW, LEAST = 8, 8  # in a text of eight words and more, one in eight is such a small word


def language(text: str, words: Words) -> str:
    """`en`, `es`, `mixed`, or `other` when hardly a word of it is one we know."""
    letters = [character for character in text[:2000] if character.isalpha()]
    if letters and sum(character > "\u024f" for character in letters) > len(letters) / 2:
        return "other"
    norm = words.norm[:400]
    english = sum(word in ENGLISH and word not in SHARED for word in norm)
    spanish = sum(word in SPANISH and word not in SHARED for word in norm)
    if len(norm) >= FEW and (english + spanish) * LEAST < len(norm):
        return "other"
    elif english and spanish and min(english, spanish) * 5 > english + spanish:
        return "mixed"
    else:
        return "es" if spanish > english else "en"
