"""The page of this step: choosing a coach. The form itself stands on the lead's page."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.access import Permission, find_lead
from crm.assigning import actions, queries
from crm.assigning.forms import AssignForm
from crm.followups.history import changes_since
from crm.lifecycle import Refused
from crm.web import Stale, check_version, me, needs, save
from crm.web.context import now

pages = Blueprint("assigning", __name__)


@pages.post("/leads/<ref>/assignment")
@needs(Permission.ASSIGN)
def create(ref: str) -> ResponseReturnValue:
    """Hand the lead to the chosen coach, or back to intake."""
    lead = find_lead(me(), ref)
    coaches = queries.coaches(me())
    form = AssignForm(coaches)
    try:
        check_version(lead)
        wanted = next((coach for coach in coaches if coach.ref == form.coach.data), None)
        if wanted is None and (form.coach.data or lead.coach is None):
            raise Refused({"coach": "Choose one of the coaches in the list."})
        actions.assign(lead, queries.chosen(me(), wanted.ref) if wanted else None, by=me(), at=now())
        save()
    except Refused as refused:
        form.coach.errors = [*refused.problems.values()]
        return _again(ref, form), 422
    except Stale:
        return _again(ref, form, stale=True), 409
    return redirect(url_for("leads.show", ref=ref), 303)


def _again(ref: str, form: AssignForm, stale: bool = False) -> str:
    """The same choice once more: what was wrong with it, or what somebody else did in the meantime."""
    lead, seen = find_lead(me(), ref), request.form.get("version", "")
    changes = changes_since(me(), lead, seen) if stale else []
    return render_template("assigning/new.html", lead=lead, form=form, changes=changes, stale=stale)
