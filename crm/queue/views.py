"""The queue's pages: who is up next, everybody of a filter or a search, and taking the next person."""

import secrets
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm import audit
from crm.access import Permission
from crm.clock import STATES
from crm.lifecycle.workflow import calendar, workflow
from crm.programme import programme
from crm.queue import actions, filters, queries, rows
from crm.queue.alarms import alarms
from crm.queue.forms import SearchForm
from crm.web import me, needs, save
from crm.web.context import now

pages = Blueprint("queue", __name__)

NOTHING_TO_TAKE = "nobody"


@pages.get("/queue")
@needs(Permission.SEE_QUEUE)
def index() -> ResponseReturnValue:
    """Up next; with a filter or a search, everybody of it."""
    wanted, sought = filters.LeadFilter.from_args(request.args), _sought(request.args.get("search", ""))
    after = filters.Place.parse(request.args.get("after", ""))
    frame = queries.frame(me(), wanted, now())
    if sought:
        page = queries.newest(me(), sought, now(), after)
    elif wanted.is_up_next:
        page = queries.up_next(me(), wanted, now(), after)
    else:
        page = queries.newest(me(), wanted, now(), after)
    audit.viewed(me(), "listed", now(), leads=page.lead_ids, filters=sorted(wanted.as_args()), search=bool(sought))
    problems = wanted.problems([one.key for one in frame.sources], [one.key for one in frame.owners])
    html = render_template(
        "queue/index.html", wanted=wanted, sought=sought, frame=frame, problems=problems,
        counted=rows.counted, choices=_choices(frame), page=_paging(page, wanted, bool(sought)),
        **_listed(page, wanted, sought),
    )
    return html, 400 if problems else 200


@pages.post("/queue/search")
@needs(Permission.SEE_QUEUE)
def search() -> ResponseReturnValue:
    """Keep what is looked for with the sign-in: a name never stands in an address or a history."""
    words = SearchForm().q.data
    if not words:
        return redirect(url_for(".index"), 303)
    key = secrets.token_urlsafe(9)
    g.sign_in.search = f"{key} {words}"
    audit.record(None, "searched", me(), now())
    save()
    return redirect(url_for(".index", search=key), 303)


@pages.post("/queue/next")
@needs(Permission.TAKE_NEXT)
def take_next() -> ResponseReturnValue:
    """To the first free person, who is then mine for a while."""
    lead = actions.take_next(by=me(), at=now())
    save()
    if lead is None:
        return redirect(url_for(".index", taken=NOTHING_TO_TAKE), 303)
    return redirect(f"/leads/{lead.ref}", 303)


def _sought(key: str) -> filters.Sought | None:
    """The words this sign-in looks for under this key; none when the search has ended or was somebody else's."""
    kept, _, words = (g.sign_in.search or "").partition(" ") if key else ("", "", "")
    return filters.Sought(words) if words and secrets.compare_digest(kept.encode(), key.encode()) else None


def _listed(page: queries.Page, wanted: filters.LeadFilter, sought: filters.Sought | None) -> dict[str, Any]:
    """The rows in words: in groups while they are ordered by when they are due."""
    here = programme().time_zone
    worded = rows.lines(page.rows, now(), here)
    by_due = wanted.is_up_next and not sought
    return {
        "alarms": alarms(page.rows, rows.FOR, now(), here),
        "rows": worded, "by_due": by_due, "groups": rows.groups(worded, now(), calendar()) if by_due else [],
        "nothing_to_take": request.args.get("taken") == NOTHING_TO_TAKE,
        "search_ended": bool(request.args.get("search")) and sought is None,
        "status": workflow().statuses.get(wanted.status),
    }


def _choices(frame: queries.Frame) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers: what stands in the address, and what people read."""
    statuses = [(key, status.label) for key, status in workflow().statuses.items()]
    colleagues = [(one.key, one.label) for one in frame.owners if one.key != me().ref]
    return {
        "show": list(filters.SHOWS.items()),
        "state": [("", "Any state"), *STATES.items(), *filters.NO_STATES.items()],
        "source": [("", "Any source"), *((one.key, one.label) for one in frame.sources)],
        "owner": [("", "Any owner"), (filters.ME, "Me"), (filters.NOBODY, "No one"), *colleagues],
        "status": [("", "Any status"), *statuses],
    }


def _paging(page: queries.Page, wanted: filters.LeadFilter, is_search: bool) -> dict[str, str | None]:
    here: dict[str, Any] = {"search": request.args["search"]} if is_search else wanted.as_args()
    return {
        "previous_url": url_for(".index", **here) if request.args.get("after") else None,
        "next_url": url_for(".index", **here, after=str(page.further)) if page.further else None,
    }
