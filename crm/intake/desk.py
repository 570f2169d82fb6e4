"""Add a person: one screen for whoever is on the phone with them, and whom we know by the number they type."""

import re
import secrets

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm import audit
from crm.access import Permission
from crm.intake import arrivals, queries
from crm.intake.channels.staff import CONTENT_TYPE
from crm.intake.delivery import Delivery
from crm.intake.forms import DeskForm
from crm.web import clean_line, me, needs, save
from crm.web.context import now

pages = Blueprint("desk", __name__)

NOTHING = "Type a number, a name, or what they said"
PAGE = re.compile(r"[A-Za-z0-9_-]{22}")  # the random word that names one page in one browser
PAGE_BYTES = 16


@pages.get("/people/new")
@needs(Permission.ADD_PERSON)
def new() -> ResponseReturnValue:
    """The empty screen."""
    return _show(DeskForm(formdata=None))


@pages.post("/people/new")
@needs(Permission.ADD_PERSON)
def create() -> ResponseReturnValue:
    """Keep whatever was typed, and go to the lead to log the call; or first look for the number."""
    if request.mimetype != CONTENT_TYPE:
        abort(415)  # of any other kind the bytes as they came are gone by now
    form = DeskForm(formdata=request.form)
    if "look" in request.form:
        page = _show(form, known=_look(form.phone.data or ""))
        save()
        return page
    if form.is_empty:
        form.phone.errors = [NOTHING]
        return _show(form), 422
    key = form.page.data if PAGE.fullmatch(form.page.data or "") else None
    delivery = Delivery(request.get_data(cache=True), CONTENT_TYPE, key=key)
    submission = arrivals.type_in(delivery, by=me(), at=now())
    save()
    if submission.lead is None:
        return redirect(url_for("intake.held", failed="yes"), 303)
    return redirect(url_for("leads.show", ref=submission.lead.ref), 303)


@pages.post("/people/known")
@needs(Permission.ADD_PERSON)
def known() -> ResponseReturnValue:
    """A piece of the screen, asked for while a number is typed. Posted: a number never stands in an address."""
    piece = render_template("intake/known.html", known=_look(clean_line(request.form.get("phone"))))
    save()
    return piece


def _look(typed: str) -> queries.KnownPeople:
    """Whom we know by the number. History says who was shown to whom; a look that shows nobody leaves no trace."""
    found = queries.known(me(), typed)
    if found.people:
        audit.record(None, "searched", me(), now(), leads=[one.lead_id for one in found.people])
    return found


def _show(form: DeskForm, known: queries.KnownPeople | None = None) -> str:
    form.page.data = form.page.data or secrets.token_urlsafe(PAGE_BYTES)
    return render_template("intake/new.html", form=form, known=known)
