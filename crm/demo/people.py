"""The people of the demo clinic: who works there, and who has just written. Everybody is invented."""

from dataclasses import dataclass

CALL, TEXT, EMAIL = "call", "text", "email"
ALL_WAYS = (CALL, TEXT, EMAIL)

# One area code for each state the demo's people write from; every number ends in 555-01xx, set aside for fiction.
AREA_CODES = {
    "AK": "907", "AZ": "480", "CA": "415", "CO": "720", "CT": "860", "FL": "305", "GA": "404", "GU": "671",
    "HI": "808", "ID": "208", "IL": "312", "MA": "617", "MI": "313", "MN": "612", "NC": "919", "NJ": "973",
    "NM": "505", "NV": "702", "NY": "212", "OH": "614", "OR": "503", "PA": "215", "PR": "787", "TN": "615",
    "TX": "512", "UT": "801", "VA": "703", "WA": "206",
}


@dataclass(frozen=True)
class Colleague:
    """Somebody who signs in to the demo; `hours` are their local shift on each of the `days` (Monday is 0)."""

    name: str
    role: str
    hours: tuple[str, str] = ("08:00", "18:00")
    days: str = "0123456"
    states: tuple[str, ...] | None = None
    languages: tuple[str, ...] = ("en",)
    most: int | None = None

    @property
    def key(self) -> str:
        return self.name.split()[0].lower()

    @property
    def email(self) -> str:
        return f"{self.key}@example.org"


@dataclass(frozen=True)
class Someone:
    """Somebody who wrote: for whom (self, loved, client), from which state, what they said and what they allowed."""

    name: str
    for_whom: str
    state: str
    message: str
    via: tuple[str, ...] = ALL_WAYS
    voicemail: str = "name"
    language: str = "en"
    best: tuple[str, ...] = ("any",)


COLLEAGUES = (
    Colleague("Priya N.", "intake", ("08:00", "18:00")),
    Colleague("Jo P.", "intake", ("09:00", "20:00"), languages=("en", "es")),
    Colleague("Elena L.", "admin", ("09:00", "17:00"), "01234"),
    Colleague("Marcus B.", "coach", ("08:00", "16:00"), states=("CO", "OH", "TX", "NM"), most=20),
    Colleague("Tess A.", "coach", ("10:00", "18:00"), states=("CA", "OR", "WA", "NV", "AZ", "HI", "AK"), most=16),
    Colleague("Ray O.", "coach", ("09:00", "17:00"), states=("NY", "NJ", "PA", "CT", "MA", "VA"), most=18),
    Colleague("Imani F.", "coach", ("11:00", "19:00"), states=("GA", "FL", "NC", "TN", "MI"), most=8),
    Colleague("Lou S.", "coach", ("08:00", "14:00"), "01245", languages=("en", "es"), most=20),
)

# Wrote within the last minutes or hours; nobody has answered yet. The first two have waited longer than we promised.
NEW = (
    Someone("Dana Whitfield", "loved", "CO", "My brother finishes detox on Friday and we don't know what comes after. "
            "He wants to keep his job. He's been through this twice and I'm scared of the first week home. Mornings "
            "before nine are best for me.", (CALL, TEXT), best=("am",)),
    Someone("Amir Karimi", "self", "TX", "Ninety days next week and the meetings here have thinned out. I would like "
            "somebody to check in with. Text only please, I share a house.", (TEXT,), "no"),
    Someone("Luz Herrera", "loved", "AZ", "Mi hijo sale de la residencia el sábado y no queremos que esté solo. "
            "Hablo mejor español. Por las tardes puedo hablar con calma.", (CALL,), "name", "es", ("eve",)),
    Someone("Renee Castillo", "self", "", "Out of residential since October and doing all right, but the evenings "
            "are long. Could a coach help me plan them?", (CALL,), "name"),
    Someone("Gabe Lindqvist", "self", "FL", "Do your groups work around night shifts? I work six to six at the "
            "hospital and sleep until two.", ALL_WAYS, "yes", best=("pm",)),
    Someone("Sunita Rao", "loved", "NJ", "Our daughter came home from treatment on Sunday. She is asking for somebody "
            "her own age to talk to. She knows that I am writing."),
    Someone("Walt Jensen", "self", "UT", "Saw your page through the alumni group. What does it cost, and do I need "
            "to have insurance first?", (EMAIL,)),
    Someone("Corinne Blake", "client", "OH", "Discharge planner at Cedar House. Client leaves Thursday, motivated, has "
            "housing with an aunt. Would like a coach named before the day.", (CALL, EMAIL), "yes"),
    Someone("Nia Bell", "loved", "GA", "It's about my partner. He said yes to talking to somebody, for the first time. "
            "Please no voicemail, the kids use this phone too.", (CALL, TEXT), "no"),
    Someone("Teo Maunakea", "self", "", "Could someone call me once it is daytime here? I would rather talk than "
            "type.", (CALL, TEXT), "name", best=("am",)),
)

# We have tried, and not spoken yet.
TRYING = (
    Someone("Theo Ramsey", "self", "OH", "Missed your call, sorry. Can you try me after ten? Night shift ended at "
            "seven and I needed some sleep.", (CALL, TEXT), "no"),
    Someone("Bea Thornton", "loved", "MI", "My sister left her program two weeks early. She isn't angry, just tired. "
            "I'd like to know what she could do from home."),
    Someone("Marek Dvorak", "self", "IL", "Somebody at work gave me your number. I don't know what to ask for, I just "
            "know I don't want another winter like the last one.", (CALL,)),
    Someone("Alma Figueroa", "self", "NM", "Terminé el programa en agosto. Me gustaría tener a alguien con quien "
            "hablar una vez por semana, en español si se puede.", (CALL, TEXT), "name", "es"),
    Someone("Pete Hargrove", "self", "TN", "Truck driver, so I am in a different state most days. Is it all by phone? "
            "Evenings I am parked.", (CALL,), "yes", best=("eve",)),
    Someone("Hannah Weiss", "loved", "NY", "Writing about my husband. He has five weeks. He'd never fill in a form but "
            "he said I could ask how it works.", (TEXT, EMAIL), "no"),
    Someone("Darnell Hughes", "self", "PA", "I did the thirty days. Now what? My counselor said to find a coach and "
            "you were at the top of her list."),
    Someone("Kim Sorensen", "loved", "MN", "Our son is nineteen and comes home from treatment at the end of the month. "
            "We want to do this right and not hover.", (CALL, EMAIL)),
    Someone("Vince Palmieri", "self", "NJ", "Just a question about how often you'd be in touch. I'm better on text "
            "than on the phone.", (TEXT,), "no"),
    Someone("Odalys Reyes", "loved", "FL", "Mi hermano acaba de salir del hospital y está animado. ¿Con quién puede "
            "hablar esta semana?", (CALL,), "no", "es"),
    Someone("Shawn Tully", "self", "WA", "Left a message last week, trying again here. I have a place to stay and a "
            "job to start in December. Would like to keep both.", (CALL, EMAIL), best=("am", "pm")),
    Someone("Priscilla Owens", "client", "VA", "Case manager, county program. My client asked for a peer coach who "
            "knows shift work. He agreed that I pass on his name when you call me.", (CALL, EMAIL), "yes"),
    Someone("Jordan Mills", "self", "CA", "I keep starting this message and deleting it. So: I'd like some help "
            "staying with it. That's all.", (EMAIL,)),
    Someone("Carla Benedetti", "loved", "CT", "My father is seventy-one and has stopped, on his own, since September. "
            "He is proud of it and lonely. Do you coach people his age?", (CALL,)),
    Someone("Rick Sandoval", "self", "AZ", "Voicemail is full, sorry. Text works. I'd like to hear what a coach "
            "does all day.", (CALL, TEXT), "no"),
    Someone("Ellen Moody", "loved", "MA", "For my grandson, twenty-six. He says yes to a walk-and-talk, if that "
            "is a thing you do.", (CALL,), "yes"),
)
