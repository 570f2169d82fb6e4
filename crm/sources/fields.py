"""Match the fields of a source by a sample: see the guesses, correct them, preview the lead, replay what waits."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from crm import audit
from crm.access import Missing, Permission, find_submission
from crm.intake.channels import NotUnderstood
from crm.intake.channels.entry import Entry
from crm.intake.reading import Body, entry_of
from crm.models import Source, Submission
from crm.models.source import HOOKED
from crm.sources import actions, queries
from crm.sources.actions import TO_REPLAY
from crm.sources.forms import BECOMES, SampleForm
from crm.sources.page import matched, outcome_words, preview_of
from crm.sources.views import replayed
from crm.sources.wording import FACTS, KINDS
from crm.web import me, needs, save
from crm.web.context import now

pages = Blueprint("fields", __name__)

MOST_TRIED = 100  # messages read on trial while somebody waits for the page
CANNOT_BE_READ = "This cannot be read: it is neither JSON nor the fields of a form. Paste one whole message."


@pages.get("/settings/sources/<slug>/mapping")
@needs(Permission.RUN_SETTINGS)
def mapping(slug: str) -> ResponseReturnValue:
    """A sample that waits, or an empty box to paste one into."""
    source = _source(slug)
    form = SampleForm(formdata=None, pick=request.args.get("pick", ""))
    picked = _picked(source, form) or next(iter(queries.samples(me(), source)), None)
    form.pick.data = picked.ref if picked else ""
    page, _ = _show(source, form, picked, {})
    if picked:
        audit.viewed(me(), "viewed-held", now(), submissions=[picked.ref])
    return page


@pages.post("/settings/sources/<slug>/mapping")
@needs(Permission.RUN_SETTINGS)
def match(slug: str) -> ResponseReturnValue:
    """Try the choices on all that wait and show what would become of them, or save them. Nothing typed is lost."""
    source, form = _source(slug), SampleForm()
    picked = None if form.sample.data else _picked(source, form)
    becomes = form.becomes(request.form)
    is_fine = form.validate()
    page, is_read = _show(source, form, picked, becomes, is_tried=True)
    if picked:
        audit.record(None, "viewed-held", me(), now(), submissions=[picked.ref])
    if not is_fine or not is_read or "save" not in request.form:
        save()
        return page, 200 if is_fine and is_read else 422
    actions.map_fields(source, becomes, me(), now())
    save()
    return replayed(source, TO_REPLAY)


def _show(
    source: Source, form: SampleForm, picked: Submission | None, becomes: dict[str, str], is_tried: bool = False
) -> tuple[str, bool]:
    """The page, and whether its sample could be read."""
    entry = _entry(source, form, picked)
    rows = matched(entry, source, becomes) if entry else []
    seen = preview_of(entry, source, rows) if entry else None
    waiting = queries.waiting_for_mapping(me(), source)
    tried = None
    if is_tried and entry and waiting:
        tried = actions.rehearse(source, {row.key: row.becomes for row in rows}, now(), MOST_TRIED)
    page = render_template(
        "sources/mapping.html", source=source, kind=KINDS[source.kind], form=form, picked=picked, rows=rows,
        preview=seen, waiting=waiting, facts=FACTS, becomes=BECOMES, picks=queries.samples(me(), source),
        tried=tried, tried_words=outcome_words(tried) if tried else [],
        unread=len(entry.fields) - len(rows) if entry else 0,
        shown=picked.raw.decode("utf-8", "replace") if picked and picked.raw else "",
    )
    return page, entry is not None


def _entry(source: Source, form: SampleForm, picked: Submission | None) -> Entry | None:
    """The fields of the sample; None, with words beside the box, when there is none or it cannot be read."""
    body = Body(picked.raw or b"", picked.content_type) if picked else Body((form.sample.data or "").encode(), "")
    if not body.raw:
        form.sample.errors = ["Paste a message, or pick one that came."] if form.is_submitted() else []
        return None
    try:
        return entry_of(source.kind, body)
    except NotUnderstood:
        form.sample.errors = [CANNOT_BE_READ]
        return None


def _picked(source: Source, form: SampleForm) -> Submission | None:
    """The message that was picked, if it is one of this source."""
    try:
        found = find_submission(me(), form.pick.data or "")
    except Missing:
        return None
    return found if found.source_id == source.id else None


def _source(slug: str) -> Source:
    source = queries.find_source(me(), slug)
    if source.kind not in HOOKED:
        abort(404)
    return source
