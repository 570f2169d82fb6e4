"""What a message says about who wrote it: weak evidence, since people share topics, and never enough by itself."""

import re
from functools import lru_cache

from crm.leads.matching.tables import words
from crm.models.search_words import name_words

LONGEST = 2000  # characters looked at
TELLING_WORDS = 3  # so many unusual words in common tell one story; more add nothing
_STEM, _SHORTEST = 5, 4  # letters: build, builder and building begin alike; shorter words tell nothing
_NEAR = 4  # words between a relative and what is said of them
_YEARS_APART = 8  # ages further apart are two people, even when the messages are years old
_YOUNGEST_OLD, _OLDEST_YOUNG = 45, 30  # nobody is retired before, nor a freshman after
_REMEMBERED = 5_000

_NEW_CONTACT = re.compile(
    r"\b(?:(?:new|changed|different|lost|another|nuevo|nueva|cambie|perdi|otro)\s(?:\w{1,12}\s){0,3}"
    r"(?:number|phone|cell|e?mail|address|numero|telefono|celular|correo)"
    r"|new set|got a new|old (?:number|e?mail|phone)"
    r"|(?:number|phone|e?mail) (?:changed|is new|was stolen|got shut off))\b"
)
_NEW_NAME = re.compile(
    r"\b(?:maiden|married name|got married|just married|divorced?|formerly|own name|changed my (?:last )?name"
    r"|name changed|new (?:last )?name|last name (?:is|was) now|soltera|casada|me case|my name (?:is|was) now)\b"
)
_GOES_BY = re.compile(
    r"\b(?:goe?s? by|went by|known as|(?:calls?|called) me|legal name|legally|real name|full name|given name|nickname"
    r"|(?:american|english|chosen|birth|new|old) name"
    r"|name on my (?:id|license|card|insurance)|mi nombre|short for|me dicen|me llaman|me conocen)\b"
)
_NAMESAKE = re.compile(
    r"\b(?:same name|same names|namesake|named after|name as (?:my|me|his|her)|mismo nombre|tocayo|tocaya"
    r"|not my (?:dad|father|son|mom|mother|daughter)|not (?:the|his|her) (?:dad|father|son|mother|daughter))\b"
)
# Said near a relative: this is about who uses the phone, not about whom we should help.
_SHARED_WITH = frozenset(
    {"share", "shares", "shared", "sharing", "same", "wrote", "also", "too", "landline", "house", "borrowed",
     "comparto", "comparte", "compartimos", "mismo", "misma", "tambien", "escribio", "casa"}
)  # fmt: skip
_AGE = re.compile(
    r"\b(?:(?:im|i am|am|age|aged|tengo|turned|turning) (\d{2})\b"
    r"(?! (?:days|weeks|months|wks|dias|semanas|meses|hours|minutes|miles|(?:years|yrs|anos) (?:sober|clean)))"
    r"|(\d{2}) (?:years old|yrs old|year old|yo|anos de edad)\b)"
)


def says_contact_is_new(message: str) -> bool:
    """ "Lost my phone", "this is my new number": the old one is not theirs any more."""
    return bool(_NEW_CONTACT.search(_plain(message)))


def says_name_is_new(message: str) -> bool:
    """ "Divorce final, my own name again": the family name may have changed."""
    return bool(_NEW_NAME.search(_plain(message)))


def tells_what_i_am_called(message: str) -> bool:
    """ "I go by Harry", "my legal name is": one person with two first names."""
    return bool(_GOES_BY.search(_plain(message))) and not speaks_of_relative(message)


def speaks_of_namesake(message: str) -> bool:
    """ "My dad has the same name": another person bears it."""
    return bool(_NAMESAKE.search(_plain(message)))


def speaks_of_relative(message: str) -> bool:
    """A relative is named at all."""
    return not words("relatives").isdisjoint(_plain(message).split())


def shares_with_relative(message: str) -> bool:
    """ "My son wrote too", "es el teléfono de mi papá": a relative uses the same contact."""
    told = _plain(message).split()
    relatives = [place for place, word in enumerate(told) if word in words("relatives")]
    return any(
        word in _SHARED_WITH for place in relatives for word in told[max(0, place - _NEAR) : place + _NEAR + 1]
    )


def mentions(message: str, name: str) -> bool:
    """Whether this plain word stands in the message."""
    return name in _plain(message).split()


def ages_differ(a: str, b: str) -> bool:
    """One tells of being young and the other of being old, or they name ages far apart."""
    mine, theirs = _age(a), _age(b)
    if mine and theirs:
        return abs(mine - theirs) > _YEARS_APART
    return (_is_young(a) and _is_old(b)) or (_is_old(a) and _is_young(b))


def rare_words_shared(a: str, b: str) -> int:
    """How many unusual words both messages have, by their beginnings."""
    return len(_rare_words(a) & _rare_words(b))


def _age(message: str) -> int:
    found = _AGE.search(_plain(message))
    return int(found[1] or found[2]) if found else 0


def _is_young(message: str) -> bool:
    age = _age(message)
    return 0 < age <= _OLDEST_YOUNG or (not age and not words("young").isdisjoint(_plain(message).split()))


def _is_old(message: str) -> bool:
    age = _age(message)
    return age >= _YOUNGEST_OLD or (not age and not words("old").isdisjoint(_plain(message).split()))


@lru_cache(_REMEMBERED)
def _rare_words(message: str) -> frozenset[str]:
    found = {word[:_STEM] for word in _plain(message).split() if len(word) >= _SHORTEST and word.isalpha()}
    return frozenset(found - _everybody())


@lru_cache(1)
def _everybody() -> frozenset[str]:
    return frozenset(word[:_STEM] for word in words("everybody"))


@lru_cache(_REMEMBERED)
def _plain(message: str) -> str:
    """Small letters without accents, apostrophes and marks: one space between words."""
    return " ".join(word for part in message[:LONGEST].split() for word in name_words(part))
