"""Send us a message: the public form and its thank-you page. For staff: what was held back."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug import Response

from crm import audit
from crm.access import Permission, find_submission
from crm.intake import actions, arrivals, queries, receipts, tokens, words
from crm.intake.channels.form import CONTENT_TYPES
from crm.intake.channels.traces import address
from crm.intake.delivery import Delivery, sender_hash
from crm.intake.filters import SHOWS, HeldFilter
from crm.intake.forms import ContactForm, DismissForm
from crm.intake.rush import Rush, at_the_door
from crm.languages import LANGUAGES, deadline
from crm.lifecycle.workflow import calendar, workflow
from crm.programme import programme
from crm.web import me, needs, public, save
from crm.web.context import now

pages = Blueprint("intake", __name__)

ANOTHER_LANGUAGE = "another-language"  # forms.js sends what is typed under this, so that the page keeps it


@pages.get("/contact")
@public
def contact() -> ResponseReturnValue:
    """The form. It remembers the campaign and the page before it, and nothing by which an advertiser knows anybody."""
    form = _contact_form()
    form.came.data = f"{address(request.url)} {address(request.referrer or '')}".strip()
    return _show(form, tokens.new_form_token())


@pages.get("/contact/embed")
@public
def embed() -> ResponseReturnValue:
    """The form, for a frame on a site that FRAME_ANCESTORS names."""
    return contact()


@pages.post("/contact")
@public
def send() -> ResponseReturnValue:
    """Keep the message, and say what happens next."""
    return _receive("intake.thanks")


@pages.post("/contact/embed")
@public
def send_from_frame() -> ResponseReturnValue:
    """The same within a frame, where the thank-you page must stand as well."""
    return _receive("intake.thanks_in_frame")


@pages.get("/contact/thanks/<token>")
@public
def thanks(token: str) -> ResponseReturnValue:
    """What happens next. Its address is random and signed, and good for ever."""
    ref = tokens.submission_of(token)
    if ref is None:
        abort(404)
    receipt = receipts.find_receipt(ref)
    until = deadline(receipt.reached_by, receipt.zone, programme().time_zone) if receipt else None
    return render_template(
        "intake/thanks.html", receipt=receipt, by=until.words(now()) if until else "",
        alarm=receipts.find_alarm(ref, now()), opening=words.opening_words(calendar()),
    )


@pages.get("/contact/embed/thanks/<token>")
@public
def thanks_in_frame(token: str) -> ResponseReturnValue:
    """The same within a frame."""
    return thanks(token)


@pages.get("/held")
@needs(Permission.SEE_HELD)
def held() -> ResponseReturnValue:
    """What became nobody's lead, by what is the matter with it."""
    wanted = HeldFilter.read(request.args.get("show", ""), request.args.get("source", ""))
    found = queries.held(me(), wanted, request.args.get("after", ""))
    counts = queries.held_counts(me(), wanted)
    audit.viewed(me(), "viewed-held", now(), submissions=[row.ref for row in found.rows])
    paging = {
        "previous_url": _held_url(wanted) if "after" in request.args else None,
        "next_url": _held_url(wanted, after=found.further) if found.further else None,
    }
    return render_template(
        "intake/held.html", rows=found.rows, page=paging, wanted=wanted, shows=SHOWS, counts=counts,
        failed=request.args.get("failed"), dismissed=request.args.get("dismissed"),
    )


@pages.post("/held/<ref>/release")
@needs(Permission.SEE_HELD)
def release(ref: str) -> ResponseReturnValue:
    """A person wrote it: make it a lead."""
    lead = actions.release(find_submission(me(), ref), by=me(), at=now())
    save()
    if lead is None:
        return _back_to_held(failed="yes")
    return redirect(url_for("leads.show", ref=lead.ref), 303)


@pages.get("/held/<ref>/dismissal")
@needs(Permission.SEE_HELD)
def ask_dismissal(ref: str) -> ResponseReturnValue:
    """Why does nobody in it need us? Asked before an urgent message is set aside."""
    if lead := find_submission(me(), ref).lead:
        return redirect(url_for("leads.show", ref=lead.ref), 303)
    page = _ask_dismissal(ref)
    audit.viewed(me(), "viewed-held", now(), submissions=[ref])
    return page


@pages.post("/held/<ref>/dismissal")
@needs(Permission.SEE_HELD)
def dismiss(ref: str) -> ResponseReturnValue:
    """Nobody in it needs us: set it aside. What reads urgent takes a reason and a person's word for it."""
    submission = find_submission(me(), ref)
    if submission.lead:
        return redirect(url_for("leads.show", ref=submission.lead.ref), 303)
    form = DismissForm(is_grave=submission.level in queries.GRAVE)
    if not form.validate():
        return _ask_dismissal(ref, form), 422
    actions.dismiss(submission, by=me(), at=now(), reason=form.reason.data or "")
    save()
    return _back_to_held(dismissed=ref)


@pages.post("/held/<ref>/return")
@needs(Permission.SEE_HELD)
def put_back(ref: str) -> ResponseReturnValue:
    """It was set aside by mistake: it waits again."""
    actions.put_back(find_submission(me(), ref), by=me(), at=now())
    save()
    return _back_to_held()


def _ask_dismissal(ref: str, form: DismissForm | None = None) -> str:
    row = queries.held_one(me(), ref)
    wanted = HeldFilter.read(request.values.get("show", ""), request.values.get("source", ""))
    form = form or DismissForm(is_grave=row.is_grave)
    return render_template("intake/dismiss.html", row=row, form=form, wanted=wanted)


def _back_to_held(**more: str) -> Response:
    """To the list that the person was reading."""
    wanted = HeldFilter.read(request.form.get("show", ""), request.form.get("source", ""))
    return redirect(_held_url(wanted, **more), 303)


def _held_url(wanted: HeldFilter, **more: str) -> str:
    said: dict[str, Any] = {**wanted.as_args(), **more}
    return url_for(".held", **said)


def _receive(thank_you: str) -> ResponseReturnValue:
    with at_the_door() as door:
        return _take_in(door, thank_you)


def _take_in(door: Rush, thank_you: str) -> ResponseReturnValue:
    raw = request.get_data(cache=True)  # before the form is parsed: parsing would use the bytes up
    if raw and request.mimetype not in CONTENT_TYPES:
        abort(415)
    form, page = _contact_form(), tokens.page_of(request.form.get("csrf_token", ""))
    if ANOTHER_LANGUAGE in request.form:
        return _show(form, request.form["csrf_token"] if page else tokens.new_form_token())
    if not form.validate() or page is None:
        return _ask_again(form, page_is_old=page is None)
    delivery = Delivery(raw, request.mimetype, key=page, sender=sender_hash(request.remote_addr or ""))
    kept = arrivals.receive_form(delivery, at=now())
    save()
    door.read(kept, now())
    return redirect(url_for(thank_you, token=tokens.thanks_token(kept.ref), **_chosen_language()), 303)


def _ask_again(form: ContactForm, page_is_old: bool) -> ResponseReturnValue:
    """Everything typed is kept. A page keeps its token, so that however often it is sent, it makes one lead."""
    token = request.form.get("csrf_token", "")
    if page_is_old:
        form.form_errors.append(_("Your page was open for a long time; press Send again"))
        token = tokens.new_form_token()
    return _show(form, token), 422


def _show(form: ContactForm, token: str) -> str:
    return render_template(
        "intake/contact.html", form=form, token=token, action=url_for(request.endpoint or "", **_chosen_language()),
        minutes=workflow().first_reply_minutes, opening=words.opening_words(calendar()),
    )


def _chosen_language() -> dict[str, Any]:
    """What somebody pressed goes with them in the address: the public pages keep no cookie."""
    chosen = request.args.get("lang", "")
    return {"lang": chosen} if chosen in LANGUAGES else {}


def _contact_form() -> ContactForm:
    return ContactForm(programme().organisation_name)
