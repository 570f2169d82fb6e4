"""What a merge changes in fields, kept so that it can be put back: only what nobody has changed again since."""

import json
from datetime import date, datetime
from typing import Any

from crm.models import Lead, Person

DANGER = ("danger_at", "danger_seen_at", "danger_seen_by_id")
LEAD = (
    "for_whom", "person_id", "owner_id", "coach_id", "level", *DANGER, "times_wrote", "wrote_again_at",
    "wrote_before_at", "earlier_id", "discharge_on", "assessment_at", "no_step_reason",
)
WISHES = ("may_call", "may_text", "may_email", "voicemail")
PLACE = ("state", "time_zone", "zone_candidates", "zone_source", "zone_confidence")
PERSON = ("name", "language", "best_times", *PLACE, *WISHES)
STRICTNESS = ("unasked", "yes", "name", "no")  # an answer counts more than none, and the narrower more than the wider

Values = dict[str, Any]


def values_of(lead: Lead) -> Values:
    """The fields of the lead and of who wrote, as they are now, in a form that JSON can keep."""
    about_lead = {name: getattr(lead, name) for name in LEAD}
    about_person = {f"inquirer.{name}": getattr(lead.inquirer, name) for name in PERSON}
    values: Values = json.loads(json.dumps(about_lead | about_person, default=_as_text))
    return values


def changes(before: Values, after: Values) -> str:
    """What differs, as text to be sealed (it holds names); of wishes also what does not."""
    kept = {name: [before[name], after[name]] for name in after
            if before[name] != after[name] or name.removeprefix("inquirer.") in WISHES}
    return json.dumps(kept)


def put_back(lead: Lead, text: str) -> Values:
    """Give every field its earlier value unless somebody has changed it since; gives the wishes told since.

    How often they wrote goes down by what the merge added. What was seen of a danger goes with the danger itself.
    """
    kept: dict[str, list[Any]] = json.loads(text)
    now = values_of(lead)
    for name, (before, after) in kept.items():
        judged_by = "danger_at" if name in DANGER and "danger_at" in kept else name
        if name == "times_wrote":
            lead.times_wrote -= after - before
        elif now[judged_by] == kept[judged_by][1]:
            _set(lead, name, before)
    return {name: now[f"inquirer.{name}"] for name in WISHES
            if now[f"inquirer.{name}"] != kept[f"inquirer.{name}"][1]}


def stricter(one: str, other: str) -> str:
    """The narrower of two answers: joining never widens what somebody allowed."""
    return max(one, other, key=STRICTNESS.index)


def _set(lead: Lead, name: str, value: Any) -> None:
    thing: Lead | Person = lead
    if name.startswith("inquirer."):
        thing, name = lead.inquirer, name.removeprefix("inquirer.")
    if value is not None and name.endswith("_at"):
        value = datetime.fromisoformat(value)
    elif value is not None and name.endswith("_on"):
        value = date.fromisoformat(value)
    setattr(thing, name, value)


def _as_text(value: Any) -> str:
    assert isinstance(value, date | datetime)
    return value.isoformat()
