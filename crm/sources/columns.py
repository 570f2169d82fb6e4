"""What each column of a file is, guessed from its name and from its first rows; a person may say otherwise."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm.intake.channels import values
from crm.intake.channels.entry import Field, compose
from crm.intake.channels.row import WHEN, moment_of
from crm.intake.guessing import SHARED, guess, is_email, is_phone
from crm.models.contact import email_contact
from crm.sources.tables import ENTRY_NAMES, FORM_NAMES, letters

SURE = 3  # votes of a row whose label and value agree; one that only looks like it has one vote
HANDED_BACK = "Why it was handed back"  # the column that we put before those of the file

_WHEN_NAMES = frozenset((
    "entry date", "date", "date created", "created", "created at", "date submitted", "submitted", "submitted at",
    "submission date", "timestamp", "time", "received", "received at", "date time", "date added", "fecha",
    "fecha de entrada", "fecha de la entrada", "marca temporal",
))  # fmt: skip
# A plugin exports the words beside a tick also where nobody ticked it.
_BESIDE_A_TICK = re.compile(r"\((?:text|description|texto|descripción)\)\s{0,3}$", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """One column: what it means to us, why we think so, and what stands in it, row by row."""

    name: str
    means: str
    why: str
    cells: tuple[str, ...]

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Each cell, and what is wrong with it as what the column means."""
        return [(cell, _trouble(self.means, cell) if cell else "") for cell in self.cells]


def columns(header: Sequence[str], sample: Sequence[Mapping[str, str]], settled: Mapping[str, str]) -> list[Column]:
    """The columns of a file in their order; `settled` (name to meaning) is what somebody has said already."""
    guessed = _voted(header, sample)
    found = []
    for name in header:
        means, why = (settled[name], "as you said") if name in settled else guessed[name]
        found.append(Column(name, means, why, tuple(row.get(name, "") for row in sample)))
    return found


def meanings(header: Sequence[str], sample: Sequence[Mapping[str, str]], settled: Mapping[str, str]) -> dict[str, str]:
    """What every column means, by its name."""
    return {one.name: one.means for one in columns(header, sample, settled)}


def _trouble(means: str, cell: str) -> str:
    if means == "phone":
        return "" if is_phone(cell) or is_email(cell) else "no number we can call"
    elif means == "email":
        return "" if email_contact(cell) or is_phone(cell) else "no address we can write to"
    elif means == "via":
        return "" if values.ways(cell) or values.yes_or_no(cell) is not None else "unclear: they are asked first"
    elif means == "state":
        return "" if values.state(cell) else "no state we know"
    elif means == WHEN:
        return "" if moment_of(cell, "UTC") else "no date we can read"
    else:
        return ""


def _voted(header: Sequence[str], sample: Sequence[Mapping[str, str]]) -> dict[str, tuple[str, str]]:
    """Each row says what it thinks of each column; a fact that only one can be is the column's with most votes."""
    known = {name: told for name in header if (told := _by_name(name, sample))}
    votes: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in header}
    for row in [*sample[:50], {}]:
        fields = [Field(name, name, (row[name],) if row.get(name) else ()) for name in header if name not in known]
        kept = compose(fields)
        for one in guess(kept):
            if one.means != "other":
                votes[one.key][one.means, one.why] += SURE if one.is_sure else 1
        left = {one.key for one in kept.fields}
        for field in fields:
            if field.key not in left:
                known.setdefault(field.key, ("ignore", "about the form and the page"))
    return _shared_out(header, votes, known)


def _shared_out(
    header: Sequence[str], votes: Mapping[str, Counter[tuple[str, str]]], known: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    given = dict(known)
    taken: set[str] = set()
    ranked = [(count, name, fact, why) for name in header if name not in known
              for (fact, why), count in votes[name].items()]
    for _, name, fact, why in sorted(ranked, key=lambda one: -one[0]):
        if name not in given and (fact in SHARED or fact not in taken):
            given[name] = (fact, why)
            taken.add(fact)
    return {name: given.get(name, ("other", "nothing we have a place for")) for name in header}


def _by_name(name: str, sample: Sequence[Mapping[str, str]]) -> tuple[str, str] | None:
    plain = letters(name)
    if name == HANDED_BACK or plain in ENTRY_NAMES | FORM_NAMES:
        return "ignore", "about the form and the page"
    elif _BESIDE_A_TICK.search(name):
        return "ignore", "the words beside a tick"
    elif plain in _WHEN_NAMES and any(moment_of(row.get(name, ""), "UTC") for row in sample):
        return WHEN, f"named “{name[:80]}”, and there are dates in it"
    else:
        return None
