"""The pages of sources: all of them, a new one, and one with its secrets, its switch, a test, and a replay."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.access import Permission
from crm.models import Source
from crm.models.source import HOOKED
from crm.sources import actions, queries, trials
from crm.sources.actions import TO_REPLAY, WITHOUT_PROOF, LastSecret, Outcome, SecretTaken, SlugTaken
from crm.sources.forms import NewSourceForm, ReplayForm, SecretForm, SourceForm
from crm.sources.health import URGENCY, health
from crm.sources.page import address_of, example_of, outcome_words, preview
from crm.sources.sparks import spark
from crm.sources.watch import is_expected
from crm.sources.wording import CAN_BE_SWITCHED, CHOICES, KINDS, STATES
from crm.web import me, needs, save
from crm.web.context import now

pages = Blueprint("sources", __name__)

MOST_AT_ONCE = 500  # messages read again while somebody waits for the page; the rest with another press


@pages.get("/settings/sources")
@needs(Permission.RUN_SETTINGS)
def index() -> ResponseReturnValue:
    """Every way people reach us and how it stands, those first that need somebody."""
    heard = queries.sources(me(), now())
    rows = [(one, health(one, now()), spark(one.days)) for one in heard]
    rows.sort(key=lambda row: URGENCY.index(row[1].kind))
    return render_template("sources/index.html", rows=rows, kinds=KINDS)


@pages.get("/settings/sources/new")
@needs(Permission.RUN_SETTINGS)
def new() -> ResponseReturnValue:
    """Which kind, and what it is called."""
    return _ask_new(NewSourceForm(formdata=None))


@pages.post("/settings/sources/new")
@needs(Permission.RUN_SETTINGS)
def create() -> ResponseReturnValue:
    """Add it, and show its secret this once."""
    form = NewSourceForm()
    if not form.validate():
        return _ask_new(form), 422
    try:
        source, secret = actions.add_source(form.kind.data, form.name.data or "", form.wanted_slug, me(), now())
    except SlugTaken:
        form.slug.errors = [f"There is a source at “{form.wanted_slug}” already; choose another address."]
        return _ask_new(form), 422
    save()
    return _page(source, secret=secret)


@pages.get("/settings/sources/<slug>")
@needs(Permission.RUN_SETTINGS)
def show(slug: str) -> ResponseReturnValue:
    """One source."""
    return _page(queries.find_source(me(), slug), done=_told(request.args.get("done", "")))


@pages.post("/settings/sources/<slug>")
@needs(Permission.RUN_SETTINGS)
def change(slug: str) -> ResponseReturnValue:
    """What it is called, how much is usual, and what its messages leave unsaid."""
    source, form = queries.find_source(me(), slug), SourceForm()
    if not form.validate():
        return _page(source, form=form), 422
    defaults = form.defaults if source.kind in HOOKED else source.defaults
    actions.change(source, form.name.data or source.name, form.quota.data or source.quota, defaults, me(), now())
    save()
    return redirect(url_for(".show", slug=slug), 303)


@pages.post("/settings/sources/<slug>/switch")
@needs(Permission.RUN_SETTINGS)
def switch(slug: str) -> ResponseReturnValue:
    """Off and on: nothing that comes meanwhile is lost."""
    source = queries.find_source(me(), slug)
    if source.kind not in CAN_BE_SWITCHED:
        abort(404)
    actions.switch(source, request.form.get("on") == "yes", me(), now())
    save()
    return redirect(url_for(".show", slug=slug), 303)


@pages.post("/settings/sources/<slug>/alarms/<name>/expected")
@needs(Permission.RUN_SETTINGS)
def expect(slug: str, name: str) -> ResponseReturnValue:
    """Somebody knows why: it stays on record, and asks nobody any more."""
    is_expected(queries.find_alarm(me(), queries.find_source(me(), slug), name), me(), now())
    save()
    return redirect(url_for(".show", slug=slug), 303)


@pages.post("/settings/sources/<slug>/secrets")
@needs(Permission.RUN_SETTINGS)
def add_secret(slug: str) -> ResponseReturnValue:
    """Another secret beside the one that is good; ours is shown this once."""
    source, form = _hooked(slug), SecretForm()
    if not form.validate():
        return _page(source, secret_form=form), 422
    try:
        secret = actions.new_secret(source, me(), now(), given=form.given.data or "")
    except SecretTaken:
        form.given.errors = ["This secret is known already, here or at another source."]
        return _page(source, secret_form=form), 422
    save()
    return redirect(url_for(".show", slug=slug), 303) if form.given.data else _page(source, secret=secret)


@pages.post("/settings/sources/<slug>/secrets/<ref>/end")
@needs(Permission.RUN_SETTINGS)
def end_secret(slug: str, ref: str) -> ResponseReturnValue:
    """The other side has changed over: the old secret is good no longer."""
    source = _hooked(slug)
    try:
        actions.end_secret(source, queries.find_secret(me(), source, ref), me(), now())
    except LastSecret:
        form = SecretForm(formdata=None)
        form.form_errors.append("It is the only secret that is good. Make a new one first, then end this one.")
        return _page(source, secret_form=form), 422
    save()
    return redirect(url_for(".show", slug=slug), 303)


@pages.post("/settings/sources/<slug>/test")
@needs(Permission.RUN_SETTINGS)
def test(slug: str) -> ResponseReturnValue:
    """Send a message that nobody wrote, and say what was made of it."""
    source = _hooked(slug)
    trial = trials.send_test(source, me(), now())
    save()
    return _page(source, trial=trial)


@pages.post("/settings/sources/<slug>/replay")
@needs(Permission.RUN_SETTINGS)
def replay(slug: str) -> ResponseReturnValue:
    """Read again what waits; what came without proof only when somebody says that it is theirs."""
    source, form = queries.find_source(me(), slug), ReplayForm()
    return replayed(source, (*TO_REPLAY, *WITHOUT_PROOF) if form.unproven.data else TO_REPLAY)


def replayed(source: Source, states: tuple[str, ...]) -> ResponseReturnValue:
    """Read again what waits in these states, a few in each transaction, and go to the source's page with the result."""
    slug, done = source.slug, Outcome()
    while done.all < MOST_AT_ONCE:
        batch = actions.replay(source, states, done.last, me(), now())
        if not batch.all:
            break
        done += batch
        save()
    return redirect(url_for("sources.show", slug=slug, done=f"{done.new}.{done.joined}.{done.held}.{done.stay}"), 303)


def _told(done: str) -> list[str] | None:
    """What a replay brought, from its address; None when there was none."""
    numbers = done.split(".")
    if len(numbers) != 4 or not all(one.isdecimal() and len(one) < 5 for one in numbers):
        return None
    return outcome_words(Outcome(*map(int, numbers))) or ["Nothing waited."]


def _hooked(slug: str) -> Source:
    """The source, if other programs write to it; 404 for one of ours."""
    source = queries.find_source(me(), slug)
    if source.kind not in HOOKED:
        abort(404)
    return source


def _ask_new(form: NewSourceForm) -> str:
    return render_template("sources/new.html", form=form, kinds=[(kind, KINDS[kind]) for kind in CHOICES])


def _page(source: Source, **more: Any) -> str:
    heard = queries.heard(me(), source, now())
    found = queries.arrivals(me(), source, request.args.get("before", ""))
    paging = {
        "previous_url": url_for(".show", slug=source.slug) if "before" in request.args else None,
        "next_url": url_for(".show", slug=source.slug, before=found.further) if found.further else None,
    }
    trial = more.get("trial")
    forms = {"form": SourceForm.of(source), "secret_form": SecretForm(formdata=None),
             "replay_form": ReplayForm(formdata=None)}
    return render_template("sources/show.html", **{
        "source": source, "heard": heard, "health": health(heard, now()), "spark": spark(heard.days),
        "kind": KINDS[source.kind], "address": address_of(source), "example": example_of(source),
        "is_hooked": source.kind in HOOKED, "can_be_switched": source.kind in CAN_BE_SWITCHED, "state_words": STATES,
        "secrets": queries.secrets(me(), source) if source.kind in HOOKED else (),
        "arrivals": found.rows, "page": paging, "secret": None, "done": None,
        "preview": preview(trial.inquiry) if trial and trial.inquiry else None, "trial": trial, **forms, **more,
    })
