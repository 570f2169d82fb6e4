"""A lead's page and the acts below it: log a contact, take it back, write a note, move it, correct its ways."""

import re
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm import audit
from crm.access import Missing, Permission, find_attempt, find_lead, find_triage, may
from crm.assigning.forms import AssignForm
from crm.assigning.queries import coaches
from crm.followups import contacts
from crm.followups.history import changes_since
from crm.leads import actions, queries, reaching, safety
from crm.leads.forms import AttemptForm, NoteForm, ReachForm, StatusForm, UrgencyForm
from crm.leads.page import KINDS, LeadPage
from crm.leads.script import NUMBERS, Line, script
from crm.leads.timeline import Cursor
from crm.lifecycle import Refused
from crm.models import Attempt, Lead
from crm.programme import programme
from crm.web import Stale, check_version, me, needs, save
from crm.web.context import now

pages = Blueprint("leads", __name__)

REFERENCE = re.compile(r"[A-Za-z0-9_-]{22}")


@pages.get("/leads/<ref>")
@needs(Permission.OPEN_LEAD)
def show(ref: str) -> ResponseReturnValue:
    """The whole page; opening it is written into history."""
    page, lead = _page(ref)
    if lead.ref != ref:  # it was joined with another, and an old link leads there
        return redirect(url_for(".show", ref=lead.ref), 303)
    audit.viewed(me(), "opened", now(), lead=lead)
    return page


@pages.post("/leads/<ref>/attempts")
@needs(Permission.LOG_CONTACT)
def log_attempt(ref: str) -> ResponseReturnValue:
    """Write down a contact, with the next step."""
    lead = find_lead(me(), ref)
    form = _attempt_form(lead, formdata=request.form)
    fine = form.validate()
    step = form.next_step() if form.follow_up.data else None
    if not fine or form.errors:
        return _page(ref, attempt=form)[0], 422
    try:
        check_version(lead)
        logged = contacts.log_attempt(
            lead, form.channel.data or "", form.outcome.data or "", form.note.data or "", step, by=me(), at=now()
        )
        save()
    except Refused as refused:
        form.refuse(refused.problems)
        return _page(ref, attempt=form)[0], 422
    except Stale:
        return _page(ref, stale=True, attempt=form)[0], 409
    return redirect(url_for(".show", ref=ref, saved=logged.ref), 303)


@pages.post("/attempts/<ref>/undo")
@needs(Permission.LOG_CONTACT)
def undo_attempt(ref: str) -> ResponseReturnValue:
    """Take back one's own slip, with all that followed from it."""
    attempt = find_attempt(me(), ref)
    lead_ref = attempt.lead.ref
    try:
        check_version(attempt.lead)
        contacts.undo_attempt(attempt, by=me(), at=now())
        save()
    except Refused as refused:
        return _page(lead_ref, refused=refused.problems[""])[0], 422
    except Stale:
        return _page(lead_ref, refused="Somebody changed this at the same moment. Look again, then decide.")[0], 409
    # From a coach's day back to it; any other address is not ours to go to.
    back = "/my-day" if request.form.get("next") == "/my-day" else url_for(".show", ref=lead_ref)
    return redirect(back, 303)


@pages.post("/leads/<ref>/notes")
@needs(Permission.WRITE_NOTE)
def write_note(ref: str) -> ResponseReturnValue:
    """A note for whoever comes next."""
    lead, form = find_lead(me(), ref), NoteForm(formdata=request.form)
    if not form.validate():
        return _page(ref, note=form)[0], 422
    actions.write_note(lead, form.body.data or "", by=me(), at=now())
    save()
    return redirect(url_for(".show", ref=ref, _anchor="happened"), 303)


@pages.post("/leads/<ref>/status")
@needs(Permission.MOVE_STATUS)
def change_status(ref: str) -> ResponseReturnValue:
    """Move to another status, with what that needs."""
    lead = find_lead(me(), ref)
    form = _status_form(lead, formdata=request.form)
    if form.ends_it and not may(me(), Permission.END_LEAD):
        abort(403)
    wanted = form.move(me(), now()) if form.validate() else None
    if wanted is None:
        return _page(ref, status=form)[0], 422
    try:
        check_version(lead)
        actions.change_status(lead, wanted, why=form.why.data or "")
        save()
    except Refused as refused:
        form.refuse(refused.problems)
        return _page(ref, status=form)[0], 422
    except Stale:
        return _page(ref, stale=True, status=form)[0], 409
    return redirect(url_for(".show", ref=ref), 303)


@pages.get("/leads/<ref>/reach")
@needs(Permission.EDIT_PERSON)
def edit_reach(ref: str) -> ResponseReturnValue:
    """How to reach them, to be corrected."""
    lead = queries.lead_with_people(me(), ref)
    audit.viewed(me(), "opened", now(), lead=lead)
    return render_template("leads/reach.html", lead=lead, form=ReachForm(lead, formdata=None))


@pages.post("/leads/<ref>/reach")
@needs(Permission.EDIT_PERSON)
def correct_reach(ref: str) -> ResponseReturnValue:
    """Write down what they said about reaching them."""
    lead = queries.lead_with_people(me(), ref)
    form = ReachForm(lead, formdata=request.form)
    told = form.reach() if form.validate() else None
    if told is None:
        return render_template("leads/reach.html", lead=lead, form=form), 422
    try:
        check_version(lead)
        actions.correct_reach(lead, told, by=me(), at=now())
        save()
    except Stale:
        lead, seen = queries.lead_with_people(me(), ref), request.form.get("version", "")
        changes = changes_since(me(), lead, seen)
        return render_template("leads/reach.html", lead=lead, form=form, changes=changes, stale=True), 409
    return redirect(url_for(".show", ref=ref), 303)


@pages.post("/leads/<ref>/danger-acknowledgement")
@needs(Permission.ANSWER_DANGER)
def have_this(ref: str) -> ResponseReturnValue:
    """Somebody says that they have it, and goes to the page: one button takes and opens."""
    lead = find_lead(me(), ref)
    safety.have_this(lead, by=me(), at=now())
    save()
    return redirect(url_for(".show", ref=ref), 303)


@pages.post("/leads/<ref>/triage")
@needs(Permission.JUDGE_URGENCY)
def judge(ref: str) -> ResponseReturnValue:
    """Say how urgent it is, with the reason. A coach may only raise it."""
    lead, form = find_lead(me(), ref), UrgencyForm(formdata=request.form)
    if not form.validate():
        return _page(ref, urgency=form)[0], 422
    level, is_danger = form.level.data or "", form.danger.data == "yes"
    if safety.lowers(lead, level, is_danger) and not may(me(), Permission.LOWER_URGENCY):
        abort(403)
    try:
        check_version(lead)
        safety.judge(lead, level, is_danger, form.why.data or "", by=me(), at=now())
        save()
    except Stale:
        return _page(ref, stale=True, urgency=form)[0], 409
    return redirect(url_for(".show", ref=ref), 303)


@pages.get("/danger-reviews")
@needs(Permission.REVIEW_DANGER)
def reviews() -> ResponseReturnValue:
    """Where a danger was ended by one person: an administrator looks at each within a day."""
    entries = queries.reviews(me())
    audit.viewed(me(), "viewed-reviews", now(), entries=[entry.ref for entry in entries])
    return render_template("leads/reviews.html", entries=entries)


@pages.post("/danger-reviews/<ref>/review")
@needs(Permission.REVIEW_DANGER)
def review(ref: str) -> ResponseReturnValue:
    """It was right to end it; or it has been set right on the lead's page."""
    safety.review(find_triage(me(), ref), by=me(), at=now())
    save()
    return redirect(url_for(".reviews"), 303)


def _page(ref: str, stale: bool = False, refused: str = "", **typed: Any) -> tuple[str, Lead]:
    """The page with a form as it was typed, or fresh ones; after a stale save, with what changed in between."""
    lead = queries.lead_with_people(me(), ref)
    entries, older = queries.timeline(me(), lead, Cursor.read(request.args.get("before", "")))
    page = LeadPage(lead, queries.papers(me(), lead), entries, older, now())
    attempt = typed.get("attempt") or _attempt_form(lead)
    kind = "note" if "note" in typed or request.args.get("log") == "note" else attempt.channel.data or "call"
    assign = AssignForm(coaches(me()), formdata=None) if may(me(), Permission.ASSIGN) else None
    seen, saved = request.form.get("version", ""), _saved(lead)
    words = render_template(
        "leads/show.html", page=page, lead=lead, kind=kind, kinds=KINDS, attempt=attempt,
        note=typed.get("note") or NoteForm(formdata=None), status=typed.get("status") or _status_form(lead),
        urgency=typed.get("urgency") or UrgencyForm(formdata=None), script=_script(lead),
        numbers=NUMBERS, assign=assign, reaching=reaching, saved=saved,
        saved_words=_words_of(saved, lead) if saved else "", refused=refused, typed=next(iter(typed.values()), None),
        voicemail=reaching.voicemail_hint(lead.inquirer, me().first_name),
        changes=changes_since(me(), lead, seen) if stale else [], stale=stale,
    )
    return words, lead


def _script(lead: Lead) -> list[Line]:
    return script(lead.inquirer.language, reaching.first_name(lead.inquirer), me().first_name)


def _attempt_form(lead: Lead, formdata: Any = None) -> AttemptForm:
    wanted = request.args.get("log", "call")
    channel = wanted if wanted in contacts.OUTCOMES_BY_CHANNEL else "call"
    name = reaching.first_name(lead.inquirer)
    return AttemptForm(channel, name, _zone(lead), now(), formdata=formdata)


def _status_form(lead: Lead, formdata: Any = None) -> StatusForm:
    return StatusForm(lead, _zone(lead), may(me(), Permission.END_LEAD), formdata=formdata)


def _zone(lead: Lead) -> str:
    """The zone in which times with them are typed and told; ours while theirs is not known."""
    return lead.inquirer.time_zone or programme().time_zone


def _saved(lead: Lead) -> Attempt | None:
    """The contact that was just logged, for the strip that takes it back."""
    ref = request.args.get("saved", "")
    if not REFERENCE.fullmatch(ref):
        return None
    try:
        attempt = find_attempt(me(), ref)
    except Missing:
        return None
    mine = attempt.lead_id == lead.id and attempt.by_id == me().id and attempt.undone_at is None
    return attempt if mine else None


def _words_of(attempt: Attempt, lead: Lead) -> str:
    return contacts.outcome_words(attempt.channel, attempt.outcome, reaching.first_name(lead.inquirer))
