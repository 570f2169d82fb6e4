"""Invented people by the thousand: names, places and words for bulk data."""

from functools import cache
from random import Random

from crm.clock import Zone, derive
from crm.demo.people import AREA_CODES

_FIRST_NAMES = (
    "Ada Alan Amara Ana Andre Anita Arlo Bela Bianca Boris Carmen Cedric Chloe Clara Cyrus Dana Dario Delia Dmitri "
    "Edith Elena Emeka Enzo Esther Fatima Felix Flora Gita Gloria Hana Hector Hugo Ida Imre Inga Iris Ivan Jada Jamal "
    "Jorge Juno Kai Karim Kofi Lana Leo Lidia Luca Mara Marta Mateo Maya Milo Nadia Nils Nora Olga Omar Otto Paula "
    "Pedro Petra Quinn Rafael Rhea Rita Rosa Ruben Sana Silas Sofia Stella Tariq Thea Tomas Uma Vera Viktor Wanda "
    "Xavier Yara Zeno"
)
_LAST_NAMES = (
    "Abbott Adeyemi Alvarez Amin Archer Bauer Beck Bishop Blum Braun Castro Chen Clarke Cohen Cortez Dahl Danso Diaz "
    "Dixon Drake Duarte Eklund Ellis Engel Farah Fischer Fletcher Flores Franco Gallo Garcia Gibson Gomez Grant Haas "
    "Hall Hansen Hayes Ibarra Iqbal Jansen Jensen Juarez Kaplan Keller Khan Kim Klein Kovac Lang Larsen Lee Lopez "
    "Lund Marsh Mendez Meyer Mills Morales Nagy Nash Novak Ochoa Okafor Olsen Ortiz Park Patel Pena Perez Petrov "
    "Quist Ramos Reid Reyes Rossi Ruiz Sato Schmidt Silva Singh Soto Stone Tanaka Tate Torres Vargas Vega Voss Walsh "
    "Weber Wolf Young Zhou"
)
FIRST, LAST = _FIRST_NAMES.split(), _LAST_NAMES.split()
MESSAGES = (
    "I finished a program last month and I'd like somebody to check in with me once a week.",
    "Writing for my brother, who comes home next Friday. What happens first?",
    "How does this work with a night job? I sleep until two in the afternoon.",
    "Our daughter asked us to find a coach for her. She'd like to talk to somebody her own age.",
    "A friend gave me your address. I am doing all right and want to keep it that way.",
    "Busco a alguien con quien hablar por las tardes, en español si se puede.",
    "My client leaves inpatient care next week and would like a call on the first day at home.",
    "What does it cost, and do you take my insurance? I can be reached by text.",
)
WAYS = (("yes", "yes", "yes"), ("yes", "yes", "no"), ("yes", "no", "yes"), ("no", "yes", "no"), ("no", "no", "yes"),
        ("yes", "no", "no"))  # call, text, e-mail
STATES = tuple(AREA_CODES)


def name(chance: Random) -> str:
    """Somebody's name."""
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}"


def phone(state: str, chance: Random) -> str:
    """A number set aside for fiction, as (area code) 555-01xx."""
    return f"({AREA_CODES[state]}) 555-01{chance.randrange(100):02d}"


@cache
def zone(state: str) -> Zone:
    """The time zone of a state, asked once."""
    return derive(state, None)
