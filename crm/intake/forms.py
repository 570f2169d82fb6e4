"""What a visitor may type, and the words when something is missing."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from crm.clock import STATES
from crm.intake import wording
from crm.intake.channels.form import CAME_FROM, HIDDEN
from crm.models.contact import LONGEST, e164, email_contact
from crm.web.forms import Form, LineField, TextField, choices
from crm.web.text import clean_line, clean_text

PHONE = 60  # characters, with all the brackets and extensions people write
ELSEWHERE = [("XX", _("Outside the United States")), ("NA", _("Rather not say"))]
PLACES = choices([("", _("Choose a state")), *STATES.items(), *ELSEWHERE])
DESK_PLACES = choices([("", "Not known yet"), *STATES.items(), *ELSEWHERE])
SPOKEN = choices(wording.SPOKEN_ANSWER.items())
TIMES = {"any": "Any time", "am": "Morning", "pm": "Afternoon", "eve": "Evening"}


class Offered:
    """Only what stands on the page can be chosen."""

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: Form, field: Any) -> None:
        chosen = field.data if isinstance(field.data, list) else [field.data] if field.raw_data else []
        known = {str(value) for value, *_words in field.choices}
        if not known.issuperset(chosen):
            raise StopValidation(self.message)


class TicksField(SelectMultipleField):
    """Several boxes of one question."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ContactForm(Form):
    """Send us a message. Least sensitive first; nothing is ticked before."""

    for_whom = RadioField(
        _("Who is this for?"), [InputRequired(_("Choose who this is for")), Offered(_("Choose who this is for"))],
        choices=choices([("self", _("Me")), ("loved", _("Someone I love")), ("client", _("A patient or client"))]),
        validate_choice=False, name="for",
    )
    name = LineField(
        _("What should we call you?"), [DataRequired(_("Tell us what to call you"))],
        description=_("A first name or nickname is fine."),
    )
    state = SelectField(
        _("Which state is the person who needs help in?"),
        [InputRequired(_("Choose a state")), Offered(_("Choose a state"))], choices=PLACES, validate_choice=False,
        description=_("Our coaches are licensed state by state, so this tells us who can help."),
    )
    via = TicksField(
        _(wording.WAYS), [InputRequired(_("Choose at least one way")), Offered(_("Choose at least one way"))],
        choices=choices((way, _(words)) for way, words in wording.WAY.items()), validate_choice=False,
        description=_(wording.WAYS_HINT),
    )
    phone = LineField(_("Phone"), longest=PHONE, description=_("For calls or texts"))
    email = LineField(_("E-mail"), longest=LONGEST, description=_("If we may write"))
    vm = RadioField(
        _(wording.VOICEMAIL), [Offered(_("Choose what we may do when you can't answer"))],
        choices=choices((answer, _(words)) for answer, words in wording.VOICEMAIL_ANSWER.items()),
        validate_choice=False,
    )
    when = TicksField(
        _("Best time to reach you"), [Offered(_("Choose from these times"))], validate_choice=False,
        choices=choices([("any", _("Any time")), ("am", _("Morning")), ("pm", _("Afternoon")), ("eve", _("Evening"))]),
        description=_("In your own local time."),
    )
    msg = TextField(
        _("What would you like us to know?"),
        description=_("A sentence or two is plenty. Please leave out medical records, insurance and Social Security "
                      "numbers."),
    )
    ok = BooleanField(_(wording.CONTACT), [DataRequired(_("Tick the box, so that we may answer you"))])
    hidden = StringField(_("Leave this empty"), name=HIDDEN)
    came = HiddenField(name=CAME_FROM)

    def __init__(self, organisation: str) -> None:
        super().__init__()
        self.ok.label.text = _(wording.CONTACT, organisation=organisation)

    def validate_phone(self, field: Field) -> None:
        """A number that can be dialled, when they allowed calls or texts."""
        if {"call", "text"} & set(self.via.data or ()) and not e164(field.data):
            raise ValidationError(_("Enter a phone number with 10 digits, like 303-555-0100"))

    def validate_email(self, field: Field) -> None:
        """An address that can be written to, when they allowed e-mail."""
        if "email" in (self.via.data or ()) and not email_contact(field.data):
            raise ValidationError(_("Enter an e-mail address, like name@example.org"))


class DeskForm(Form):
    """A person typed in by staff. Whatever was typed is taken, of any length: nothing here is required or refused.

    Nothing is chosen beforehand that allows more than they said.
    """

    page = HiddenField()
    phone = StringField("Phone", filters=[clean_line])
    name = StringField("Name", filters=[clean_line])
    for_whom = RadioField(
        "Who needs help?",
        choices=choices([("self", "The caller"), ("loved", "Someone they love"), ("client", "A client")]),
        default="self", validate_choice=False, name="for",
    )
    state = SelectField("State of the person in need", choices=DESK_PLACES, default="", validate_choice=False)
    msg = TextAreaField("What did they say?", filters=[clean_text])
    may_call = RadioField(wording.SPOKEN["call"], choices=SPOKEN, default="unasked", validate_choice=False)
    may_text = RadioField(wording.SPOKEN["text"], choices=SPOKEN, default="unasked", validate_choice=False)
    may_email = RadioField(wording.SPOKEN["email"], choices=SPOKEN, default="unasked", validate_choice=False)
    voicemail = RadioField(
        wording.SPOKEN["voicemail"], choices=choices(wording.SPOKEN_VOICEMAIL.items()), default="unasked",
        validate_choice=False,
    )
    language = RadioField(
        "Language", choices=choices([("en", "English"), ("es", "Spanish")]), default="en", validate_choice=False
    )
    person_name = StringField("Name of the person in need", filters=[clean_line], description="If it is not the caller")
    email = StringField("E-mail", filters=[clean_line])
    when = TicksField(
        "Best time to reach them", choices=choices(TIMES.items()), validate_choice=False,
        description="On their own clock."
    )
    heard = StringField("How did they hear of us?", filters=[clean_line])

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed or chosen at all."""
        return all(field.data in (None, "", [], field.default) for field in self if field.name != "page")


class DismissForm(Form):
    """Nobody in this message needs us: why, and for one that reads like an emergency, that a person has read it."""

    reason = RadioField(
        "Why does nobody in it need us?", choices=choices(wording.DISMISSED_FOR.items()), validate_choice=False
    )
    sure = BooleanField("I have read all of it, and nobody in it is in danger or asks for help")

    def __init__(self, is_grave: bool) -> None:
        super().__init__()
        self.is_grave = is_grave

    def validate_reason(self, field: RadioField) -> None:
        """Asked of an urgent message; of any other a press is enough."""
        if field.data and field.data not in wording.DISMISSED_FOR:
            raise ValidationError("Choose one of these reasons.")
        if self.is_grave and not field.data:
            raise ValidationError("Choose why nobody in it needs us.")

    def validate_sure(self, field: BooleanField) -> None:
        """A machine found words of an emergency: only a person who has read them may say that there is none."""
        if self.is_grave and not field.data:
            raise ValidationError("Say that you have read it.")
