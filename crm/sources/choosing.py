"""What somebody types to bring people in from a file, and what a column may mean."""

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField

from crm.intake.channels.row import WHEN
from crm.programme import programme
from crm.sources.columns import Column
from crm.web.forms import Form, LineField

ZONES = {
    "America/New_York": "Eastern", "America/Chicago": "Central", "America/Denver": "Mountain",
    "America/Phoenix": "Arizona", "America/Los_Angeles": "Pacific", "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii", "America/Puerto_Rico": "Puerto Rico", "UTC": "UTC",
}

MEANINGS = {
    "name": "Name to use", "first_name": "First name", "last_name": "Last name",
    "person_name": "Name of the person in need", "phone": "Phone", "email": "E-mail", "state": "State",
    "zip": "Postal code", "for_whom": "Who needs help", "via": "Ways allowed", "voicemail": "Voicemail",
    "best_time": "Best time", "message": "Message", "language": "Language", "consent": "Agreement",
    "page": "Page they wrote on", WHEN: "When they wrote", "other": "Keep beside the message", "ignore": "Leave out",
}
ONLY_ONE = frozenset(MEANINGS) - {"message", "via", "consent", "other", "ignore", WHEN}


class FileForm(Form):
    """The file, and what it does not say itself."""

    file = FileField(
        "A CSV file", [FileRequired("Choose a file")],
        description="Up to 50 MB. First line: column names. Excel: save as “CSV UTF-8”.",
    )
    source = SelectField("Where do they come from?")
    zone = SelectField("Times in the file are in")
    form = LineField(
        "Number of the form", longest=60,
        description="Only for an export of Gravity Forms: entries that came by webhook are then recognised.",
    )
    waiting = BooleanField("These people wrote in the last 7 days: count our reply promise from now.")

    def __init__(self, sources: list[tuple[str, str]]) -> None:
        super().__init__()
        self.source.choices = sources
        here = programme().time_zone
        self.zone.choices = [*({here: here} | ZONES).items()]
        if not self.is_submitted():
            self.zone.data = here


def chosen_meanings(columns: list[Column], typed: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """What somebody said of each column (fields c1, c2, …), and what does not go together, in words."""
    said = {}
    for place, column in enumerate(columns, 1):
        means = typed.get(f"c{place}", column.means)
        said[column.name] = means if means in MEANINGS else column.means
    several = [MEANINGS[fact] for fact in MEANINGS if fact in ONLY_ONE and list(said.values()).count(fact) > 1]
    problems = [f"Two columns cannot both be “{words}”. Choose one of them." for words in several]
    if not {"phone", "email", "message"} & set(said.values()):
        problems.append("Say which column holds the phone, the e-mail or the message: without any, nobody can come in.")
    return said, problems
