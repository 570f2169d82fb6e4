"""What a vendor's body says, before anybody decides what its fields mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from crm.clock import as_utc, parse_moment
from crm.intake.channels import Agreement
from crm.intake.channels.traces import CAMPAIGN, address, campaign, is_trace, is_trace_value, squeezed

LONGEST_ID = 200  # characters: the width of the column; a longer one is no vendor's
MOST_DIGITS = 15  # of an entry's number: more is not a count

PAGES = {"page", "pageurl", "sourceurl", "url", "posturl", "embedurl", "landingpage", "landingpageurl", "pagelink"}
REFERRERS = {"referrer", "referer", "httpreferer", "httpreferrer", "referringurl", "referrerurl", "refererurl"}
FORMS = ("formid", "formname", "formtitle", "wpcf7")
NUMBERS = ("entryid", "submissionid", "serialnumber")
MOMENTS = {"submittedat", "createdat", "submissiontime", "leadsubmittime"}


@dataclass(frozen=True)
class Field:
    """One answer as it was sent, in clean text: `label` is empty when the vendor sends none, `values` when it says
    nothing."""

    key: str
    label: str
    values: tuple[str, ...]

    @property
    def text(self) -> str:
        """All values on one line."""
        return ", ".join(self.values)


@dataclass(frozen=True)
class Entry:
    """One message of a vendor.

    `means` says which of our facts a field is, where the vendor itself declares it. `external_id` is unique within the
    source; None when the vendor sends none. `number` rises by one with each entry of `form`. `submitted_at` is UTC.
    `page`, `referrer` and `utm` hold nothing that tells an advertiser who somebody is. `notes` are words for staff.
    `as_of`: when the vendor knew this, where it tells the same entry again and not always in order.
    """

    fields: tuple[Field, ...]
    means: Mapping[str, str] = field(default_factory=dict)
    external_id: str | None = None
    form: str = ""
    number: int | None = None
    submitted_at: datetime | None = None
    page: str = ""
    referrer: str = ""
    utm: Mapping[str, str] = field(default_factory=dict)
    is_test: bool = False
    notes: tuple[str, ...] = ()
    consents: tuple[Agreement, ...] = ()
    as_of: datetime | None = None


def compose(fields: Sequence[Field]) -> Entry:
    """An entry of free fields: what is about the page, the form and the number of the entry is told apart by its key.

    Advertisers' click numbers, addresses of machines and tokens are left out.
    """
    fields = _each_once(fields)
    told = {squeezed(one.key): one.text for one in fields if one.values}
    kept = [_without_traces(one) for one in fields if not _is_about_the_form(one)]
    page = next((address(told[key]) for key in told if key in PAGES), "")
    utm = {**campaign(page), **_campaign_fields(fields)}
    return Entry(
        fields=tuple(kept),
        means={one.key: "page" for one in kept if squeezed(one.key) in PAGES},
        external_id=identity(next((told[key] for key in NUMBERS if key in told), "")),
        form=next((told[key] for key in FORMS if key in told), "")[:LONGEST_ID],
        submitted_at=next((moment(told[key]) for key in told if key in MOMENTS), None),
        page=page,
        referrer=next((address(told[key]) for key in told if key in REFERRERS), ""),
        utm=utm,
    )


def without(entry: Entry, keys: set[str]) -> Entry:
    """The same entry without these fields, which the vendor's channel has read itself."""
    return replace(entry, fields=tuple(one for one in entry.fields if one.key not in keys))


def identity(text: str) -> str | None:
    """The vendor's own number of an entry, if it can be one."""
    return text if text and len(text) <= LONGEST_ID and not any(mark.isspace() for mark in text) else None


def count(text: str) -> int | None:
    """The number of an entry, for finding gaps; None when it is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def moment(text: str) -> datetime | None:
    """A moment that says its zone, in UTC; None for anything else."""
    try:
        return parse_moment(text)
    except ValueError:
        return None


def moment_in_utc(text: str) -> datetime | None:
    """As `moment`, for vendors that write UTC without saying so."""
    try:
        found = datetime.fromisoformat(text.strip())
        return as_utc(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _each_once(fields: Sequence[Field]) -> list[Field]:
    """A key that comes again brings more values to the same field."""
    found: dict[str, Field] = {}
    for one in fields:
        known = found.get(one.key, one)
        found[one.key] = replace(known, values=tuple(dict.fromkeys(known.values + one.values)))
    return list(found.values())


def _is_about_the_form(one: Field) -> bool:
    key = squeezed(one.key)
    known = key in REFERRERS or key in FORMS or key in NUMBERS or key in MOMENTS
    return known or key.startswith("utm") or is_trace(one.key) or any(is_trace_value(value) for value in one.values)


def _without_traces(one: Field) -> Field:
    is_page = squeezed(one.key) in PAGES
    return replace(one, values=tuple(address(text) if is_page or _is_link(text) else text for text in one.values))


def _is_link(text: str) -> bool:
    return text.lower().startswith(("http://", "https://")) and " " not in text and "\n" not in text


def _campaign_fields(fields: Sequence[Field]) -> dict[str, str]:
    named = [(squeezed(one.key), one.text[:LONGEST_ID]) for one in fields]
    found = {f"utm_{key.removeprefix('utm')}": text for key, text in named if key.startswith("utm") and text}
    return {name: text for name, text in found.items() if name in CAMPAIGN}
