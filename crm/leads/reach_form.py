"""What a person may type about how to reach somebody."""

from collections.abc import Callable, Sequence
from typing import Any

from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput

from crm.clock import zone_label
from crm.clock.zones import ALASKA, ALEUTIAN, ARIZONA, CENTRAL, EASTERN, GUAM, HAWAII, MOUNTAIN, PACIFIC, SAMOA
from crm.leads.reach import Reach
from crm.leads.reaching import BEST
from crm.models import Lead
from crm.models.contact import Contact, email_contact, phone_contact
from crm.web.forms import Form, LineField, TextField
from crm.web.text import clean_line

AT_MOST = 5  # numbers, and as many addresses
ZONES = (EASTERN, CENTRAL, MOUNTAIN, ARIZONA, PACIFIC, ALASKA, ALEUTIAN, HAWAII, "America/Puerto_Rico", GUAM, SAMOA)
ANSWER = [("yes", "Yes"), ("no", "No"), ("unasked", "Not asked")]
VOICEMAIL = [("yes", "Yes"), ("name", "Only a first name"), ("no", "No"), ("unasked", "Not asked")]


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
    best_times = SelectMultipleField("Best times", option_widget=CheckboxInput(), choices=[*BEST.items()])
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
        self.time_zone.choices = [("", f"As it is ({known})"), *((zone, zone_label(zone)) for zone in ZONES)]
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
