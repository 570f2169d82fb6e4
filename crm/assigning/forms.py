"""What a person chooses when a lead is handed to a coach."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField

from crm.assigning.queries import Coach
from crm.web.forms import Form, choices


class AssignForm(Form):
    """One of the coaches; the empty choice hands the lead back to intake. Nobody is chosen beforehand."""

    coach = SelectField("Hand over to", validate_choice=False)

    def __init__(self, coaches: Sequence[Coach], **more: Any) -> None:
        super().__init__(**more)
        self.coach.choices = choices([("", "Choose a coach"), *((coach.ref, coach.words) for coach in coaches)])
