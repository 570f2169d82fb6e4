"""My day, my people, and the acts on a promise. Each act is a plain form: one press is enough, also without script."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm import audit
from crm.access import Permission, find_follow_up, find_lead, may
from crm.followups import actions, contacts, day, moments, queries
from crm.followups.forms import SPOKE, DropForm, MoveForm, OutcomeForm, PromiseForm
from crm.lifecycle import Refused
from crm.lifecycle.workflow import calendar
from crm.models import FollowUp, Lead
from crm.outbox.words import body, subject
from crm.programme import programme
from crm.web import Stale, me, needs, save
from crm.web.context import now

pages = Blueprint("followups", __name__)

BUSY = "Somebody changed this at the same moment. Look again, then decide."


@pages.get("/my-day")
@needs(Permission.SEE_MY_DAY)
def my_day() -> ResponseReturnValue:
    """What I promised: due now, today, this week; and who of my people has not heard from us for long."""
    return _day_page()


@pages.get("/people")
@needs(Permission.SEE_MY_DAY)
def people() -> ResponseReturnValue:
    """The people I hold, whoever has heard nothing for longest first."""
    ended, after = request.args.get("show") == "ended", queries.Place.parse(request.args.get("after", ""))
    found = queries.my_people(me(), ended, after)
    audit.viewed(me(), "listed", now(), leads=[row.id for row in found.rows], of="people")
    show = "ended" if ended else None
    page = {
        "previous_url": url_for(".people", show=show) if after else None,
        "next_url": url_for(".people", after=str(found.further), show=show) if found.further else None,
    }
    known = day.known(found.rows, now(), me().time_zone)
    return render_template("followups/people.html", people=known, total=found.total, ended=ended, page=page)


@pages.post("/follow-ups/<ref>/outcome")
@needs(Permission.LOG_CONTACT)
def outcome(ref: str) -> ResponseReturnValue:
    """Reached, or no answer: kept, with the next promise made in the same press."""
    promise, form = find_follow_up(me(), ref), OutcomeForm()
    if not form.validate():
        return _day_page(problem="Say how it went: reached, or no answer."), 422
    if promise.done_at is None:
        try:
            how = form.outcome.data or ""
            contacts.log_attempt(
                promise.lead, promise.channel, how, "", _next_step(promise, how), me(), now(), keeps=promise
            )
            save()
        except Refused as refused:
            return _day_page(problem=str(refused)), 422
        except Stale:
            return _day_page(problem=BUSY), 409
    return redirect(url_for(".my_day", saved=ref), 303)


@pages.get("/follow-ups/<ref>")
@needs(Permission.PROMISE)
def show(ref: str) -> ResponseReturnValue:
    """One promise: pick another time for it, or say why it is no longer needed."""
    promise = find_follow_up(me(), ref)
    audit.viewed(me(), "viewed-follow-up", now(), lead=promise.lead, follow_up=ref)
    return _promise_page(promise, MoveForm(formdata=None), DropForm(formdata=None))


@pages.post("/follow-ups/<ref>/move")
@needs(Permission.PROMISE)
def move(ref: str) -> ResponseReturnValue:
    """Promise another time instead."""
    promise, form = find_follow_up(me(), ref), MoveForm()
    due_at = form.moment(_zone(promise.lead), now())
    try:
        if due_at:
            actions.move(promise, due_at, by=me(), at=now())
    except ValueError as error:
        form.date.errors = [str(error)]
    if form.date.errors:
        return _promise_page(promise, form, DropForm(formdata=None)), 422
    save()
    return _back(promise)


@pages.post("/follow-ups/<ref>/drop")
@needs(Permission.PROMISE)
def drop(ref: str) -> ResponseReturnValue:
    """It is no longer needed, and why."""
    promise, form = find_follow_up(me(), ref), DropForm()
    if not form.validate():
        return _promise_page(promise, MoveForm(formdata=None), form), 422
    actions.drop(promise, form.reason.data or "", by=me(), at=now())
    save()
    return _back(promise)


@pages.post("/follow-ups/<ref>/undo")
@needs(Permission.PROMISE)
def undo(ref: str) -> ResponseReturnValue:
    """Take back what I have just done to this promise: it waits again as it did before."""
    promise = find_follow_up(me(), ref)
    try:
        contacts.take_back(promise, by=me(), at=now())
        save()
    except (Refused, ValueError) as refused:
        return _day_page(problem=str(refused)), 422
    except Stale:
        return _day_page(problem=BUSY), 409
    return redirect(url_for(".my_day"), 303)


@pages.get("/leads/<ref>/follow-ups/new")
@needs(Permission.PROMISE)
def new(ref: str) -> ResponseReturnValue:
    """A blank promise to somebody."""
    lead = find_lead(me(), ref)
    audit.viewed(me(), "viewed-follow-up", now(), lead=lead)
    return render_template("followups/new.html", lead=lead, form=PromiseForm(formdata=None), zone=_zone(lead))


@pages.post("/leads/<ref>/follow-ups")
@needs(Permission.PROMISE)
def create(ref: str) -> ResponseReturnValue:
    """Promise to get in touch."""
    lead, form = find_lead(me(), ref), PromiseForm()
    fine, due_at = form.validate(), form.moment(_zone(lead), now())
    if not fine or due_at is None or not lead.is_open:
        if not lead.is_open:
            form.form_errors.append("This has ended. Open it again first.")
        return render_template("followups/new.html", lead=lead, form=form, zone=_zone(lead)), 422
    actions.promise(lead, due_at, form.channel.data, lead.coach or me(), me(), now(), why=form.why.data or "")
    save()
    return redirect(url_for("leads.show", ref=ref), 303)


@pages.get("/outbox")
@needs(Permission.SEE_OUTBOX)
def outbox() -> ResponseReturnValue:
    """Mail that was not sent. Its words are shown in development only; in production the state and the reason."""
    before = request.args.get("before", "")
    found = queries.unsent(me(), int(before[:18]) if before.isdecimal() else None)
    shown = found[: queries.PAGE]
    page = {
        "previous_url": url_for(".outbox") if before else None,
        "next_url": url_for(".outbox", before=shown[-1].id) if len(found) > len(shown) else None,
    }
    ours = [] if programme().is_production else [mail for mail in shown if mail.to]  # never what a person is told
    words = {mail.id: (subject(mail, now()), body(mail, now())) for mail in ours}
    return render_template(
        "outbox/index.html", mails=shown, words=words, page=page, carrier=bool(programme().smtp_url)
    )


def _day_page(problem: str = "") -> str:
    at, here = now(), me().time_zone
    days, today = day.week(at, here)
    rows = queries.my_promises(me(), until=max(days[-1], at + day.DUE_NOW))
    counts = queries.counts(me(), at + day.DUE_NOW, days, today)
    closest = queries.my_people(me(), limit=queries.CLOSEST)
    done = queries.what_was_done(me(), request.args["saved"]) if "saved" in request.args else None
    if request.method == "GET":
        audit.viewed(me(), "listed", at, of="my day", follow_ups=[row.ref for row in rows])
    return render_template(
        "followups/my_day.html", greeting=day.greeting(at, here), today_words=day.date_words(at, here),
        sections=day.sections(day.cards(rows, at, here), counts, at, days[today + 1]), counts=counts,
        week=day.strip(counts, days, today, here, calendar()), done=done, problem=problem,
        done_words=day.done_words(done, at, here) if done else "",
        people=day.known(closest.rows, at, here), people_total=closest.total,
    )


def _promise_page(promise: FollowUp, move: MoveForm, drop: DropForm) -> str:
    return render_template(
        "followups/show.html", promise=promise, lead=promise.lead, move=move, drop=drop, zone=_zone(promise.lead),
        back=_from_lead(),
    )


def _back(promise: FollowUp) -> ResponseReturnValue:
    if _from_lead():
        return redirect(url_for("leads.show", ref=promise.lead.ref), 303)
    return redirect(url_for(".my_day", saved=promise.ref), 303)


def _from_lead() -> bool:
    """Whether this began on the lead's page; who has no day of their own (an administrator) always goes there."""
    return request.values.get("back") == "lead" or not may(me(), Permission.SEE_MY_DAY)


def _next_step(promise: FollowUp, how: str) -> contacts.NextStep:
    person, zone = promise.lead.inquirer, _zone(promise.lead)
    proposed = moments.next_check_in if how == SPOKE else moments.next_try
    why = "" if how == SPOKE else promise.why or ""
    return contacts.NextStep(proposed(person.zone_candidates, person.state, zone, now()), promise.channel, why)


def _zone(lead: Lead) -> str:
    return lead.inquirer.time_zone or me().time_zone
