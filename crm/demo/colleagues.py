"""The staff of the demo clinic, and the passwords they sign in with: other ones in each demo database."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from crm.demo.people import COLLEAGUES, Colleague
from crm.models import Staff
from crm.staff import actions, passwords

WORDS = (
    "acorn", "amber", "apron", "basil", "beach", "birch", "bread", "brook", "cabin", "candle", "canoe", "cedar",
    "chalk", "cider", "clover", "comet", "copper", "coral", "cotton", "daisy", "delta", "dough", "eagle", "ember",
    "fern", "ferry", "field", "flute", "garden", "ginger", "grove", "harbor", "hazel", "heron", "honey", "indigo",
    "island", "ivory", "jasper", "kettle", "ladder", "laurel", "lemon", "lilac", "linen", "maple", "marble", "meadow",
    "melon", "mint", "nectar", "olive", "orchard", "otter", "pebble", "pepper", "plum", "quartz", "raven", "river",
    "saffron", "spruce", "thyme", "willow",
)
WORDS_OF_A_PASSWORD = 5  # of 64: thirty bits, behind the slowing down of guesses, for people who do not exist


def hire(at: datetime) -> tuple[dict[str, Staff], Sequence[dict[str, str]]]:
    """Add everybody; gives them by first name, and role, e-mail and password of each."""
    staff, people = {}, []
    for one in COLLEAGUES:
        password = "-".join(secrets.choice(WORDS) for _ in range(WORDS_OF_A_PASSWORD))
        staff[one.key] = _hire(one, password, at)
        people.append({"role": one.role, "email": one.email, "password": password})
    return staff, people


def _hire(one: Colleague, password: str, at: datetime) -> Staff:
    states = list(one.states) if one.states else None
    hired = actions.add(one.email, one.name, one.role, at, states, list(one.languages), one.most)
    hired.hours = {day: list(one.hours) for day in one.days}
    hired.password_hash = passwords.hash_of(password)
    return hired
