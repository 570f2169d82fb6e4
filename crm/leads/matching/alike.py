"""Do two names fit one person? Given and family name are weighed apart, with reasons in the front desk's words."""

from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from crm.leads.matching import tables
from crm.leads.matching.names import Name, Split, name_of

Words = tuple[str, ...]

ANYBODYS = "anybody's"  # the list of names that fit everybody
_REMEMBERED = 50_000  # pairs of names compared and kept at hand
_WORDS_REMEMBERED = 100_000
_ENDINGS = ("a", "e", "o", "ie", "le", "ia", "na", "ne", "ina", "ette")  # that make a woman's name of a man's
SHORTEST_SLIP = 4  # letters: in shorter names one other letter is another name (Mia, Nia)
_SOUNDS = (
    ("ph", "f"), ("ck", "k"), ("ch", "x"), ("sch", "x"), ("sh", "x"), ("c", "k"), ("th", "t"), ("y", "i"), ("ie", "i"),
    ("ei", "i"), ("ee", "i"), ("z", "s"), ("q", "k"),
)  # fmt: skip
SHORTEST_SHORT_FORM = 3  # letters
LONG = 9  # letters: here two slips still leave the name


class Fit(IntEnum):
    """How well two given names, or two family names, go together."""

    DIFFERENT = -1
    MISSING = 0  # one of them was not given
    INITIAL = 1
    LIKELY = 2  # a short form by its sound only, on no list of ours
    CLOSE = 3  # a slip of the pen
    KNOWN = 4  # a short form, a spelling, half of a double name
    EQUAL = 5


@dataclass(frozen=True)
class NameFit:
    """The best reading of two names together; `reasons` for, `against` against."""

    given: Fit
    family: Fit
    reasons: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    generations_differ: bool = False  # Jr. and Sr.
    generation_on_one: bool = False  # Jr. and nothing
    middle_differs: bool = False

    @property
    def is_full(self) -> bool:
        """Both the given and the family name agree, by more than an initial."""
        return self.given >= Fit.LIKELY and self.family >= Fit.LIKELY

    @property
    def contradicts(self) -> bool:
        """Two people: the given names differ, or the generations do."""
        return self.given is Fit.DIFFERENT or self.generations_differ


def agrees_on_name(a: str, b: str) -> bool:
    """Whether a message may join a person by contact *and* name: both names agree, or all that was given is equal.

    Short forms, spellings, slips, half of a double name and swapped order agree; an initial, a missing half, Jr. beside
    nothing, and nobody in particular do not.
    """
    fit = compare_names(a, b)
    if fit.contradicts or fit.generation_on_one or fit.middle_differs:
        return False
    one_word = fit.given is Fit.EQUAL and fit.family is Fit.MISSING and name_of(a).words == name_of(b).words
    return (fit.is_full and fit.given is not Fit.LIKELY) or one_word


def compare_names(a: str, b: str) -> NameFit:
    """The same whichever comes first."""
    return _compare(*sorted((a, b)))


@lru_cache(_REMEMBERED)
def _compare(a: str, b: str) -> NameFit:
    one, other = name_of(a), name_of(b)
    if not one.words or not other.words:
        return NameFit(Fit.MISSING, Fit.MISSING)
    if "".join(one.words) == "".join(other.words):  # perhaps one of them is written together
        one = replace(other, generation=one.generation)
    fit = max(
        (_read(left, right, one, other) for left, right in _readings(one, other)),
        key=lambda read: (read.given > 0 and read.family > 0, read.given >= 0 and read.family >= 0,
                          read.given + read.family, read.given),
    )  # fmt: skip
    generations = {one.generation, other.generation}
    if len(generations) == 1:
        return fit
    elif "" in generations:
        words = f"one says {one.generation or other.generation}, the other does not"
        return replace(fit, generation_on_one=True, against=(*fit.against, words))
    else:
        words = f"{min(generations)} and {max(generations)} are two people"
        return replace(fit, generations_differ=True, against=(*fit.against, words))


def _readings(one: Name, other: Name) -> list[tuple[Split, Split]]:
    """The usual reading of one with every reading of the other: turned round twice would be no turn at all."""
    pairs = [(one.splits[0], split) for split in other.splits] + [(split, other.splits[0]) for split in one.splits]
    if len(one.words) > 2 and len(other.words) > 2:
        mine, theirs = one.splits[1 : len(one.words)], other.splits[1 : len(other.words)]
        pairs += [(left, right) for left in mine for right in theirs]
    return list(dict.fromkeys(pairs))


def _read(left: Split, right: Split, one: Name, other: Name) -> NameFit:
    given, why_given = _given(left.given, right.given, one.called, other.called)
    family, why_family = _family(left.family, right.family)
    if given is Fit.EQUAL and family is Fit.EQUAL and one.words == other.words:
        return NameFit(given, family, ("same name",))
    turned = (left is not one.splits[0] and left.given == one.words[len(one.words) - len(left.given):]) or (
        right is not other.splits[0] and right.given == other.words[len(other.words) - len(right.given):])
    reasons = [why for fit, why in ((given, why_given), (family, why_family)) if fit > 0 and why]
    if turned and given > 0 and family > 0 and not (left.given == one.words or right.given == other.words):
        reasons.append("the names are swapped")
    against = [why for fit, why in ((given, why_given), (family, why_family)) if fit < 0 and why]
    middle = given > 0 and _middles_differ(left.given, right.given)
    if middle:
        against.append("another middle initial")
    return NameFit(given, family, tuple(reasons), tuple(against), middle_differs=middle)


def _given(a: Words, b: Words, a_called: Words, b_called: Words) -> tuple[Fit, str]:
    """The first given names, else one who goes by the middle name, else the short name in brackets."""
    if not a or not b:
        return Fit.MISSING, ""
    if a == b:
        return Fit.EQUAL, "same first name"
    best = max(_given_word(" ".join(a), " ".join(b)), _given_word("".join(a), "".join(b)), _given_word(a[0], b[0]))
    if best[0] >= Fit.KNOWN:
        return best
    asides = [(x, y) for x in a_called for y in (b[0], *b_called)] + [(a[0], y) for y in b_called]
    middles = [(x, b[0]) for x in a[1:]] + [(a[0], y) for y in b[1:]]
    for x, y in (*asides, *middles):
        if min(len(x), len(y)) > 1 and (fit := _given_word(x, y))[0] >= Fit.KNOWN:
            return Fit.KNOWN, fit[1]
    return best


@lru_cache(_WORDS_REMEMBERED)
def _given_word(a: str, b: str) -> tuple[Fit, str]:
    short, long = sorted((a, b), key=lambda word: (len(word), word))
    if a == b:
        return Fit.EQUAL if len(a) > 1 else Fit.INITIAL, "same first name" if len(a) > 1 else "same initial"
    elif len(short) == 1 or _is_initials(short):
        return _initial(short[0], long)
    elif a in tables.words(ANYBODYS) or b in tables.words(ANYBODYS):
        return Fit.INITIAL, f"anybody may be called {_shown(a if a in tables.words(ANYBODYS) else b)}"
    elif tables.is_short_for(a, b) or tables.is_short_for(b, a):
        full, called = (b, a) if tables.is_short_for(a, b) else (a, b)
        return Fit.KNOWN, f"{_shown(called)} is short for {_shown(full)}"
    elif _both_short(a, b):
        return Fit.KNOWN, f"{_shown(a)} and {_shown(b)} are short for {_shown(min(tables.shared_full_names(a, b)))}"
    elif _is_cut_from(short, long):
        return Fit.CLOSE, f"{_shown(short)} may be short for {_shown(long)}"
    elif _is_pet_form(short, long):
        return Fit.LIKELY, f"{_shown(short)} may be short for {_shown(long)}"
    elif _sound(a) == _sound(b) and not _has_other_ending(short, long):
        return Fit.CLOSE, f"{_shown(a)} sounds like {_shown(b)}"
    elif _is_slip(short, long):
        return Fit.CLOSE, f"{_shown(a)} is close to {_shown(b)}"
    elif _is_slip_for_short_form(a, b) or _is_slip_for_short_form(b, a):
        return Fit.LIKELY, f"{_shown(a)} is close to another form of {_shown(b)}"
    else:
        return Fit.DIFFERENT, "different first name"


def _initial(letter: str, word: str) -> tuple[Fit, str]:
    """B. fits Bob, and Robert too, who may sign with it."""
    if word[0] == letter:
        return Fit.INITIAL, f"{letter.upper()}. fits {_shown(word)}"
    fitting = sorted(form for form in tables.forms(word) if form[0] == letter)
    if fitting and len(word) > 1:
        return Fit.INITIAL, f"{letter.upper()}. fits {_shown(fitting[0])}, another form of {_shown(word)}"
    return Fit.DIFFERENT, "another initial"


def _both_short(a: str, b: str) -> bool:
    """Two short forms of one name. Full names that happen to share a line (Lisa, Betty) are two sisters."""
    return bool(tables.shared_full_names(a, b)) and not (tables.is_full_name(a) or tables.is_full_name(b))


def _is_cut_from(short: str, long: str) -> bool:
    """A beginning or an end of the longer name that is no full name itself: Ale, Kenzie."""
    if tables.is_full_name(short) or _has_other_ending(short, long) or len(short) < SHORTEST_SHORT_FORM:
        return False
    begins = long.startswith(short) and len(long) - len(short) > 1
    return begins or (len(short) >= SHORTEST_SLIP and long.endswith(short))


def _is_pet_form(short: str, long: str) -> bool:
    """It begins like the longer name and ends like a pet form: Bernie, Harry."""
    stem = _pet_stem(short)
    pet = bool(stem) and long.startswith(stem) and len(long) - len(stem) > 2
    return pet and not tables.is_full_name(short) and not _has_other_ending(short, long)


def _pet_stem(word: str) -> str:
    """What a pet form is made of: "juanita" of juan, "harry" of har; empty when it is none."""
    for ending in ("cito", "cita", "ito", "ita", "ie", "ey", "y", "i"):
        stem = word.removesuffix(ending)
        if stem != word:
            stem = stem[:-1] if stem[-1:] == stem[-2:-1] else stem
            return stem if len(stem) >= SHORTEST_SHORT_FORM else ""
    return ""


def _is_slip(short: str, long: str) -> bool:
    """One slip of the pen: a letter lost, doubled, or two swapped; another letter only within a long name."""
    if len(short) < SHORTEST_SLIP - 1 or (tables.is_known(short) and tables.is_known(long)):
        return False
    elif _has_other_ending(short, long):
        return False
    elif sorted(short) == sorted(long):
        return OSA.distance(short, long) == 1
    elif short[0] != long[0]:
        return len(long) > SHORTEST_SLIP + 1 and long[1:] == short  # the first letter lost; another one is a twin's
    distance = OSA.distance(short, long, score_cutoff=2)
    if len(short) != len(long):
        return (distance == 1 and len(long) >= SHORTEST_SLIP) or (distance == 2 and len(long) >= LONG)
    return distance == 1 and len(short) >= SHORTEST_SLIP + 1


def _is_slip_for_short_form(slipped: str, other: str) -> bool:
    """Kwbaena beside Kobby: a slip in the full name, or in the short one."""
    if tables.is_known(slipped):
        return False
    forms = tables.forms(other)
    return any(_is_slip(*sorted((slipped, form), key=lambda word: (len(word), word))) for form in forms)


def _has_other_ending(short: str, long: str) -> bool:
    """Mario and Maria, Rafael and Rafaela, Daniel and Danielle are two people, not a slip."""
    other_vowel = short[:-1] == long[:-1] and {short[-1], long[-1]} == {"a", "o"}
    return other_vowel or (long.startswith(short) and long.removeprefix(short) in _ENDINGS)


def _sound(word: str) -> str:
    """How it is said, roughly: Cathy and Kathy, Nikki and Nicky, Kurt and Curt."""
    for letters, sound in _SOUNDS:
        word = word.replace(letters, sound)
    undoubled = "".join(letter for place, letter in enumerate(word) if word[place - 1 : place] != letter)
    return undoubled[:-1] if len(undoubled) > SHORTEST_SLIP and undoubled.endswith("e") else undoubled


def _is_initials(word: str) -> bool:
    """DJ, TJ: two letters that are no name."""
    return len(word) == 2 and not tables.is_known(word) and not set(word) & set("aeiouy")


def _family(a: Words, b: Words) -> tuple[Fit, str]:
    if not a or not b:
        return Fit.MISSING, ""
    if a == b or "".join(a) == "".join(b) or set(a) == set(b):
        return Fit.EQUAL, "same last name"
    short, long = sorted((a, b), key=lambda words: (len(words), words))
    if len(short) == len(long) == 1:
        return _family_word(short[0], long[0])
    joined = _family_word("".join(short), "".join(long))
    if len(short) == len(long):
        fits = [_family_word(x, y) for x, y in zip(short, long, strict=True)]
        worst = min(fits, key=lambda fit: fit[0])
        return max(worst, joined, key=lambda fit: fit[0])
    halves = [max((_family_word(x, y)[0] for y in long), default=Fit.DIFFERENT) for x in short]
    if min(halves) >= Fit.CLOSE:
        words = f"{' '.join(map(_shown, short))} is part of {' '.join(map(_shown, long))}"
        return (Fit.KNOWN if min(halves) is Fit.EQUAL else Fit.CLOSE), words
    return joined if joined[0] >= Fit.CLOSE else (max(joined[0], min(halves)), joined[1])


@lru_cache(_WORDS_REMEMBERED)
def _family_word(a: str, b: str) -> tuple[Fit, str]:
    short, long = sorted((a, b), key=lambda word: (len(word), word))
    if a == b:
        return (Fit.EQUAL, "same last name") if len(a) > 1 else (Fit.INITIAL, "same last initial")
    elif len(short) == 1:
        if long[0] == short:
            return Fit.INITIAL, f"{short.upper()}. fits {_shown(long)}"
        return Fit.DIFFERENT, "different last name"
    if long.endswith(short) and long.removesuffix(short) in tables.words("particles"):
        return Fit.KNOWN, f"{_shown(a)} and {_shown(b)} are one last name"
    # More slips than in a given name: beside the same given name and contact it only has to be recognised.
    if OSA.distance(short, long) <= (len(long) // 3 if len(long) > SHORTEST_SLIP else len(long) == SHORTEST_SLIP):
        return Fit.CLOSE, f"{_shown(a)} is close to {_shown(b)}"
    return Fit.DIFFERENT, "different last name"


def _middles_differ(a: Words, b: Words) -> bool:
    """John A. and John B.; somebody who leaves the middle name out says nothing."""
    return len(a) > 1 and len(b) > 1 and a[1][0] != b[1][0] and a[0][0] == b[0][0]


def _shown(word: str) -> str:
    return word.title()
