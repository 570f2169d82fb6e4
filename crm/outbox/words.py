"""What our notices to staff say: times and short references. Never a name, a number to call, or why somebody wrote."""

from datetime import datetime, timedelta

from crm.clock import clock_words, parse_moment
from crm.models import Message
from crm.models.lead import short_reference
from crm.programme import programme

LATE_AFTER = timedelta(minutes=10)  # a mail may take that long on its way; beyond it a reminder says how late it is

_TITLES = {
    "follow-up-due": "Follow-up due",
    "new-message": "New message",
    "wrote-again": "Wrote again",
    "danger": "Read this first",
    "source-alarm": "A source of messages needs a look",
    "danger-held": "Read the held messages first",
    "assigned": "New person for you",
    "joined": "Joined with another page",
    "parted": "Taken apart again",
    "no-longer-yours": "No longer with you",
    "import-done": "Your file is in",
}


def notice_words(message: Message, at: datetime) -> str:
    """One line for the list of notices: "Follow-up due 2:05 PM · L-1042 · open"."""
    parts = [_TITLES[message.kind] + _due(message, at)]
    if message.kind == "import-done":
        created, joined, rejected = (message.facts.get(name, 0) for name in ("created", "joined", "rejected"))
        parts.append(f"{created:,} new, {joined:,} joined, {rejected:,} handed back")
    about = message.lead_id or message.facts.get("was")  # a page that the reader had
    if about is not None:
        parts.append(short_reference(about))
    return " · ".join([*parts, "open"] if message.kind == "follow-up-due" else parts)


def subject(message: Message, at: datetime) -> str:
    """The subject of the mail: what a locked phone may show on a kitchen table."""
    return notice_words(message, at)


def body(message: Message, at: datetime) -> str:
    """The plain text of the mail: the same words, whether it is late, and where to go."""
    page = "my-day" if message.reader.role == "coach" else "queue"
    late = _late(message, at)
    lines = [f"{notice_words(message, at)}.", *([late] if late else []), "", f"Open it: {programme().base_url}/{page}"]
    return "\n".join(lines) + "\n"


def _due(message: Message, at: datetime) -> str:
    due = message.facts.get("due_at")
    return f" {clock_words(parse_moment(due), message.reader.time_zone, at)}" if due else ""


def _late(message: Message, at: datetime) -> str:
    due = message.facts.get("due_at")
    if not due or at - parse_moment(due) <= LATE_AFTER:
        return ""
    minutes = int((at - parse_moment(due)).total_seconds() // 60)
    if minutes < 120:
        said = f"{minutes} minutes"
    elif minutes < 48 * 60:
        said = f"{minutes // 60} hours"
    else:
        said = f"{minutes // (24 * 60)} days"
    return f"This reminder is {said} late."
