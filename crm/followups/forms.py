"""What a person may type about a promise: how it went, another time, a new promise, why it is no longer needed."""

from datetime import datetime

from wtforms import RadioField, StringField
from wtforms.validators import AnyOf, DataRequired, InputRequired
from wtforms.widgets import DateInput, TimeInput

from crm.followups import moments
from crm.web import clean_line
from crm.web.forms import Form, LineField, choices

SPOKE, NO_ANSWER = "spoke", "no_answer"
PICK = "pick"
WAYS = {"call": "Call", "text": "Text", "email": "E-mail", "visit": "Visit"}


class OutcomeForm(Form):
    """One tap: they spoke, or nobody answered."""

    outcome = StringField(validators=[AnyOf((SPOKE, NO_ANSWER), "Say how it went.")])


class _TimeForm(Form):
    """A moment of a menu, or a date and a time on the clock where the person is."""

    to = StringField(filters=[clean_line], default=PICK)
    date = StringField("Date", widget=DateInput(), filters=[clean_line])
    time = StringField("Time", widget=TimeInput(), filters=[clean_line])

    def moment(self, zone: str, at: datetime) -> datetime | None:
        """What was chosen; None, with words beside the field, when it cannot be."""
        try:
            if self.to.data and self.to.data != PICK:
                return moments.chosen(self.to.data, at)
            return moments.picked(self.date.data or "", self.time.data or "", zone, at)
        except ValueError as error:
            self.date.errors = [str(error)]
            return None


class MoveForm(_TimeForm):
    """Another time for a promise."""


class PromiseForm(_TimeForm):
    """A new promise: when, how, and in a few words why."""

    channel = RadioField(
        "How", choices=choices(WAYS.items()), validators=[InputRequired("Choose how to get in touch.")],
    )
    why = LineField("What about")


class DropForm(Form):
    """Why a promise is no longer needed: said, because an open lead has a next step or a reason for none."""

    reason = LineField("Why is it no longer needed?", [DataRequired("Say why it is no longer needed.")])
