"""How things go with people, day by day: the plots of the demo clinic, as data."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Beat:
    """One contact: how it went, how many days after the one before, and the status that somebody set after it."""

    outcome: str
    gap: float = 0.0
    then: str = ""


NO_ANSWER, VOICEMAIL, WROTE = Beat("no_answer"), Beat("voicemail", 0.2), Beat("sent", 1)
TRIES = (NO_ANSWER, VOICEMAIL, WROTE, Beat("no_answer", 1), Beat("sent", 2))
GIVING_UP = (NO_ANSWER, VOICEMAIL, WROTE, Beat("no_answer", 1), Beat("sent", 2), Beat("no_answer", 3, "closed"))

# What is said about a contact. People's own words in notes are kind and short, as a shift leaves time for.
NOTES = {
    "spoke": (
        "Calm, clear about what helps. Wants short calls rather than long ones.",
        "Talked for a quarter of an hour. The evenings are the hard part; made a plan for the next three.",
        "Sleeping better. Back at work half days.",
        "Has support at home and one good friend from the program.",
        "Asked good questions about how coaching works. Sent the page about the first week.",
        "A rough weekend, honest about it, and called back by themselves. Glad we kept the time.",
        "Prefers mornings from now on. Changed the plan.",
        "Went to two meetings this week and liked one of them.",
        "Laughed for the first time. Talked about the dog for half the call.",
    ),
    "no_answer": ("", "", "Rang out; trying at another time of day.", "No answer, no message left."),
    "voicemail": ("First name only, as agreed.", "Short message: my name, and that I will try again."),
    "sent": ("Asked which time suits.", "Sent a short hello and our hours.", "Sent the family-night link."),
    "asked_to_stop": ("Polite and definite. Everything stops.",),
}
LATER_NOTES = (
    "Her sister is happy to be asked too; their agreement is still to come.",
    "Insurance card seen; nothing else needed for now.",
    "Remember: the first name only on the phone.",
    "Works nights this month. Not before two in the afternoon.",
)
WHYS = (
    "Weekly call. Last time: sleeping better, back at work.", "First check-in.", "Ask how the weekend went.",
    "Send the family-night link.", "Try another time of day.", "Call about the evening plan.",
    "Talk about the first week home.", "See whether the mornings got easier.",
)
NO_STEP = "They will write when they are back home."


def beats(plot: str, chance: Random) -> list[Beat]:
    """The contacts of a plot: a status key, or the reason somebody's lead was closed for."""
    if plot == "new":
        return []
    elif plot == "trying":
        return list(TRIES[: chance.choice((1, 1, 2, 2, 3, 4, 5))])
    elif plot == "unreachable":
        return list(GIVING_UP)
    elif plot == "wrong_contact":
        return [Beat("wrong_number", then="closed")]
    elif plot == "asked_to_stop":
        return [NO_ANSWER, Beat("asked_to_stop", 1, "closed")]
    first = [Beat("spoke")] if chance.random() < 0.6 else [NO_ANSWER, Beat("spoke", 0.3)]
    return [*first, *_after_talking(plot, chance)]


def _after_talking(plot: str, chance: Random) -> list[Beat]:
    calls = [Beat("spoke" if chance.random() < 0.75 else "no_answer", chance.choice((2, 3, 4, 5)))
             for _ in range(chance.randint(1, 4))]
    if plot == "talking":
        return calls
    elif plot == "leaving":
        return [Beat("spoke", 1, "leaving"), *calls[:2]]
    elif plot == "assessment":
        return [*calls[:2], Beat("spoke", 2, "assessment")]
    elif plot == "missed":
        return [Beat("spoke", 2, "assessment"), Beat("no_answer", 3, "missed")]
    elif plot == "later":
        return [*calls[:1], Beat("spoke", 3, "later")]
    elif plot == "started":
        return [*calls[:2], Beat("spoke", 2, "assessment"), Beat("spoke", 3, "started")]
    elif plot == "referred":
        return [Beat("spoke", 1, "referred")]
    else:
        return [*calls[:1], Beat("spoke", 2, "closed")]
