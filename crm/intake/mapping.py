"""From a vendor's entry to an inquiry: an administrator's word about a field wins over the vendor's, and both over a
guess."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from crm.intake.channels import WAYS, Agreement, Inquiry, values
from crm.intake.channels.entry import Entry, Field
from crm.intake.channels.traces import address, campaign
from crm.intake.guessing import Guess, guess, is_email, is_phone
from crm.intake.labels import FACTS, label_of
from crm.web.text import clean_line

__all__ = ["FACTS", "Guess", "guess", "inquiry", "says_something"]

VERSION = "as the source says"  # of a wording that stands on the sender's site
WORDS_OF_A_TICK = 3  # "Yes", "I agree", "Sí, acepto": no more than the tick itself

Read = TypeVar("Read")


def inquiry(
    entry: Entry, mapping: Mapping[str, str] | None = None, defaults: Mapping[str, str] | None = None
) -> Inquiry:
    """What the entry says. `mapping` (key to fact) is what an administrator decided; `defaults` (fact to value) is what
    holds for this source when nobody said otherwise."""
    told = _Told(entry, mapping or {}, defaults or {})
    name, person_name = _names(told)
    phone, email = _contacts(told)
    whom = told.read("for_whom", values.for_whom, values.is_plain_for_whom)
    if not name and whom is None:
        name, person_name = person_name, ""  # nobody else is there: whoever is named has written
    page = next((found for text in told.texts("page") if (found := address(text))), entry.page)
    ways, asked = _ways(told)
    return Inquiry(
        name=name,
        person_name=person_name,
        for_whom=whom or "self",
        state=told.read("state", values.state),
        zip_code=told.read("zip", values.zip_code) or "",
        ways=ways,
        phone=phone,
        email=email,
        voicemail=told.read("voicemail", values.voicemail) or "unasked",
        best_times=told.read("best_time", values.best_times, values.is_plain_time) or (),
        message="\n\n".join(told.texts("message")),
        language=told.read("language", values.language) or "en",
        agreements=(*entry.consents, *_agreements(told), *asked),
        page=page,
        referrer=entry.referrer,
        utm={**campaign(page), **entry.utm},
        submitted_at=entry.submitted_at,
        is_test=entry.is_test,
        notes=entry.notes,
        guessed=told.guessed(),
        other=told.other(),
    )


def says_something(told: Inquiry) -> bool:
    """False only when there is no name, no contact and no message: then somebody must say what the fields mean."""
    return bool(told.name or told.person_name or told.phone or told.email or told.message)


class _Told:
    """The fields under the facts they mean. What is read is ticked off, and what is left has no place."""

    def __init__(self, entry: Entry, mapping: Mapping[str, str], defaults: Mapping[str, str]) -> None:
        settled = {key: fact for key, fact in mapping.items() if fact in FACTS}
        self._fields = entry.fields
        self._facts = {one.key: one.means for one in guess(entry, settled)}
        self._by_guess = set(self._facts) - set(settled) - set(entry.means)
        self._defaults = {fact: text for fact, given in defaults.items() if (text := clean_line(given))}
        self._used: set[str] = set()
        self._told_in_full: set[str] = set()

    def fields(self, fact: str) -> list[Field]:
        """The fields that mean it and say something, the plainest key first: the order of a body is no order."""
        meant = [one for one in self._fields if self._facts[one.key] == fact and one.values]
        return sorted(meant, key=lambda one: (len(one.key), one.key))

    def use(self, one: Field, in_full: bool = True) -> str:
        """The answer; what was not told in full is shown beside the facts as well."""
        self._used.add(one.key)
        if in_full:
            self._told_in_full.add(one.key)
        return one.text

    def texts(self, fact: str) -> list[str]:
        """All that was said about it, or what holds for the source."""
        return [self.use(one) for one in self.fields(fact)] or [text for text in (self.default(fact),) if text]

    def first(self, fact: str) -> str:
        """What the first of its fields says."""
        given = self.fields(fact)
        return clean_line(self.use(given[0]) if given else self._defaults.get(fact))

    def default(self, fact: str) -> str:
        """What holds for the source when nobody said otherwise."""
        return self._defaults.get(fact, "")

    def read(
        self, fact: str, reader: Callable[[str], Read | None], is_plain: Callable[[str], bool] = lambda _: True
    ) -> Read | None:
        """What the reader makes of the first answer it understands. One that says more than that is kept beside it."""
        for one in self.fields(fact):
            if found := reader(one.text):
                self.use(one, in_full=is_plain(one.text))
                return found
        return reader(self._defaults[fact]) if fact in self._defaults else None

    def guessed(self) -> tuple[str, ...]:
        """The facts that rest on a guess, in the order of the list of facts."""
        found = {self._facts[key] for key in self._by_guess & self._used}
        return tuple(fact for fact in FACTS if fact in found)

    def other(self) -> tuple[tuple[str, str], ...]:
        """Answers without a place, under their labels."""
        left = [one for one in self._fields if one.key not in self._told_in_full and self._facts[one.key] != "ignore"]
        return tuple((clean_line(one.label) or label_of(one.key), one.text) for one in left if one.values)


def _names(told: _Told) -> tuple[str, str]:
    """The name of who wrote, and of the person in need where that is another."""
    name, first, last = (told.first(fact) for fact in ("name", "first_name", "last_name"))
    is_whole = name and (not last or values.plain(last) in values.plain(name))
    whole = name if is_whole else " ".join(part for part in (name or first, last) if part)
    return whole, told.first("person_name")


def _contacts(told: _Told) -> tuple[str, str]:
    """The phone and the e-mail address, also when each was typed into the other's field."""
    phones, emails = told.fields("phone"), told.fields("email")
    phone = _answer(told, phones, _has_digits) or _answer(told, emails, is_phone)
    email = _answer(told, emails, lambda text: "@" in text) or _answer(told, phones, is_email)
    return phone, email


def _answer(told: _Told, fields: list[Field], is_one: Callable[[str], bool]) -> str:
    for one in fields:
        for text in one.values:
            if is_one(text):
                told.use(one, in_full=len(one.values) == 1)
                return clean_line(text).removeprefix("mailto:").removeprefix("tel:")
    return ""


def _has_digits(text: str) -> bool:
    return any(mark.isdigit() for mark in text) and "@" not in text


def _ways(told: _Told) -> tuple[dict[str, str], tuple[Agreement, ...]]:
    """For each way yes, no or unasked, and what they agreed to where each way has a question of its own."""
    said: dict[str, str] = {}
    agreed: list[Agreement] = []
    for one in told.fields("via"):
        label = clean_line(one.label) or label_of(one.key)
        answer, chosen = values.yes_or_no(one.text), values.ways(one.text)
        asked = values.ways_asked(label) if answer is not None and not chosen else ()
        agreed += [Agreement(way, bool(answer), label, VERSION) for way in asked]
        chosen = chosen or dict.fromkeys(asked, "yes" if answer else "no")
        said |= {way: found for way, found in chosen.items() if said.get(way) != "yes"}
        if chosen:
            told.use(one)
    said = said or values.ways(told.default("via"))
    return {way: said.get(way, "unasked") for way in WAYS}, tuple(agreed)


def _agreements(told: _Told) -> list[Agreement]:
    """A tick is an agreement to the words of its label, unless the answer holds words of its own."""
    found = []
    for one in told.fields("consent"):
        label = clean_line(one.label) or label_of(one.key)
        asked = values.ways_asked(label)
        words = one.text if len(one.text.split()) > WORDS_OF_A_TICK else label
        kind = asked[0] if len(asked) == 1 else "contact"
        found.append(Agreement(kind, values.yes_or_no(told.use(one)) is not False, words, VERSION))
    return found
