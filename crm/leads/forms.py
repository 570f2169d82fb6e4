"""What a person may type on a lead's page: a contact and its next step, a note, another status, how to reach them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, time
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import DateField
from wtforms.validators import AnyOf, DataRequired, Optional
from wtforms.widgets import CheckboxInput, DateInput, TimeInput

from crm.clock import parse_moment, resolve, zone_label
from crm.clock.zones import ALASKA, ALEUTIAN, ARIZONA, CENTRAL, EASTERN, GUAM, HAWAII, MOUNTAIN, PACIFIC, SAMOA
from crm.followups.contacts import OUTCOMES_BY_CHANNEL, NextStep, outcome_words
from crm.followups.moments import picked
from crm.leads.actions import Reach
from crm.leads.merging import CHOICES
from crm.leads.moments import NONE, PICK, moment_words, next_moments
from crm.lifecycle import Move
from crm.lifecycle.workflow import workflow
from crm.models import Lead, Staff
from crm.models.contact import Contact, email_contact, phone_contact
from crm.models.lead import LEVELS
from crm.web.forms import Form, LineField, TextField, choices
from crm.web.text import clean_line

ASK_AGAIN_AT = time(9)  # on their clock, on the day they named
BEST = {"any": "any time", "am": "mornings", "pm": "afternoons", "eve": "evenings"}
AT_MOST = 5  # numbers, and as many addresses
ZONES = (EASTERN, CENTRAL, MOUNTAIN, ARIZONA, PACIFIC, ALASKA, ALEUTIAN, HAWAII, "America/Puerto_Rico", GUAM, SAMOA)
URGENCY = {"crisis": "Crisis", "urgent": "Urgent: within the hour", "routine": "Routine"}
ANSWER = choices([("yes", "Yes"), ("no", "No"), ("unasked", "Not asked")])
VOICEMAIL = choices([("yes", "Yes"), ("name", "Only a first name"), ("no", "No"), ("unasked", "Not asked")])


class OtherForm(Form):
    """Another lead: by its reference, or looked for with words."""

    other = HiddenField(filters=[clean_line])
    q = LineField("Reference, name, phone or e-mail")


class MergeForm(Form):
    """Which page stays, and of each field that differs from whose page it is taken: the chosen lead's reference."""

    other = HiddenField(filters=[clean_line])
    keep = HiddenField(filters=[clean_line])
    name = HiddenField(filters=[clean_line])
    for_whom = HiddenField(filters=[clean_line])
    place = HiddenField(filters=[clean_line])
    language = HiddenField(filters=[clean_line])
    best_times = HiddenField(filters=[clean_line])

    def taken_from(self, ref: str) -> list[str]:
        """The fields that somebody chose from this lead."""
        return [name for name in CHOICES if self[name].data == ref]


class AttemptForm(Form):
    """How a call, a text, an e-mail or a visit went, and what comes next. Nothing is chosen beforehand."""

    channel = HiddenField(validators=[AnyOf(OUTCOMES_BY_CHANNEL, message="Say what kind of contact it was.")])
    outcome = RadioField("How did it go?", validate_choice=False)
    note = TextField("What should the next person know?")
    follow_up = RadioField("Next follow-up", validate_choice=False)
    follow_up_date = StringField("Date", widget=DateInput(), filters=[clean_line])
    follow_up_time = StringField("Time", widget=TimeInput(), filters=[clean_line])
    follow_up_reason = LineField("Why is there none?")

    def __init__(self, channel: str, name: str, zone: str, at: datetime, **more: Any) -> None:
        super().__init__(**more)
        self.zone, self.at = zone, at
        self.channel.data = self.channel.data if more.get("formdata") else channel
        known = OUTCOMES_BY_CHANNEL.get(self.channel.data or "", ())
        self.outcome.choices = choices((key, outcome_words(self.channel.data or "", key, name)) for key in known)
        self.follow_up.choices = choices(self._moments())

    def next_step(self) -> NextStep | None:
        """What was chosen to come next; None with words at the field when it makes no sense."""
        chosen = self.follow_up.data or ""
        if chosen == NONE:
            return NextStep(None, why=self.follow_up_reason.data or "")
        try:
            if chosen == PICK:
                due_at = picked(self.follow_up_date.data or "", self.follow_up_time.data or "", self.zone, self.at)
            else:
                due_at = parse_moment(chosen)
        except ValueError as error:
            if chosen == PICK:
                self.follow_up_date.errors = [str(error)]
            else:
                self.follow_up.errors = ["Choose the next follow-up, or say why there is none."]
            return None
        return NextStep(due_at, channel=self.channel.data if self.channel.data in ("text", "email") else "call")

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Put the words of a refused contact at the fields that would mend it."""
        for name, words in problems.items():
            self._fields.get(name, self.outcome).errors = [words]

    def _moments(self) -> Sequence[tuple[str, str]]:
        """The moments of now, and the one chosen on a page that was opened a while ago."""
        offered = next_moments(self.zone, self.at)
        chosen = self.follow_up.data
        if chosen and chosen not in (PICK, NONE, *(value for value, _ in offered)):
            with suppress(ValueError, OverflowError):  # no moment at all is refused with words when it is saved
                offered.append((chosen, moment_words(parse_moment(chosen), self.zone, self.at)))
        return [*offered, (PICK, "Pick a time"), (NONE, "None")]


class NoteForm(Form):
    """A note for whoever comes next."""

    body = TextField("Note", [DataRequired("Write something first.")])


class StatusForm(Form):
    """A move to another status, with what some moves ask for."""

    status = SelectField("Move to", validate_choice=False)
    reason = SelectField("Reason for closing", validate_choice=False)
    why = LineField("Why", description="Optional, unless the move needs an explanation")
    discharge_on = DateField("Leaves inpatient on", [Optional()])
    assessment_on = StringField("Assessment on", widget=DateInput(), filters=[clean_line])
    assessment_time = StringField("At (their time)", widget=TimeInput(), filters=[clean_line])
    started_on = DateField("First day with us", [Optional()])
    referred_to = LineField("Referred to")
    next_on = DateField("Ask again on", [Optional()])
    agreed = BooleanField("They agreed that we ask again")

    # The gates of the workflow speak of moments; people type days and times.
    TYPED_AS: Mapping[str, str] = {"assessment_at": "assessment_on", "next_at": "next_on"}

    def __init__(self, lead: Lead, zone: str, may_end: bool, **more: Any) -> None:
        super().__init__(**more)
        self.zone = zone
        known = workflow().next_statuses(lead.status_key)
        offered = [status for status in known if may_end or status.stage != "ended"]
        self.status.choices = choices([("", "Choose a status"), *((status.key, status.label) for status in offered)])
        reasons = workflow().reasons.values()
        self.reason.choices = choices([("", "Choose a reason"), *((reason.key, reason.label) for reason in reasons)])

    @property
    def ends_it(self) -> bool:
        """Whether the chosen status is an end."""
        known = workflow().statuses.get(self.status.data or "")
        return known is not None and known.stage == "ended"

    def move(self, by: Staff, at: datetime) -> Move | None:
        """The move that was typed; None with words at the field when a date or time makes no sense."""
        to, assessment_at, next_at = self.status.data or "", None, None
        if not to:
            self.status.errors = ["Choose a status."]
            return None
        try:
            if self.assessment_on.data or self.assessment_time.data:
                assessment_at = picked(self.assessment_on.data or "", self.assessment_time.data or "", self.zone, at)
        except ValueError as error:
            self.assessment_on.errors = [str(error)]
            return None
        with suppress(ValueError):  # a day at the end of the calendar is no day within 90 days either
            next_at = resolve(self.next_on.data, ASK_AGAIN_AT, self.zone) if self.next_on.data else None
        known_reason = self.reason.data if self.reason.data in workflow().reasons else None
        return Move(
            to=to, by=by, at=at, reason=known_reason if to == "closed" else self.why.data or None,
            discharge_on=self.discharge_on.data, assessment_at=assessment_at, started_on=self.started_on.data,
            referred_to=self.referred_to.data or None, next_at=next_at, agreed=bool(self.agreed.data),
        )

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Put the words of a refused move at the fields that would mend it."""
        for name, words in problems.items():
            if name == "reason" and self.status.data != "closed":
                name = "why"
            field = self._fields.get(self.TYPED_AS.get(name, name), self.status)
            field.errors = [words]


class UrgencyForm(Form):
    """How urgent it is, as somebody judges it who has read it or has spoken with them. Always with the reason."""

    level = RadioField(
        "How urgent is it?", [AnyOf(LEVELS, message="Choose one of these.")], choices=choices(URGENCY.items())
    )
    danger = RadioField(
        "Is somebody in danger now?", [AnyOf(("yes", "no"), message="Say yes or no.")],
        choices=choices([("yes", "Yes, or we cannot tell"), ("no", "No")]),
    )
    why = LineField("Why", [DataRequired("Say why, in a sentence.")])


class ReachForm(Form):
    """Names, numbers, addresses, what they allow, and the clock they live by."""

    name = LineField("Name")
    person_name = LineField("Name of the person in need")
    phones = TextField("Phone numbers", description="One on each line", longest=500)
    emails = TextField("E-mail addresses", description="One on each line", longest=1500)
    may_call = RadioField("May we call?", choices=ANSWER)
    may_text = RadioField("May we text?", choices=ANSWER)
    may_email = RadioField("May we e-mail?", choices=ANSWER)
    voicemail = RadioField("May we leave a voicemail?", choices=VOICEMAIL)
    best_times = SelectMultipleField("Best times", option_widget=CheckboxInput(), choices=choices(BEST.items()))
    time_zone = SelectField("Time zone", description="Choose one only if they said so")

    def __init__(self, lead: Lead, **more: Any) -> None:
        person = lead.inquirer
        lines = {kind: "\n".join(one.value for one in person.contact_points if one.kind == kind)
                 for kind in ("phone", "email")}
        super().__init__(
            data={name: getattr(person, name) for name in ("name", "may_call", "may_text", "may_email", "voicemail",
                                                           "best_times")}
            | {"person_name": lead.person.name, "phones": lines["phone"], "emails": lines["email"], "time_zone": ""},
            **more,
        )
        known = zone_label(person.time_zone) if person.time_zone else "not known"
        self.time_zone.choices = choices([("", f"As it is ({known})"), *((zone, zone_label(zone)) for zone in ZONES)])
        if lead.person is person:
            del self.person_name

    def reach(self) -> Reach | None:
        """What was typed; None with words at the field when a number or an address is none."""
        phones = self._contacts("phones", phone_contact, "That is not a phone number: {}")
        emails = self._contacts("emails", email_contact, "Mail could not be sent to this address: {}")
        if self.errors:
            return None
        person_name = self.person_name.data if "person_name" in self else ""
        return Reach(
            name=self.name.data or "", person_name=person_name or "", contacts=[*phones, *emails],
            may_call=self.may_call.data, may_text=self.may_text.data, may_email=self.may_email.data,
            voicemail=self.voicemail.data, best_times=list(self.best_times.data or []), time_zone=self.time_zone.data,
        )

    def _contacts(self, name: str, read: Callable[[str], Contact | None], problem: str) -> Sequence[Contact]:
        field = self._fields[name]
        typed = [clean_line(line) for line in (field.data or "").splitlines() if clean_line(line)]
        found = [(line, read(line)) for line in typed]
        wrong = [line for line, contact in found if contact is None]
        if wrong:
            field.errors = [problem.format(wrong[0])]
        elif len(typed) > AT_MOST:
            field.errors = [f"Please keep to {AT_MOST}."]
        return [contact for _, contact in found if contact]
