"""Which of our facts each field of an entry is: by its label and the shape of its value at once, each with a reason."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from crm.intake.channels import values
from crm.intake.channels.entry import Entry, Field
from crm.intake.labels import facts_named, is_elsewhere, says_nothing, words_of

SHARED = {"message", "via", "consent", "ignore", "other"}  # facts that several fields may tell together
WORDY = 6  # words: an answer this long is a text of its own, whatever its label mentions
SAMPLE = 80  # characters of an answer that are shown beside the guess

_EMAIL = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,189}")
_PHONE_MARKS = re.compile(r"(tel:)?[+\d().\-/ \u00a0]{7,30}(\s?(x|ext\.?)\s?\d{1,6})?", re.I)
_HOME_NUMBER = re.compile(r"1?[2-9]\d\d[2-9]\d{6}")
_NAME_WORD = re.compile(r"[^\W\d_][^\W\d_'’.-]{0,30}(?:['’.-][^\W\d_]{0,30}){0,3}")
_PARTICLES = {"de", "la", "del", "los", "las", "van", "von", "der", "den", "y", "da", "dos", "bin", "al", "el", "st"}
_AGREEMENTS = ("i agree", "i consent", "yes i agree", "yes i consent", "i accept", "acepto", "si acepto")
_WORDS_THAT_ARE_CODES = {"OK", "ME", "HI", "IN", "OR", "OH", "MA", "PA", "AS", "ID", "CO", "DE", "LA", "AL"}


@dataclass(frozen=True)
class Guess:
    """One field and what we take it for; `is_sure` when its label and its value agree, or when the sender says so."""

    key: str
    means: str
    why: str
    is_sure: bool
    sample: str


def guess(entry: Entry, settled: Mapping[str, str] | None = None) -> tuple[Guess, ...]:
    """What each field means, in the order they came. What `settled` (key to fact) says is not guessed again."""
    known = {**entry.means, **(settled or {})}
    facts = {one.key: Guess(one.key, known[one.key], "the sender says so", True, _sample(one))
             for one in entry.fields if one.key in known}  # fmt: skip
    for pick in (_by_label, _by_value, _longest_text, _by_name, _longest_text):
        left = sorted((one for one in entry.fields if one.key not in facts), key=lambda one: (len(one.key), one.key))
        for found in pick(left, {one.means for one in facts.values() if one.sample}):
            facts[found.key] = found
    return tuple(facts.get(one.key) or _nothing(one) for one in entry.fields)


def is_email(text: str) -> bool:
    """Whether it has the shape of an e-mail address."""
    return bool(_EMAIL.fullmatch(text.strip()))


def is_phone(text: str) -> bool:
    """Whether it has the shape of a phone number that somebody may have typed: seven digits and no words."""
    return bool(_PHONE_MARKS.fullmatch(text.strip())) and 7 <= sum(mark.isdigit() for mark in text) <= 21


def _by_label(left: list[Field], taken: set[str]) -> Iterable[Guess]:
    """The label names it, and the value may be one. Of two that name the same fact the plainer label has it."""
    found: list[tuple[tuple[bool, int], str, Field, bool]] = []
    for one in left:
        words = words_of(one)
        for fact, phrase in facts_named(words):
            if (fact == "consent" or not is_elsewhere(words) or _is_wordy(fact, one)) and _may_be(fact, one, words):
                beside = len(words.split()) - len(phrase.split())
                found.append(((not one.values, beside), fact, one, bool(one.values) and beside < 6))
                break
    for _, fact, one, is_sure in sorted(found, key=lambda each: each[0]):
        if fact in SHARED or fact not in taken:
            taken = taken | {fact}
            yield Guess(one.key, fact, f"labelled “{(one.label or one.key)[:SAMPLE]}”", is_sure, _sample(one))


def _by_value(left: list[Field], taken: set[str]) -> Iterable[Guess]:
    """The value has a shape of its own; a weak shape counts only where the label says nothing else."""
    for one in left:
        words = words_of(one)
        if not one.values or is_elsewhere(words):
            continue
        for fact, why, shaped in _SHAPES:
            if fact not in taken and shaped(one.text, says_nothing(words)):
                taken = taken | {fact} if fact not in SHARED else taken
                yield Guess(one.key, fact, why, False, _sample(one))
                break


def _longest_text(left: list[Field], taken: set[str]) -> Iterable[Guess]:
    texts = [one for one in left if len(one.text.split()) > 2 and len(one.text) > 11 and not _is_address(one.text)]
    own = [one for one in texts if not is_elsewhere(words_of(one)) or len(one.text.split()) >= 2 * WORDY]
    if own and "message" not in taken:
        longest = max(own, key=lambda one: len(one.text))
        if not _looks_like_a_name(longest) or taken & {"name", "first_name", "last_name"}:
            yield Guess(longest.key, "message", "the longest text", False, _sample(longest))


def _by_name(left: list[Field], taken: set[str]) -> Iterable[Guess]:
    if taken & {"name", "first_name", "last_name"}:
        return
    is_reachable = bool(taken & {"phone", "email"})  # one word alone names somebody only beside a way to reach them
    named = [one for one in left if _looks_like_a_name(one) and (is_reachable or " " in one.text)]
    named.sort(key=lambda one: not one.text[:1].isupper())
    if _are_two_parts(named):
        for one, fact in zip(named, ("first_name", "last_name"), strict=False):
            yield Guess(one.key, fact, "looks like a part of a name", False, _sample(one))
    else:
        for one in named[:1]:
            yield Guess(one.key, "name", "looks like a name", False, _sample(one))


def _are_two_parts(named: list[Field]) -> bool:
    """Whether the first two are one word each in fields one after the other, as when a form asks for both names."""
    keys = [one.key for one in named[:2] if one.key.isascii() and one.key.isdigit() and " " not in one.text]
    return len(keys) == 2 and int(keys[0][:9]) + 1 == int(keys[1][:9])


def _nothing(one: Field) -> Guess:
    if one.values:
        return Guess(one.key, "other", "nothing we have a place for", False, _sample(one))
    else:
        return Guess(one.key, "other", "empty in this message", False, "")


def _may_be(fact: str, one: Field, words: str) -> bool:
    """Whether the value can be such a fact; an empty one can be any."""
    return not one.values or _PLAUSIBLE[fact](one.text, words)


def _is_wordy(fact: str, one: Field) -> bool:
    return fact == "message" and len(one.text.split()) >= WORDY


def _is_like_name(text: str, _words: str) -> bool:
    return (
        len(text) <= 100 and any(mark.isalpha() for mark in text) and not _is_address(text) and not is_email(text)
        and sum(mark.isdigit() for mark in text) < 3
    )  # fmt: skip


def _is_consent(text: str, _words: str) -> bool:
    said = values.plain(text)
    return values.yes_or_no(text) is not None or said.startswith(("i ", "by ", "yo ", "acepto", "autorizo", "estoy de"))


def _is_via(text: str, words: str) -> bool:
    return bool(values.ways(text)) or (bool(values.ways_asked(words)) and values.yes_or_no(text) is not None)


def _is_time(text: str, words: str) -> bool:
    is_named = any(f" {word} " in words for word in ("time", "times", "callback", "call", "hora", "horario"))
    return bool(values.best_times(text)) or (is_named and len(text) <= values.LONGEST and not is_phone(text))


def _is_text(text: str, _words: str) -> bool:
    is_other = values.yes_or_no(text) is not None and len(text.split()) == 1
    return any(mark.isalpha() for mark in text) and not (is_email(text) or _is_address(text) or is_other)


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://", "www.")) and " " not in text


_PLAUSIBLE: dict[str, Callable[[str, str], bool]] = {
    "name": _is_like_name, "first_name": _is_like_name, "last_name": _is_like_name, "person_name": _is_like_name,
    "phone": lambda text, _: is_phone(text) or (len(text) <= 60 and sum(mark.isdigit() for mark in text) >= 7
                                                and not is_email(text)),
    "email": lambda text, _: "@" in text and len(text) <= 254 and len(text.split()) < 3,
    "state": lambda text, _: values.state(text) is not None,
    "zip": lambda text, _: values.zip_code(text) is not None,
    "for_whom": lambda text, _: values.for_whom(text) is not None,
    "via": _is_via, "consent": _is_consent, "best_time": _is_time, "message": _is_text,
    "voicemail": lambda text, _: values.voicemail(text) is not None,
    "language": lambda text, _: values.language(text) is not None,
    "page": lambda text, _: _is_address(text) or text.startswith("/"),
}  # fmt: skip


def _shaped_phone(text: str, _says_nothing: bool) -> bool:
    digits = "".join(mark for mark in text if mark.isdigit())
    is_home = bool(_HOME_NUMBER.fullmatch(digits))
    return is_phone(text) and (is_home or (text.strip().startswith("+") and len(digits) > 9))


def _shaped_state(text: str, says_nothing: bool) -> bool:
    code = values.state(text)
    if len(text) == 2:
        return says_nothing and text == code and text not in _WORDS_THAT_ARE_CODES
    else:
        return code is not None and len(text.split()) < 5


_SHAPES: tuple[tuple[str, str, Callable[[str, bool], bool]], ...] = (
    ("email", "looks like an e-mail address", lambda text, _: is_email(text)),
    ("phone", "looks like a phone number", _shaped_phone),
    ("voicemail", "speaks of voicemail", lambda text, _: values.speaks_of_voicemail(text)),
    ("consent", "is an agreement", lambda text, _: values.plain(text).startswith(_AGREEMENTS)),
    ("via", "names ways to be reached", lambda text, _: values.is_only_ways(text)),
    ("for_whom", "says who needs help", lambda text, bare: values.is_plain_for_whom(text) or (
        bare and len(text.split()) < 4 and text.lower().startswith(("my ", "mi ")) and bool(values.for_whom(text)))),
    ("state", "is a state", _shaped_state),
    ("zip", "looks like a postal code", lambda text, bare: bare and values.zip_code(text) is not None),
    ("language", "is a language", lambda text, _: len(text) > 3 and len(text.split()) == 1
        and values.language(text) is not None),
    ("best_time", "a time of the day", lambda text, bare: bare and len(text.split()) < 5
        and bool(values.best_times(text)) and values.is_plain_time(text)),
)  # fmt: skip


def _looks_like_a_name(one: Field) -> bool:
    words, label = _name_words(one.text), words_of(one)
    is_known = values.yes_or_no(one.text) is not None or values.is_only_ways(one.text) or values.best_times(one.text)
    is_whole = says_nothing(label) or len(words) > 1
    is_written = all(word[0].isupper() or word in _PARTICLES for word in words)
    is_written = is_written or (says_nothing(label) and len(words) == 2)
    return bool(words) and not is_known and is_whole and is_written and not is_elsewhere(label)


def _name_words(text: str) -> list[str]:
    """The words of a text that can be somebody's name; none when it cannot."""
    words = text.split()
    return words if 0 < len(words) < WORDY and len(text) <= 60 and all(map(_NAME_WORD.fullmatch, words)) else []


def _sample(one: Field) -> str:
    line = " ".join(one.text.split())
    return line if len(line) <= SAMPLE else line[: SAMPLE - 1].rstrip() + "…"
