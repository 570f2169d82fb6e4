"""The words a lead is found by, made the same way when it is kept and when somebody types what they look for."""

import re
import unicodedata

LONGEST = 100  # characters of one key: the width of the column
WORDS_OF_A_NAME = 12  # of a name that is a whole sentence, the first words are enough to find it by
NATIONAL_DIGITS = 10

_APOSTROPHES = str.maketrans("", "", "'’ʼ`")


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name, lower case and without accents, each once: "Zoë O'Brien-Poe" gives zoe, obrien, poe."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_APOSTROPHES))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = dict.fromkeys(word[:LONGEST] for word in re.findall(r"[^\W_]+", plain))
    return tuple(words)[:WORDS_OF_A_NAME]


def phone_digits(text: str) -> tuple[str, ...]:
    """The digits of a phone number as dialled; for a whole number with the country's 1 also the ten after it.

    Empty if there are no digits at all. "+1 (720) 555-0118" gives 17205550118 and 7205550118; "720 55" gives 72055.
    """
    digits = "".join(str(unicodedata.digit(mark)) for mark in text if mark.isdecimal())[:LONGEST]
    if len(digits) == NATIONAL_DIGITS + 1 and digits.startswith("1"):
        return digits, digits[1:]
    return (digits,) if digits else ()


def email_key(text: str) -> str:
    """An e-mail address as it is compared: without spaces around it, lower case."""
    return text.strip().lower()[:LONGEST]
