"""Who else might this be? Keys are kept with each lead, and others with a key in common are suggested. Joins nobody."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, bindparam, delete, func, insert, select, union_all
from sqlalchemy.orm import aliased

from crm.db import db
from crm.leads.matching import Likeness as Fit
from crm.leads.matching import Record, agrees_on_name, compare, is_shared, keys
from crm.models import ContactPoint, Lead, Likeness, MatchKey, Person, Submission
from crm.models.likeness import LONGEST_KEY

log = logging.getLogger("lantern")

CANDIDATES = 50  # leads with one contact; what more have is a facility's, and says nothing. And compared at the most
NAMESAKES = 15  # leads with one name in one state; more bear a common one
MOST_KEYS = 40  # of one lead: a name of many words has many readings
MOST_CONTACTS = 2  # numbers, and as many addresses, that are compared each with each
LONGEST_MESSAGE = 4_000  # characters of what somebody wrote that count as evidence
NO_KEY = ""
TWO_PURPOSES = "one wrote for themselves, the other for somebody else"


@dataclass
class _Candidate:
    """A lead that has a key in common, as it is compared. `id` is the one it was joined with, if it was."""

    id: int
    inquirer_id: int
    name: str
    state: str
    for_whom: str
    named: str  # the person in need, where somebody else wrote
    contacts: dict[str, dict[str, None]] = field(default_factory=lambda: {"phone": {}, "email": {}})

    def records(self, message: str) -> list[Record]:
        phones = [*self.contacts["phone"]][:MOST_CONTACTS] or [""]
        emails = [*self.contacts["email"]][:MOST_CONTACTS] or [""]
        return [Record(self.name, email, phone, self.state, message) for phone, email in product(phones, emails)]


def recognise(lead: Lead, at: datetime, is_new: bool = False) -> None:
    """Keep the lead's keys and whom it may be the same as. Whatever goes wrong here never costs the lead itself."""
    try:
        with db.session.begin_nested():
            _recognise(lead, at, is_new)
    except Exception as error:  # a suggestion is not worth a person
        log.error("lead %s could not be compared with others: %s", lead.ref, type(error).__name__)


def recognise_new(leads: Sequence[Lead], at: datetime) -> None:
    """The same for many new leads at once, as from a file: most share no key with anybody, and are compared with none.

    Whatever goes wrong sends each through `recognise` by itself.
    """
    try:
        with db.session.begin_nested():
            db.session.flush()
            _recognise_new(leads, at)
    except Exception as error:
        log.error("%s leads are compared one by one: %s", len(leads), type(error).__name__)
        for lead in leads:
            recognise(lead, at, is_new=True)


def key_words(records: Iterable[Record]) -> list[str]:
    """The keys to keep for these records, those of contacts first; the empty one when there are none."""
    found = {key[:LONGEST_KEY] for record in records for key in keys(record)}
    return sorted(found, key=lambda key: (key.startswith("n:"), key))[:MOST_KEYS] or [NO_KEY]


def _recognise(lead: Lead, at: datetime, is_new: bool) -> None:
    db.session.flush()
    mine = _as_candidate(lead)
    words = key_words(mine.records(""))
    rows = _sharing(words) if words != [NO_KEY] else []
    known = {row.key for row in rows if row.lead_id == lead.id}
    if not is_new:
        db.session.execute(delete(MatchKey).where(MatchKey.lead_id == lead.id, MatchKey.key.not_in(words)))
        known |= set(db.session.scalars(select(MatchKey.key).where(MatchKey.lead_id == lead.id)))
    if new := [{"lead_id": lead.id, "key": key} for key in words if key not in known]:
        db.session.execute(insert(MatchKey), new)
    fits = _fits(lead, mine, rows)
    if fits:
        _remember(lead, fits, at, is_new)


def _recognise_new(leads: Sequence[Lead], at: datetime) -> None:
    each = [(lead, key_words(_as_candidate(lead).records(""))) for lead in leads]
    every = {word for _, words in each for word in words}
    taken = set(db.session.scalars(select(MatchKey.key).where(MatchKey.key.in_(every)).distinct()))
    for lead, words in each:
        if words != [NO_KEY] and not taken.isdisjoint(words):
            _recognise(lead, at, is_new=True)  # whoever stands above it in the file has left their keys by now
        else:
            db.session.add_all(MatchKey(lead_id=lead.id, key=key) for key in words)
        taken |= set(words)


def _as_candidate(lead: Lead) -> _Candidate:
    named = lead.person.name if lead.person is not lead.inquirer else ""
    mine = _Candidate(lead.id, lead.inquirer_id, lead.inquirer.name, lead.person.state or "", lead.for_whom, named)
    for point in lead.inquirer.contact_points:
        mine.contacts[point.kind][point.value] = None
    return mine


def _sharing(words: Sequence[str]) -> Sequence[Row[Any]]:
    """Everybody with one of the keys, a row for each contact of theirs; one statement that reads each index's end."""
    asked = _sharing_some(tuple(map(_at_most, words)))
    return db.session.execute(asked, {f"key_{at}": word for at, word in enumerate(words)}).all()


@cache
def _sharing_some(limits: tuple[int, ...]) -> Select[Any]:
    """The statement for keys of which so many are read each: putting it together costs more than answering it."""
    each = [
        select(select(word.label("key"), MatchKey.lead_id.label("lead_id"))
               .where(MatchKey.key == word).order_by(MatchKey.lead_id.desc()).limit(most + 1).subquery())
        for word, most in ((bindparam(f"key_{at}", type_=String), most) for at, most in enumerate(limits))
    ]  # fmt: skip
    found, in_need = union_all(*each).subquery(), aliased(Person)
    survivor: ColumnElement[int] = func.coalesce(Lead.merged_into_id, Lead.id)
    return (
        select(found.c.key, found.c.lead_id, survivor.label("survivor_id"), Lead.inquirer_id, Lead.person_id,
               Lead.for_whom, Person.name, in_need.name.label("named"), in_need.state, ContactPoint.kind,
               ContactPoint.value)
        .join(Lead, Lead.id == found.c.lead_id).join(Person, Person.id == Lead.inquirer_id)
        .join(in_need, in_need.id == Lead.person_id)
        .outerjoin(ContactPoint, ContactPoint.person_id == Person.id)
        .order_by(found.c.lead_id, ContactPoint.id)
    )  # fmt: skip


def _at_most(key: str) -> int:
    return NAMESAKES if key.startswith("n:") else CANDIDATES


def _fits(lead: Lead, mine: _Candidate, rows: Sequence[Row[Any]]) -> dict[int, Fit]:
    """Those it may be the same as, or share a household with, by row number."""
    by_key: dict[str, dict[int, _Candidate]] = defaultdict(dict)
    everybody: dict[int, _Candidate] = {}
    for row in rows:
        if row.lead_id != lead.id and row.inquirer_id != lead.inquirer_id and row.survivor_id != lead.id:
            named = row.named if row.person_id != row.inquirer_id else ""
            one = everybody.setdefault(row.lead_id, _Candidate(
                row.survivor_id, row.inquirer_id, row.name, row.state or "", row.for_whom, named,
            ))  # fmt: skip
            by_key[row.key][row.lead_id] = one
            if row.value:
                one.contacts[row.kind][row.value] = None
    many = {key for key, leads in by_key.items() if len(leads) > _at_most(key)}
    shared = {key for key in by_key if key in many or (key[0] in "ep" and _is_shared(mine, by_key[key]))}
    chosen = {number: one for key, leads in by_key.items() if key not in many for number, one in leads.items()}
    latest = dict(sorted(chosen.items())[-CANDIDATES:])
    messages = _messages([lead.id, *latest]) if latest else {}
    fits: dict[int, Fit] = {}
    for number, one in latest.items():
        fit = _compare(mine, one, shared, messages.get(lead.id, ""), messages.get(number, ""))
        if (fit.same_person or fit.household) and _is_better(fit, fits.get(one.id)):
            fits[one.id] = fit
    return fits


def _is_shared(mine: _Candidate, others: Mapping[int, _Candidate]) -> bool:
    records = {str(number): one.records("")[0] for number, one in others.items()} | {"mine": mine.records("")[0]}
    return is_shared([*records], records)


def _messages(lead_ids: Sequence[int]) -> dict[int, str]:
    wrote = select(Submission.lead_id, Submission.ref, Submission.message_sealed).where(
        Submission.lead_id.in_(lead_ids), Submission.message_sealed.is_not(None)
    )
    said: dict[int, str] = defaultdict(str)
    row: Any
    for row in db.session.execute(wrote.order_by(Submission.id)):
        if len(said[row.lead_id]) < LONGEST_MESSAGE:
            said[row.lead_id] += Submission.message.open(row.message_sealed, f"submission.message:{row.ref}") + "\n"
    return said


def _compare(mine: _Candidate, one: _Candidate, shared: set[str], written: str, wrote: str) -> Fit:
    found = [compare(a, b, shared) for a in mine.records(written[:LONGEST_MESSAGE].strip())
             for b in one.records(wrote[:LONGEST_MESSAGE].strip())]
    best = max(found, key=lambda fit: (fit.same_person, fit.score, fit.household))
    told_apart = bool(mine.named and one.named) and not agrees_on_name(mine.named, one.named)
    by_office = "client" in (mine.for_whom, one.for_whom) and not (mine.named and one.named)
    if told_apart or by_office:  # one mother of two sons, one nurse of many: who wrote is not who is meant
        return Fit(best.score, best.reasons, best.against, same_person=False, household=False)
    elif mine.for_whom != one.for_whom:
        return Fit(best.score, best.reasons, (*best.against, TWO_PURPOSES), best.same_person, best.household)
    return best


def _is_better(fit: Fit, than: Fit | None) -> bool:
    return than is None or (fit.same_person, fit.score) > (than.same_person, than.score)


def _remember(lead: Lead, fits: Mapping[int, Fit], at: datetime, is_new: bool) -> None:
    """What somebody has decided about a pair stands; a suggestion that is known already is told anew."""
    about = select(Likeness).where((Likeness.a_id == lead.id) | (Likeness.b_id == lead.id))
    known = {} if is_new else {(one.a_id, one.b_id): one for one in db.session.scalars(about)}
    for number, fit in fits.items():
        pair = min(lead.id, number), max(lead.id, number)
        likeness = known.get(pair) or Likeness(a_id=pair[0], b_id=pair[1], found_at=at)
        if likeness.decision is None:
            likeness.score, likeness.is_household = round(fit.score * 100), fit.household
            likeness.reasons, likeness.against = list(fit.reasons), list(fit.against)
            db.session.add(likeness)
