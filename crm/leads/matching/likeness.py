"""May two messages be from one person? A score with its reasons, for somebody to decide: nothing is joined by it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from crm.leads.matching import story, tables
from crm.leads.matching.alike import Fit, NameFit, compare_names
from crm.leads.matching.contacts import Verdict, compare_emails, compare_phones, email_of, phone_of, state_of
from crm.leads.matching.names import name_of

SUGGESTED = 0.6  # from here on a pair is shown; chosen on the tuning file, see the tests
_ENOUGH = 3.5  # points of a name with no contact: see _name_only
_NEVER = 0.4  # the most that two people of one household can have
_REMEMBERED = 20_000


@dataclass(frozen=True)
class Record:
    """What one message said about its sender, as typed."""

    name: str
    email: str
    phone: str
    state: str
    message: str = ""


@dataclass(frozen=True)
class Likeness:
    """`score` 0 to 1; `same_person` is a suggestion, `household` says that two people share a contact."""

    score: float
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    same_person: bool
    household: bool


@dataclass(frozen=True)
class Contacts:
    """The usable contacts of a record, in the form in which they are compared; shared and made-up ones are empty."""

    email: str
    phone: str
    state: str


@dataclass(frozen=True)
class _Evidence:
    """Everything the rules look at."""

    name: NameFit
    email: Verdict
    phone: Verdict
    state: Verdict
    many_on_email: bool
    many_on_phone: bool
    rare: bool  # a name few people bear
    rare_given: bool
    namesake: bool  # a message speaks of another of the same name
    is_relative: bool  # a message speaks of a relative by the other's first name
    relative: bool  # a message says that a relative uses the contact
    ages_differ: bool
    new_contact: bool
    new_name: bool  # a message tells of another family name than before
    called: bool  # a message tells what its writer is called, and names the other's first name or its own
    rare_words: int
    alike_as_typed: bool  # the names are equal but for case, accents and order

    @property
    def contacts(self) -> int:
        """How many whole contacts they share."""
        return (self.email == "same") + (self.phone == "same")

    @property
    def contact_conflicts(self) -> bool:
        """They gave a different e-mail address or phone number."""
        return self.email in ("different", "near") or self.phone == "different"

    @property
    def many(self) -> bool:
        """What they share, many share: a facility's phone, an office's mailbox."""
        own_email = self.email == "same" and not self.many_on_email
        own_phone = self.phone in ("same", "near") and not self.many_on_phone
        return not (own_email or own_phone)


def compare(a: Record, b: Record, shared: Collection[str] = frozenset()) -> Likeness:
    """How likely both are one person; the same whichever comes first.

    `shared`: keys ("p:…", "e:…") of contacts known to belong to several people, such as a facility's phone.
    """
    seen = _evidence(a, b, shared)
    score = round(_score(seen), 2)
    same = score >= SUGGESTED
    household = not same and _is_two_people(seen) and (seen.contacts > 0 or seen.phone == "near")
    return Likeness(score, tuple(_reasons(seen)), tuple(_against(seen)), same, household)


@lru_cache(_REMEMBERED)
def contacts_of(record: Record) -> Contacts:
    """The record's contacts as they are compared."""
    email = email_of(record.email)
    return Contacts(email.key if email else "", phone_of(record.phone), state_of(record.state))


def _evidence(a: Record, b: Record, shared: Collection[str]) -> _Evidence:
    mine, theirs = contacts_of(a), contacts_of(b)
    states, messages = {mine.state, theirs.state}, (a.message, b.message)
    name_a, name_b = name_of(a.name), name_of(b.name)
    return _Evidence(
        name=compare_names(a.name, b.name),
        email=compare_emails(email_of(a.email), email_of(b.email)),
        phone=compare_phones(mine.phone, theirs.phone),
        state="unknown" if "" in states else "same" if len(states) == 1 else "different",
        many_on_email=f"e:{mine.email}" in shared,
        many_on_phone=f"p:{mine.phone}" in shared or f"p:{theirs.phone}" in shared,
        rare=is_rare(a.name) and is_rare(b.name),
        rare_given=not any(tables.is_common_given(word) for name in (name_a, name_b) for word in name.words[:1]),
        namesake=a.message != b.message and any(map(story.speaks_of_namesake, messages)),
        is_relative=_is_relative(a, b) or _is_relative(b, a),
        relative=any(map(story.shares_with_relative, messages)),
        ages_differ=story.ages_differ(*messages),
        new_contact=any(map(story.says_contact_is_new, messages)),
        new_name=any(map(story.says_name_is_new, messages)) or _mentions_last(a, b) or _mentions_last(b, a),
        called=_tells_name(a, b) or _tells_name(b, a),
        rare_words=story.rare_words_shared(a.message, b.message),
        alike_as_typed=bool(name_a.words) and sorted(name_a.words) == sorted(name_b.words),
    )


def _tells_name(a: Record, b: Record) -> bool:
    """a's message says what a is called: "I go by Harry", where one of the two is a Harry."""
    names = {name_of(record.name).words[:1] for record in (a, b)}
    said = any(story.mentions(a.message, word) for words in names for word in words)
    return said and story.tells_what_i_am_called(a.message)


def _is_relative(a: Record, b: Record) -> bool:
    """a's message speaks of a relative with b's first name: "Ned is my brother", on a message of Nell's."""
    mine, theirs = name_of(a.name).words, name_of(b.name).words
    told = len(theirs) > 1 and theirs[0] not in mine and story.mentions(a.message, theirs[0])
    return told and story.speaks_of_relative(a.message)


def _mentions_last(a: Record, b: Record) -> bool:
    """a's message speaks of b's last name, which is not a's own: "it was Poe before"."""
    mine, theirs = name_of(a.name).words, name_of(b.name).words
    return len(theirs) > 1 and theirs[-1] not in mine and story.mentions(a.message, theirs[-1])


def is_rare(typed: str) -> bool:
    """Two whole words at least, and not all of them common: "Maria Garcia" needs more than a state."""
    words = name_of(typed).words
    if len(words) < 2 or any(len(word) == 1 for word in (words[0], words[-1])):
        return False
    return not all(tables.is_common_surname(word) or tables.is_common_given(word) for word in words)


def _score(seen: _Evidence) -> float:
    """The rules, most telling first. The names decide what a shared contact means."""
    name = seen.name
    if name.contradicts and seen.called and seen.contacts and name.family >= Fit.KNOWN and not name.generations_differ:
        return 0.65
    elif name.contradicts:
        return min(_NEVER, 0.15 * (seen.contacts + (name.family >= Fit.CLOSE)))
    elif _is_two_people(seen):
        return _NEVER
    elif name.is_full:
        return _full_name(seen)
    elif name.given > 0 and name.family > 0:
        return _initials(seen)
    elif name.given > 0 and name.family is Fit.MISSING:
        return _first_name(seen)
    elif name.given >= Fit.KNOWN:
        return _other_last_name(seen)
    else:
        return _no_first_name(seen)


def _is_two_people(seen: _Evidence) -> bool:
    """The names contradict, a message tells of another person, or father and son may be meant."""
    told = seen.namesake or seen.ages_differ or (seen.is_relative and seen.name.given < Fit.KNOWN)
    return seen.name.contradicts or told or (_may_be_family(seen) and not _is_own_mailbox(seen))


def _may_be_family(seen: _Evidence) -> bool:
    """Jr. beside nothing, John A. beside John B., or a relative on the line: a father and a son look like this."""
    on_the_line = seen.relative and seen.email == "different" and seen.name.given is Fit.EQUAL
    return seen.name.generation_on_one or seen.name.middle_differs or on_the_line


def _is_own_mailbox(seen: _Evidence) -> bool:
    return seen.email == "same" and seen.phone != "different" and not seen.many_on_email


def _full_name(seen: _Evidence) -> float:
    exact = 0.03 if seen.name.given is Fit.EQUAL and seen.name.family is Fit.EQUAL else 0.0
    if seen.contacts == 2:
        return 0.96 + exact
    elif seen.contacts == 1 and seen.many:
        # A facility's phone tells no more than the town does.
        return 0.6 if seen.rare and seen.name.given >= Fit.KNOWN else 0.5
    elif seen.name.given is Fit.LIKELY:
        # Brothers' names may begin alike; a mailbox is seldom a brother's too.
        return 0.8 if seen.email == "same" else 0.62 if seen.phone == "same" and seen.email != "different" else 0.5
    elif seen.email == "same":
        return 0.92 + exact
    elif seen.phone == "same":
        return (0.86 if seen.email == "different" else 0.9) + exact
    elif seen.phone == "near":
        # Seven digits are on many phones of the country: the name must be rare, or the state the same.
        sure = seen.email == "near" or seen.state == "same" or (seen.rare and seen.state != "different")
        return 0.8 + exact if sure else 0.5
    else:
        return _name_only(seen)


def _name_only(seen: _Evidence) -> float:
    """No contact in common: the name needs something more, and a common one a whole story. Half points may add up."""
    if not seen.rare and seen.state != "same":
        return 0.3
    close = seen.name.given < Fit.KNOWN or seen.name.family < Fit.KNOWN
    points = 2.0 if seen.alike_as_typed else 1.0 if close else 1.5
    points -= 0 if seen.rare else 1.5  # many a Maria Garcia lives in the state
    points += {"same": 1, "different": -1}.get(seen.state, 0)
    points += (0.5 if seen.rare_words > 1 else 0.25) * min(seen.rare_words, story.TELLING_WORDS)
    points += seen.new_contact + (seen.email == "near") + (not seen.contact_conflicts)
    return min(0.45 + 0.1 * (points - 2), 0.8) if points >= _ENOUGH else 0.45


def _initials(seen: _Evidence) -> float:
    """O. Treadgold, Dana W.: a spouse's initial may be the same, so the contact must be their own."""
    if seen.contacts == 2:
        return 0.9
    elif seen.contacts == 1 and seen.many:
        return 0.4
    elif seen.email == "same":
        return 0.8
    elif seen.phone == "same":
        return 0.72
    elif seen.phone == "near" and (seen.email == "near" or seen.state == "same"):
        return 0.62
    else:
        return 0.2


def _first_name(seen: _Evidence) -> float:
    """Only a first name: Victoria, and Victoria Haldane."""
    if seen.name.given is Fit.INITIAL and seen.contacts < 2:
        return 0.4 if seen.contacts else 0.1
    elif seen.contacts == 2:
        return 0.88
    elif seen.contacts == 1 and seen.many:
        return 0.4
    elif seen.email == "same":
        return 0.8
    elif seen.phone == "same":
        return 0.75
    elif seen.phone == "near" and (seen.state == "same" or seen.email == "near"):
        return 0.65
    else:
        return 0.2


def _other_last_name(seen: _Evidence) -> float:
    """Married since, or two Marias on one phone: their own mailbox decides, or that a message tells of it."""
    if seen.many and seen.contacts < 2:
        return 0.3
    elif seen.contacts == 2:
        return 0.8
    elif seen.email == "same":
        return 0.65
    elif seen.phone == "same":
        return 0.7 if seen.new_name else 0.6 if seen.name.given >= Fit.KNOWN and seen.rare_given else 0.4
    else:
        return 0.1


def _no_first_name(seen: _Evidence) -> float:
    """Nobody's name, or only a family name: the whole family would look like this unless everything else agrees."""
    if seen.contacts == 2 and not seen.many:
        return 0.65
    else:
        return 0.35 if seen.contacts else 0.05


def _reasons(seen: _Evidence) -> Iterator[str]:
    if seen.email == "same":
        yield "same e-mail address"
    elif seen.email == "near":
        yield "e-mail addresses one letter apart"
    if seen.phone == "same":
        yield "same phone number"
    elif seen.phone == "near":
        yield "same phone number but for the area code"
    yield from seen.name.reasons
    if seen.called:
        yield "a message tells what they are called"
    if seen.state == "same":
        yield "same state"
    if seen.new_name and seen.name.given > 0 and seen.name.family is Fit.DIFFERENT:
        yield "a message tells of another last name"
    if not seen.contacts and seen.name.is_full:
        if seen.rare:
            yield "a rare name"
        if seen.new_contact:
            yield "says the contact is new"
        if seen.rare_words:
            yield "the messages share unusual words"


def _against(seen: _Evidence) -> Iterator[str]:
    contact = " and ".join(what for what, fit in (("phone", seen.phone), ("e-mail", seen.email)) if fit == "same")
    for why in seen.name.against:
        yield f"same {contact}, {why}" if contact and why == "different first name" else why
    if seen.namesake or (seen.is_relative and seen.name.given < Fit.KNOWN):
        yield "a message speaks of a relative of this name"
    elif seen.relative and seen.contacts:
        yield "a message speaks of a relative and the contact"
    if seen.ages_differ:
        yield "the messages tell of different ages"
    if seen.contacts and seen.many:
        yield "several people use this contact"
    if seen.email == "different":
        yield "different e-mail address"
    if seen.phone == "different":
        yield "different phone number"
    if seen.state == "different":
        yield "different state"
    if not seen.contacts and seen.name.is_full and not seen.rare:
        yield "many people have this name"
