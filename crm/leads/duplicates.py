"""The pages of duplicates: two people side by side, joining them, telling them apart, and taking either back."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm import audit
from crm.access import Permission, find_lead, find_likeness, find_merge
from crm.leads import comparing, deciding, merging, parting
from crm.leads.comparison import Comparison
from crm.leads.forms import MergeForm, OtherForm
from crm.leads.households import HOUSEHOLD
from crm.lifecycle import Refused
from crm.web import Stale, check_version, me, needs, save
from crm.web.context import now

pages = Blueprint("duplicates", __name__)


@pages.get("/leads/<ref>/duplicates/<other>")
@needs(Permission.MERGE)
def show(ref: str, other: str) -> ResponseReturnValue:
    """Both, field by field."""
    pair = comparing.pair(me(), ref, other)
    if pair.lead.id == pair.other.id:
        return redirect(url_for("leads.show", ref=pair.lead.ref), 303)
    page = _compare(ref, other, pair=pair)
    for lead in (pair.lead, pair.other):
        audit.viewed(me(), "compared", now(), lead=lead)
    return page


@pages.post("/leads/<ref>/duplicates")
@needs(Permission.MERGE)
def look_for(ref: str) -> ResponseReturnValue:
    """Whom the typed reference or name means. Posted: a name never stands in an address."""
    lead, form = find_lead(me(), ref), OtherForm(formdata=request.form)
    found = comparing.meant(me(), form.q.data or "", lead)
    audit.record(None, "searched", me(), now(), leads=[one.id for one in found])
    page = render_template("leads/duplicates.html", lead=lead, form=form, found=found)
    save()
    return page


@pages.post("/leads/<ref>/merge")
@needs(Permission.MERGE)
def merge(ref: str) -> ResponseReturnValue:
    """The same person: one page from now on."""
    form = MergeForm(formdata=request.form)
    lead, other = find_lead(me(), ref), find_lead(me(), form.other.data or "")
    if lead.id == other.id:  # pressed twice, or somebody else was faster with the same
        return redirect(url_for("leads.show", ref=lead.ref), 303)
    survivor, merged = (other, lead) if form.keep.data == other.ref else (lead, other)
    if not form.keep.data:
        survivor = merging.suggested_survivor(lead, other)
        merged = other if survivor is lead else lead
    try:
        merging.hold(lead, other)
        check_version(lead)
        check_version(other, "other_version")
        merging.merge(survivor, merged, form.taken_from(merged.ref), by=me(), at=now())
        save()
    except Refused as refused:
        return _compare(ref, other.ref, refused=next(iter(refused.problems.values()))), 422
    except Stale:
        if find_lead(me(), ref).id == find_lead(me(), other.ref).id:
            return redirect(url_for("leads.show", ref=ref), 303)
        return _compare(ref, other.ref, stale=True), 409
    return redirect(url_for("leads.show", ref=survivor.ref), 303)


@pages.post("/leads/<ref>/not-the-same")
@needs(Permission.MERGE)
def not_the_same(ref: str) -> ResponseReturnValue:
    """Two people who have nothing to do with each other."""
    return _tell_apart(ref, deciding.NOT_SAME)


@pages.post("/leads/<ref>/household")
@needs(Permission.MERGE)
def household(ref: str) -> ResponseReturnValue:
    """Two people who share a phone or an address."""
    return _tell_apart(ref, HOUSEHOLD)


@pages.post("/merges/<ref>/undo")
@needs(Permission.MERGE)
def undo_merge(ref: str) -> ResponseReturnValue:
    """Two people after all: each gets back what was theirs."""
    record = find_merge(me(), ref)
    survivor, merged = record.survivor, record.merged
    try:
        parting.undo_merge(record, by=me(), at=now())
        save()
    except Refused as refused:
        page = render_template("leads/duplicates_refused.html", lead=survivor, words=refused.problems[""])
        return page, 422
    return redirect(url_for(".show", ref=survivor.ref, other=merged.ref), 303)


@pages.post("/likenesses/<ref>/undo")
@needs(Permission.MERGE)
def take_back(ref: str) -> ResponseReturnValue:
    """It was a slip: the suggestion stands as before."""
    pair = find_likeness(me(), ref)
    deciding.take_back(pair, by=me(), at=now())
    back = url_for(".show", ref=pair.a.ref, other=pair.b.ref)
    save()
    return redirect(back, 303)


def _tell_apart(ref: str, decision: str) -> ResponseReturnValue:
    form = OtherForm(formdata=request.form)
    lead, other = find_lead(me(), ref), find_lead(me(), form.other.data or "")
    try:
        deciding.tell_apart(lead, other, decision, by=me(), at=now())
        save()
    except Refused as refused:
        page = render_template("leads/duplicates_refused.html", lead=lead, words=refused.problems[""])
        return page, 422
    return redirect(url_for(".show", ref=lead.ref, other=other.ref), 303)


def _compare(
    ref: str, other: str, refused: str = "", stale: bool = False, pair: comparing.Pair | None = None
) -> str:
    comparison = Comparison(pair or comparing.pair(me(), ref, other), now())
    return render_template("leads/compare.html", comparison=comparison, pair=comparison.pair, refused=refused,
                           stale=stale)
