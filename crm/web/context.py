"""What every template knows: who is looking, what they may do, where they can go, and how times are worded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import Babel, get_locale

from crm import clock
from crm.access import Permission, may
from crm.languages import LANGUAGES, OURS
from crm.lifecycle.workflow import is_demo
from crm.models import Staff
from crm.programme import programme
from crm.web.headers import is_visitors
from crm.web.locks import someone


@dataclass(frozen=True)
class Place:
    """An entry of the main navigation."""

    url: str
    label: str
    icon: str
    current: bool
    count: int | None


PLACES = (
    (Permission.SEE_QUEUE, "queue.index", "Queue", "inbox"),
    (Permission.SEE_MY_DAY, "followups.my_day", "My day", "sun"),
    (Permission.SEE_MY_DAY, "followups.people", "People", "people"),
    (Permission.SEE_REPORTS, "reports.index", "Reports", "chart"),
    (Permission.RUN_SETTINGS, "sources.index", "Settings", "cog"),
)

SETTINGS = "/settings/"


def init_context(app: Flask) -> None:
    """Give templates their words, and the public pages their language."""
    Babel(app, locale_selector=_language)
    app.context_processor(_context)
    app.jinja_env.filters.update(there=there, exact=exact, ago=ago, here_clock=here_clock)


def now() -> datetime:
    """The moment of this request: asked once, the same on the whole page."""
    if "now" not in g:
        g.now = clock.now()
    moment: datetime = g.now
    return moment


def there(moment: datetime, zone: str | None, confidence: clock.Confidence = "sure") -> str:
    """A moment as a clock shows it where they are."""
    return clock.there_words(moment, zone, confidence)


def exact(moment: datetime, theirs: str | None = None) -> str:
    """The exact stamp, in our zone and theirs, for titles and records."""
    return clock.exact_words(moment, theirs, programme().time_zone)


def ago(moment: datetime) -> str:
    """How long ago, in words."""
    return clock.ago_words(moment, now(), programme().time_zone)


def here_clock(moment: datetime) -> str:
    """A moment as our own clocks show it."""
    return clock.clock_words(moment, programme().time_zone, now())


def _language() -> str:
    """On the pages of visitors what they chose there, else what their browser asks for; ours are English."""
    if not is_visitors(request.path):
        return OURS
    chosen = request.args.get("lang", "")
    wanted = [chosen, *(tag.partition("-")[0].lower() for tag in request.accept_languages.values())]
    return next((language for language in wanted if language in LANGUAGES), OURS)


def _context() -> dict[str, Any]:
    # An error page knows nobody: it is the same for everyone, and needs no database.
    viewer = None if g.get("faceless") else someone()
    return {
        "me": viewer,
        "may": lambda name: viewer is not None and may(viewer, Permission[name.upper()]),
        "unread": g.get("unread", 0),
        "organisation": {"name": programme().organisation_name, "phone": programme().organisation_phone},
        "demo_mark": is_demo(),
        "lang": str(get_locale() or OURS),
        "languages": LANGUAGES,
        "nav": _places(viewer) if viewer else [],
        "now": now(),
        "here": programme().time_zone,
    }


def _places(viewer: Staff) -> list[Place]:
    return [
        Place(url := url_for(endpoint), label, icon, _is_within(url), None)
        for permission, endpoint, label, icon in PLACES
        if may(viewer, permission)
    ]


def _is_within(url: str) -> bool:
    """Whether the page belongs to this entry: every page of settings to the entry that leads to the first of them."""
    root = SETTINGS if url.startswith(SETTINGS) else f"{url}/"
    return f"{request.path}/".startswith(root)
