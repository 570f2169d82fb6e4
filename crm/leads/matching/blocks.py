"""Find the pairs worth comparing without comparing all: records meet only where they have a key in common."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from crm.leads.matching import tables
from crm.leads.matching.alike import compare_names
from crm.leads.matching.contacts import LOCAL, NATIONAL
from crm.leads.matching.likeness import SUGGESTED, Likeness, Record, compare, contacts_of, is_rare
from crm.leads.matching.names import name_of, soundex

LARGEST = 40  # records compared each with each; a larger block is sorted, and only neighbours meet
NEIGHBOURS = 10  # on one side
MANY_PEOPLE = 3  # different people on one contact: a facility, an office
LARGEST_PERSON = 30  # messages of one person whose every pair is told

Links = dict[tuple[str, str], Likeness]


@dataclass(frozen=True)
class Pair:
    """Two records, by their names in the caller's mapping, that may be one person."""

    a: str
    b: str
    likeness: Likeness


def keys(record: Record) -> frozenset[str]:
    """What to store in an indexed column: records that `compare` may suggest have a key in common.

    "e:" mailbox; "p:" ten digits; "p7:" the last seven, where one was given without its area code; "n:" full given name
    and the sound of the family name, with the state and for rare names also without, for those who changed every
    contact. Shared and made-up contacts give no key. Not found: every contact new *and* a slip that changes the sound.
    """
    contacts = contacts_of(record)
    found = set()
    if contacts.email:
        found.add(f"e:{contacts.email}")
    if len(contacts.phone) > LOCAL:
        found.add(f"p:{contacts.phone}")
    if len(contacts.phone) in (LOCAL, NATIONAL):
        found.add(f"p7:{contacts.phone[-LOCAL:]}")
    places = {contacts.state} - {""} | ({""} if is_rare(record.name) else set())
    found.update(f"n:{given}:{soundex(family)}:{place}" for given, family in _named(record.name) for place in places)
    return frozenset(found)


def pairs(records: Mapping[str, Record]) -> list[Pair]:
    """All suggestions among the records, best first; the same in whatever order they come.

    The work is bounded by the number of records, not by its square, however many share one contact. A link through a
    third record is told too, unless anything in the group contradicts it.
    """
    blocks = _blocks(records)
    shared = frozenset(key for key, members in blocks.items() if key[0] in "ep" and is_shared(members, records))
    links: dict[tuple[str, str], Likeness] = {}
    apart: dict[str, set[str]] = defaultdict(set)
    for a, b in _meetings(blocks, records):
        likeness = compare(records[a], records[b], shared)
        if likeness.same_person:
            links[a, b] = likeness
        elif likeness.household:
            apart[a].add(b)
            apart[b].add(a)
    people = _people(links, apart, records)
    found = {pair: likeness for pair, likeness in links.items() if people[pair[0]] is people[pair[1]]}
    for person in {id(person): person for person in people.values()}.values():
        found.update(_through_others(person, found, records))
    told = (Pair(a, b, likeness) for (a, b), likeness in found.items())
    return sorted(told, key=lambda pair: (-pair.likeness.score, pair.a, pair.b))


def is_shared(members: Sequence[str], records: Mapping[str, Record]) -> bool:
    """Whether several people gave this contact; looks at each name once against the few found so far."""
    people: list[str] = []
    for name in sorted({records[member].name for member in members}):
        if name_of(name).words and all(compare_names(name, other).contradicts for other in people):
            people.append(name)
            if len(people) == MANY_PEOPLE:
                return True
    return False


def _named(typed: str) -> Iterator[tuple[str, str]]:
    """Given and family names the record can be looked for under, in both orders."""
    words = [word for word in name_of(typed).words if len(word) > 1]
    if len(words) < 2:
        return
    for given in (words[0], words[-1]):
        for family in words:
            if family != given:
                for root in tables.roots(given):
                    yield root, family


def _blocks(records: Mapping[str, Record]) -> dict[str, list[str]]:
    blocks: dict[str, list[str]] = defaultdict(list)
    for name in sorted(records):
        for key in keys(records[name]):
            blocks[key].append(name)
    return {key: members for key, members in blocks.items() if len(members) > 1}


def _meetings(blocks: Mapping[str, list[str]], records: Mapping[str, Record]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for members in blocks.values():
        if len(members) <= LARGEST:
            found.update(combinations(members, 2))
        else:
            for order in (_by_given, _by_family):
                line = sorted(members, key=lambda name: (order(records[name]), name))
                found.update(
                    (min(name, other), max(name, other))
                    for place, name in enumerate(line)
                    for other in line[place + 1 : place + 1 + NEIGHBOURS]
                )
    return found


def _by_given(record: Record) -> tuple[str, ...]:
    words = name_of(record.name).words
    return (min(tables.roots(words[0])), *words[1:]) if words else ()


def _by_family(record: Record) -> tuple[str, ...]:
    words = name_of(record.name).words
    return (words[-1], *words[:-1])[:3] if words else ()


@dataclass(frozen=True)
class _Person:
    """Records taken for one person, and every way the name was typed."""

    rows: set[str]
    names: set[str]


def _people(links: Links, apart: Mapping[str, set[str]], records: Mapping[str, Record]) -> dict[str, _Person]:
    """Who each linked record is, the surest links first; a link that would put two people together is left out."""
    people = {row: _Person({row}, {records[row].name}) for pair in links for row in pair}
    for (a, b), _likeness in sorted(links.items(), key=lambda link: (-link[1].score, link[0])):
        small, large = sorted((people[a], people[b]), key=lambda person: len(person.rows))
        if small is large or any(not large.rows.isdisjoint(apart.get(row, ())) for row in small.rows):
            continue
        linked = {records[a].name, records[b].name}  # were weighed with their messages already
        if any({one, other} != linked and compare_names(one, other).contradicts
               for one in small.names for other in large.names):  # fmt: skip
            continue
        large.rows.update(small.rows)
        large.names.update(small.names)
        people.update(dict.fromkeys(small.rows, large))
    return people


def _through_others(person: _Person, found: Links, records: Mapping[str, Record]) -> Links:
    """The pairs of a person's records that have no link of their own."""
    if not 2 < len(person.rows) <= LARGEST_PERSON:
        return {}
    missing = [pair for pair in combinations(sorted(person.rows), 2) if pair not in found]
    return {(a, b): _linked(compare(records[a], records[b])) for a, b in missing}


def _linked(own: Likeness) -> Likeness:
    return Likeness(max(own.score, SUGGESTED), ("both fit a third message", *own.reasons), own.against, True, False)
