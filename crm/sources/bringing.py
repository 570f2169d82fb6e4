"""Rows of a file become people: each is new, joins somebody we know, or is handed back, with why and what to do."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from crm.db import db
from crm.db.turns import take_turns
from crm.intake import actions, repeats
from crm.intake.channels import Inquiry
from crm.intake.channels.row import CONTENT_TYPE
from crm.intake.delivery import Delivery
from crm.intake.reading import read_row
from crm.leads.matching import agrees_on_name, is_shared_contact
from crm.models import ContactPoint, ImportRun, Lead, Person, Submission
from crm.models.contact import Contact
from crm.sources.columns import HANDED_BACK
from crm.sources.tables import Row, fingerprint, gravity_key

log = logging.getLogger("lantern")

BATCH = 200  # rows in one transaction
STOPPED = "asked_to_stop"
FEWEST_DIGITS = 7  # of a number that somebody abroad may have given without its country

NOTHING = "No phone, no e-mail and no message."
NOT_USABLE = "The phone number or the e-mail address cannot be used, and there is no message."
OTHER_NAME = "This entry number came before, under another name."
KEPT_OUT = "Asked us not to contact them."
OUR_FAULT = "Something went wrong on our side."
CORRECT_IT = "Correct it in the file, and bring in only these rows."
ADVICE = {  # reason: what to do; everything else can be corrected in the file
    NOTHING: "There is nothing to go on. Ask whoever made the file.",
    OTHER_NAME: "Two people may share one entry. Look at both.",
    KEPT_OUT: "Kept out on purpose. Nothing to do.",
    OUR_FAULT: "Bring in only these rows again; if it stays, tell whoever runs the service.",
}


@dataclass(frozen=True)
class Rejected:
    """A row that was handed back, whole."""

    row: int
    reason: str
    values: dict[str, str]


@dataclass
class Outcome:
    """What became of some rows."""

    created: int = 0
    joined: int = 0
    rejected: list[Rejected] = field(default_factory=list)


@dataclass(frozen=True)
class _Ready:
    """A row with what it says, not brought in yet."""

    row: Row
    delivery: Delivery
    inquiry: Inquiry
    contacts: tuple[Contact, ...]

    @property
    def key(self) -> str:
        return self.delivery.external_id or ""


class Remembered:
    """Whom a trial would have brought in by now: nothing of it stands in the database. It grows with the file."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self._names: dict[tuple[str, str], set[str]] = {}

    def knows(self, one: _Ready) -> bool:
        """Whether the real thing would find the same person by then, as `repeats.known_lead` does."""
        behind = [self._names.get((contact.normal, one.inquiry.for_whom), set()) for contact in _own(one)]
        return any(names and all(agrees_on_name(name, one.inquiry.name) for name in names) for names in behind)

    def note(self, one: _Ready) -> None:
        """It would be there from now on."""
        for contact in _own(one):
            self._names.setdefault((contact.normal, one.inquiry.for_whom), set()).add(one.inquiry.name)


def bring_in(run: ImportRun, rows: Iterable[Row], at: datetime, remembered: Remembered | None = None) -> Outcome:
    """Some rows, in the current transaction. The same row again, also by another way, is recognised.

    For a trial the caller gives what it `remembered` so far, and rolls back.
    """
    outcome, ready = Outcome(), []
    for row in rows:
        one = _read(run, row)
        if isinstance(one, Rejected):
            outcome.rejected.append(one)
        else:
            ready.append(one)
    known = _names_behind(run, ready)
    new: list[_Ready] = []
    for one in ready:
        if one.key in known or (remembered and one.key in remembered.keys):
            _is_there(one, known.get(one.key, ""), outcome)
        else:
            known[one.key] = one.inquiry.name
            new.append(one)
    _receive(run, new, outcome, remembered, at)
    outcome.rejected.sort(key=lambda one: one.row)
    return outcome


def advice(reason: str) -> str:
    """What somebody can do about rows that were handed back for it."""
    return ADVICE.get(reason, CORRECT_IT)


def _read(run: ImportRun, row: Row) -> _Ready | Rejected:
    cells = {name: cell for name, cell in row.values.items() if name != HANDED_BACK}
    if row.problem:
        return Rejected(row.number, row.problem, cells)
    inquiry = read_row(cells, run)
    contacts = repeats.contacts_of(inquiry)
    if not any(map(_is_usable, contacts)) and not inquiry.message:
        return Rejected(row.number, NOT_USABLE if inquiry.phone or inquiry.email else NOTHING, cells)
    entry = gravity_key(cells, run.form)
    form, _, number = (entry or "").partition(":")
    raw = json.dumps(cells, ensure_ascii=False).encode("utf-8", "surrogatepass")
    delivery = Delivery(
        raw, CONTENT_TYPE.format(row.number), external_id=entry or f"row:{fingerprint(cells)}", form=form,
        number=int(number[:15]) if number else None, import_run=run, import_row=row.number,
    )
    return _Ready(row, delivery, inquiry, tuple(contacts))


def _is_usable(contact: Contact) -> bool:
    return contact.kind == "email" or contact.normal.startswith("+") or len(contact.normal) >= FEWEST_DIGITS


def _names_behind(run: ImportRun, ready: Sequence[_Ready]) -> dict[str, str]:
    """Which of these entries are here already, and by which name: one question for all of them."""
    wanted = select(Submission.external_id, Person.name).outerjoin(Submission.lead).outerjoin(Lead.inquirer).where(
        Submission.source_id == run.source_id, Submission.external_id.in_([one.key for one in ready])
    )
    return {key: name or "" for key, name in db.session.execute(wanted) if key}


def _is_there(one: _Ready, name: str, outcome: Outcome) -> None:
    if name and one.inquiry.name and not agrees_on_name(name, one.inquiry.name):
        outcome.rejected.append(Rejected(one.row.number, OTHER_NAME, one.row.values))
    else:
        outcome.joined += 1


def _receive(
    run: ImportRun, new: Sequence[_Ready], outcome: Outcome, remembered: Remembered | None, at: datetime
) -> None:
    """All together; if that fails one by one, and the poisonous row is handed back."""
    counted = (outcome.created, outcome.joined, len(outcome.rejected))
    try:
        with db.session.begin_nested():
            _receive_all(run, new, outcome, remembered, at)
            db.session.flush()
        return
    except Exception as error:
        log.error("a batch of an import is tried one by one: %s", type(error).__name__)
    outcome.created, outcome.joined = counted[:2]
    del outcome.rejected[counted[2]:]
    for one in new:
        try:
            with db.session.begin_nested():
                _receive_all(run, [one], outcome, remembered, at)
                db.session.flush()
        except Exception as error:  # its own text may hold what somebody typed: only its kind is logged
            log.error("row %s of an import is handed back: %s", one.row.number, type(error).__name__)
            outcome.rejected.append(Rejected(one.row.number, OUR_FAULT, one.row.values))


def _receive_all(
    run: ImportRun, new: Sequence[_Ready], outcome: Outcome, remembered: Remembered | None, at: datetime
) -> None:
    take_turns(f"writes again {own[0].normal}" for one in new if (own := _own(one)))
    familiar = _familiar(new)
    for one in new:
        theirs = {contact.normal for contact in one.contacts}
        known = repeats.known_lead(one.inquiry) if theirs & familiar else None
        familiar |= theirs
        if remembered and known is None and remembered.knows(one):
            outcome.joined += 1
        elif known and _is_to_be_left_alone(known, one.inquiry):
            outcome.rejected.append(Rejected(one.row.number, KEPT_OUT, one.row.values))
        else:
            actions.receive_row(run.source, one.delivery, one.inquiry, known, at)
            is_joined = known is not None and known.is_open
            outcome.joined, outcome.created = outcome.joined + is_joined, outcome.created + (not is_joined)
        if remembered:
            remembered.keys.add(one.key)
            remembered.note(one)


def _familiar(new: Sequence[_Ready]) -> set[str]:
    """The contacts of these rows that somebody we know has: all others need not be looked up one by one."""
    wanted = {contact.normal for one in new for contact in one.contacts}
    return set(db.session.scalars(select(ContactPoint.normal).where(ContactPoint.normal.in_(wanted))))


def _is_to_be_left_alone(known: Lead, inquiry: Inquiry) -> bool:
    """They asked us to stop, and have not written since as far as the file says."""
    if known.ended_at is None or known.closed_reason != STOPPED:
        return False
    return inquiry.submitted_at is None or inquiry.submitted_at <= known.ended_at


def _own(one: _Ready) -> list[Contact]:
    """Where the person alone is reached; nothing of whoever writes for many."""
    if not one.inquiry.name or one.inquiry.for_whom == "client":
        return []
    return [contact for contact in one.contacts if not is_shared_contact(contact.value, contact.kind)]


def cells_of(kept: str | None) -> Mapping[str, str]:
    """The cells of a rejected row by their columns; none when they are erased."""
    found: dict[str, str] = json.loads(kept) if kept else {}
    return found
