"""What an administrator may type about a source."""

import re
from collections.abc import Mapping

from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from crm.clock import STATES
from crm.intake.channels import NO_PLACE, WAYS
from crm.models import Source
from crm.sources.actions import OUR_WORDS, slug_of
from crm.sources.wording import CHOICES, FACTS, FOR_WHOM, KINDS, LANGUAGES
from crm.web.forms import Form, LineField, TextField, choices

LONGEST_NAME, LONGEST_SLUG = 100, 60  # characters
SHORTEST_SECRET, LONGEST_SECRET = 16, 200  # characters: what is shorter can be found by trying
LONGEST_SAMPLE = 30_000  # characters; percent-encoded it still fits into the largest request we take
MOST_AN_HOUR = 100_000
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
BECOMES = "becomes:"  # begins the names of the choices, before the key of the field
WAY_WORDS = {"call": "Phone call", "text": "Text message", "email": "E-mail"}


class NewSourceForm(Form):
    """A new way for messages to come."""

    kind = RadioField(
        "What sends the messages?", [InputRequired("Choose what sends the messages.")],
        choices=choices((kind, KINDS[kind].label) for kind in CHOICES),
    )
    name = LineField("Name", [InputRequired("Give it a name, such as Website, Contact page.")], longest=LONGEST_NAME,
                     description="As your staff call it; it stands beside every message")
    slug = LineField("Address", [Optional()], longest=LONGEST_SLUG,
                     description="Small letters, digits and dashes. Left empty, it is made of the name")

    def validate_slug(self, field: LineField) -> None:
        """It stands in an address."""
        if not SLUG.fullmatch(field.data or "") or field.data in OUR_WORDS:
            raise ValidationError("Use small letters, digits and single dashes, such as contact-page.")

    def validate_name(self, field: LineField) -> None:
        """Without an address of its own the name must make one."""
        made = slug_of(field.data or "")
        if not self.slug.data and (not made or made in OUR_WORDS):
            raise ValidationError("No address can be made of this name; type one.")

    @property
    def wanted_slug(self) -> str:
        """The address it gets."""
        return self.slug.data or slug_of(self.name.data or "")


class SourceForm(Form):
    """What may change about a source; `defaults` are what its messages leave unsaid."""

    name = LineField("Name", [InputRequired("A source needs a name.")], longest=LONGEST_NAME)
    quota = IntegerField(
        "Messages an hour", [InputRequired("Say how many messages an hour are usual at most."),
                             NumberRange(1, MOST_AN_HOUR, f"Between 1 and {MOST_AN_HOUR:,}.")],
        description="What comes beyond it is held for somebody to look at, never refused",
    )
    state = SelectField("State", choices=choices([("", "Nothing"), *STATES.items()]))
    language = SelectField("Language", choices=choices([("", "Nothing"), *LANGUAGES.items()]))
    for_whom = SelectField("Who needs help", choices=choices([("", "Nothing"), *FOR_WHOM.items()]))
    via = SelectMultipleField("Ways allowed", choices=choices(WAY_WORDS.items()), widget=ListWidget(),
                              option_widget=CheckboxInput(),
                              description="Only where the form itself says that they will be contacted this way")

    @classmethod
    def of(cls, source: Source) -> "SourceForm":
        """Filled in with what holds now."""
        said = source.defaults
        form = cls(formdata=None, name=source.name, quota=source.quota, via=_ways(said.get("via", "")),
                   **{fact: said.get(fact, "") for fact in ("state", "language", "for_whom")})
        return form

    @property
    def defaults(self) -> dict[str, str]:
        """What its messages leave unsaid, as the reading of messages understands it."""
        said = {"state": self.state.data, "language": self.language.data, "for_whom": self.for_whom.data,
                "via": ", ".join(self.via.data or ())}
        return {fact: text for fact, text in said.items() if text and text not in NO_PLACE}


class SecretForm(Form):
    """A secret that the vendor gave; left empty, we make one."""

    given = LineField("Secret of the vendor", longest=LONGEST_SECRET,
                      description="Leave it empty for a new one of ours")

    def validate_given(self, field: LineField) -> None:
        """Long enough that nobody finds it by trying."""
        if field.data and (len(field.data) < SHORTEST_SECRET or not field.data.isprintable() or " " in field.data):
            raise ValidationError(f"At least {SHORTEST_SECRET} characters, without spaces.")


class ReplayForm(Form):
    """Read again what waits; what came without proof only when somebody says that it is theirs."""

    unproven = BooleanField("Also what came without the right secret: I know that it is from this sender")


class SampleForm(Form):
    """A message to match fields by: pasted, or one that came."""

    sample = TextField("A sample message", longest=LONGEST_SAMPLE)
    pick = HiddenField()

    @staticmethod
    def becomes(typed: Mapping[str, str]) -> dict[str, str]:
        """What each field becomes (key to fact), as far as the page said something that can be chosen."""
        said = {name.removeprefix(BECOMES): fact for name, fact in typed.items() if name.startswith(BECOMES)}
        return {key: fact for key, fact in said.items() if fact in FACTS}


def _ways(text: str) -> list[str]:
    return [way for way in WAYS if way in text.split(", ")]
