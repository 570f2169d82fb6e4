"""What the pages of one source show: its address, an example, what a message says, how fields are matched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm.clock import STATES
from crm.intake.channels import WAYS, Inquiry
from crm.intake.channels.entry import Entry
from crm.intake.guessing import guess
from crm.intake.mapping import inquiry as inquiry_of
from crm.models import Source
from crm.models.source import HOOKED
from crm.programme import programme
from crm.sources.actions import Outcome
from crm.sources.examples import curl
from crm.sources.wording import FACTS, FOR_WHOM, LANGUAGES

MOST_SHOWN = 90  # fields: a form of ours may have a hundred, with its token and the sample
WAY_WORDS = {"call": "call", "text": "text", "email": "e-mail"}
ANSWERS = {"yes": "yes", "no": "no", "unasked": "not asked: treated as no", "name": "only a first name"}
TIMES = {"any": "any time", "am": "morning", "pm": "afternoon", "eve": "evening"}


@dataclass(frozen=True)
class Matched:
    """One field of the sample: what it is called there, what it says, and what it becomes, with the reason."""

    key: str
    sample: str
    why: str
    becomes: str
    is_unsure: bool


@dataclass(frozen=True)
class Preview:
    """What a lead would look like: `missing` are facts that nobody could tell from it."""

    name: str
    for_whom: str
    message: str
    facts: Sequence[tuple[str, str]]
    ways: Mapping[str, str]
    other: Sequence[tuple[str, str]]
    missing: Sequence[str]


def address_of(source: Source) -> str:
    """Where the source's messages are to be posted; empty for one that needs no address."""
    if source.kind in HOOKED:
        return f"{programme().base_url}/hooks/{source.slug}"
    else:
        return f"{programme().base_url}/contact" if source.kind == "form" else ""


def example_of(source: Source) -> str:
    """A request to copy into a terminal; empty for a source that no program writes to."""
    if source.kind == "json":
        return curl(source.kind, f"{programme().base_url}/api/v1/submissions")
    else:
        return curl(source.kind, address_of(source)) if source.kind in HOOKED else ""


def matched(entry: Entry, source: Source, chosen: Mapping[str, str]) -> list[Matched]:
    """The fields of a sample, those to look at first; what was chosen on the page wins over every guess."""
    rows = [
        Matched(
            one.key, one.sample, "you said so" if one.key in source.mapping else one.why,
            chosen.get(one.key, one.means), not one.is_sure and one.means != "other" and one.key not in source.mapping,
        )
        for one in guess(entry, {key: fact for key, fact in source.mapping.items() if fact in FACTS})
    ]
    return sorted(rows[:MOST_SHOWN], key=lambda row: not row.is_unsure)


def preview_of(entry: Entry, source: Source, rows: Sequence[Matched]) -> Preview:
    """What the sample would be as a lead, if its fields became this."""
    return preview(inquiry_of(entry, {**source.mapping, **{row.key: row.becomes for row in rows}}, source.defaults))


def preview(told: Inquiry) -> Preview:
    """What an inquiry would be as a lead."""
    state = STATES.get(told.state or "", told.state or "")
    facts = [
        ("Needs help", told.person_name), ("Where", state), ("ZIP code", told.zip_code), ("Phone", told.phone),
        ("E-mail", told.email), ("Voicemail", ANSWERS[told.voicemail]),
        ("Best time", ", ".join(TIMES[one] for one in told.best_times)),
        ("Language", LANGUAGES.get(told.language, told.language)), ("Wrote on", told.page),
        ("Agreed to", "; ".join(one.text or one.kind for one in told.agreements if one.granted)),
        ("Also", "; ".join(told.notes)),
    ]
    missing = [words for words, said in (("a name", told.name), ("a phone or an e-mail", told.phone or told.email),
                                         ("a message", told.message), ("a state", told.state)) if not said]
    return Preview(
        told.name, FOR_WHOM[told.for_whom], told.message, [(term, words) for term, words in facts if words],
        {WAY_WORDS[way]: told.ways.get(way, "unasked") for way in WAYS}, told.other, missing,
    )


def outcome_words(done: Outcome) -> list[str]:
    """What became, or would become, of messages that were read again."""
    said = [(done.new, "become new people", "becomes a new person"),
            (done.joined, "join people we know", "joins somebody we know"),
            (done.held, "are held for somebody to look at", "is held for somebody to look at"),
            (done.stay, "stay here: still no name, no contact and no message",
             "stays here: still no name, no contact and no message")]
    return [f"{number} {one if number == 1 else many}" for number, many, one in said if number]
