"""Find the pairs worth comparing without comparing all: records meet only where they have a key in common."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from crm.leads.matching import tables
from crm.leads.matching.alike import compare_names
from crm.leads.matching.contacts import LOCAL, NATIONAL
from crm.leads.matching.likeness import Likeness, Record, compare, contacts_of
from crm.leads.matching.names import name_of

LARGEST = 40  # records compared each with each; a larger block is sorted, and only neighbours meet
NEIGHBOURS = 10  # on one side
MANY_PEOPLE = 3  # different people on one contact: a facility, an office
LARGEST_PERSON = 30  # messages of one person whose every pair is told


@dataclass(frozen=True)
class Pair:
    """Two records, by their names in the caller's mapping, that may be one person."""

    a: str
    b: str
    likeness: Likeness


def keys(record: Record) -> frozenset[str]:
    """What to store in an indexed column: records that `compare` may suggest have at least one key in common.

    "e:" mailbox; "p:" ten digits; "p7:" the last seven, where one was given without its area code; "n:" family name,
    full given name and state, for those who changed every contact. Shared and made-up contacts give no key.
    """
    contacts = contacts_of(record)
    found = set()
    if contacts.email:
        found.add(f"e:{contacts.email}")
    if len(contacts.phone) > LOCAL:
        found.add(f"p:{contacts.phone}")
    if len(contacts.phone) in (LOCAL, NATIONAL):
        found.add(f"p7:{contacts.phone[-LOCAL:]}")
    if contacts.state:
        found.update(f"n:{family}:{given}:{contacts.state}" for given, family in _named(record.name))
    return frozenset(found)


def pairs(records: Mapping[str, Record]) -> list[Pair]:
    """All suggestions among the records, best first; the same in whatever order they come.

    The work is bounded by the number of records, not by its square, however many share one contact. A link through a
    third record is told too, unless anything in the group contradicts it.
    """
    blocks = _blocks(records)
    shared = frozenset(key for key, members in blocks.items() if key[0] in "ep" and _is_shared(members, records))
    links: dict[tuple[str, str], Likeness] = {}
    for a, b in sorted(_meetings(blocks, records)):
        likeness = compare(records[a], records[b], shared)
        if likeness.same_person:
            links[a, b] = likeness
    groups = _people(links, records)
    found = {pair: likeness for pair, likeness in links.items() if groups[pair[0]] is groups[pair[1]]}
    for group in {id(group): group for group in groups.values()}.values():
        found.update(_through_others(group, found, records))
    told = (Pair(a, b, likeness) for (a, b), likeness in found.items())
    return sorted(told, key=lambda pair: (-pair.likeness.score, pair.a, pair.b))


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


def _is_shared(members: Sequence[str], records: Mapping[str, Record]) -> bool:
    """Whether several people gave this contact; looks at each name once against the few found so far."""
    people: list[str] = []
    for name in sorted({records[member].name for member in members}):
        if name_of(name).words and all(compare_names(name, other).contradicts for other in people):
            people.append(name)
            if len(people) == MANY_PEOPLE:
                return True
    return False


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


def _people(links: Mapping[tuple[str, str], Likeness], records: Mapping[str, Record]) -> dict[str, set[str]]:
    """Groups of records that are one person, the surest links first; none that would put two people together."""
    groups: dict[str, set[str]] = {name: {name} for pair in links for name in pair}
    for (a, b), _likeness in sorted(links.items(), key=lambda link: (-link[1].score, link[0])):
        one, other = groups[a], groups[b]
        if one is other or _contradict(one, other, records):
            continue
        small, large = sorted((one, other), key=len)
        large |= small
        for name in small:
            groups[name] = large
    return groups


def _contradict(one: set[str], other: set[str], records: Mapping[str, Record]) -> bool:
    mine, theirs = ({records[name].name for name in group} for group in (one, other))
    return any(compare_names(a, b).contradicts for a in mine for b in theirs)


def _through_others(
    group: set[str], found: Mapping[tuple[str, str], Likeness], records: Mapping[str, Record]
) -> dict[tuple[str, str], Likeness]:
    """The pairs of a group that have no link of their own."""
    if not 2 < len(group) <= LARGEST_PERSON:
        return {}
    linked = Counter(name for pair in found for name in pair if name in group)
    missing = [pair for pair in combinations(sorted(group), 2) if pair not in found]
    return {pair: _linked(compare(records[pair[0]], records[pair[1]])) for pair in missing if linked}


def _linked(own: Likeness) -> Likeness:
    score = max(own.score, 0.6)
    return Likeness(score, ("both fit a third message", *own.reasons), own.against, True, False)
