"""Where is somebody's clock? From a state and a phone number to the time zones it may be, and how sure we are.

Sources: docs/domain.md, "Quiet hours and zones" (which states span two offsets, measured on postal codes; the order of
derivation) and T-7 (what is not known for certain keeps every candidate).
"""

from dataclasses import dataclass
from typing import Literal

import phonenumbers
from phonenumbers import timezone as phone_zones

from crm.clock.local import is_zone

Source = Literal["person said", "state", "state and phone", "phone", "unknown"]
Confidence = Literal["sure", "likely", "guess", "none"]

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
ARIZONA, ALASKA, ALEUTIAN, HAWAII = "America/Phoenix", "America/Anchorage", "America/Adak", "Pacific/Honolulu"
ATLANTIC, VIRGIN_ISLANDS = "America/Puerto_Rico", "America/St_Thomas"
GUAM, SAIPAN, SAMOA = "Pacific/Guam", "Pacific/Saipan", "Pacific/Pago_Pago"

# Whoever may be anywhere in the country may be in any of these.
COUNTRY = (EASTERN, CENTRAL, MOUNTAIN, PACIFIC, ALASKA, HAWAII)

# fmt: off
STATES: dict[str, str] = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico",
    "VI": "U.S. Virgin Islands",
}

# The zone of most postal codes first. Codes that are no place (AA, AE, AP for the military, XX, NA) are not listed.
_STATE_ZONES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("CT", "DC", "DE", "GA", "MA", "MD", "ME", "NC", "NH", "NJ", "NY", "OH", "PA", "RI", "SC", "VA",
                     "VT", "WV"), (EASTERN,)),
    **dict.fromkeys(("AL", "AR", "IA", "IL", "LA", "MN", "MO", "MS", "OK", "WI"), (CENTRAL,)),
    **dict.fromkeys(("CO", "MT", "NM", "UT", "WY"), (MOUNTAIN,)),
    **dict.fromkeys(("CA", "NV", "WA"), (PACIFIC,)),
    **dict.fromkeys(("FL", "IN", "KY", "MI"), (EASTERN, CENTRAL)),
    "TN": (CENTRAL, EASTERN),
    **dict.fromkeys(("KS", "ND", "NE", "SD", "TX"), (CENTRAL, MOUNTAIN)),
    "ID": (MOUNTAIN, PACIFIC),
    "OR": (PACIFIC, MOUNTAIN),
    "AK": (ALASKA, ALEUTIAN),
    "AZ": (ARIZONA, MOUNTAIN),  # the Navajo Nation keeps daylight time, the rest of Arizona does not
    "HI": (HAWAII,),
    "PR": (ATLANTIC,), "VI": (VIRGIN_ISLANDS,), "GU": (GUAM,), "MP": (SAIPAN,), "AS": (SAMOA,),
}

# Area codes that reach over a zone border, where the library answers with one side only, and not always the bigger.
_MIXED_AREA_CODES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("219", "270", "364", "423", "448", "574", "606", "812", "850", "906", "930"), (EASTERN, CENTRAL)),
    **dict.fromkeys(("308", "605", "620", "701", "785"), (CENTRAL, MOUNTAIN)),
    **dict.fromkeys(("208", "458", "541", "775", "986"), (MOUNTAIN, PACIFIC)),
    "907": (ALASKA, ALEUTIAN),
    "928": (ARIZONA, MOUNTAIN),
}

# Names under which the library, and people's own choices, know a clock that has shown the same time for years.
_SAME_CLOCK = {
    "America/Boise": MOUNTAIN, "America/Detroit": EASTERN, "America/Juneau": ALASKA,
    "America/Indiana/Indianapolis": EASTERN, "America/Kentucky/Louisville": EASTERN,
    "America/North_Dakota/Center": CENTRAL,
}

_LABELS = {
    EASTERN: "Eastern", CENTRAL: "Central", MOUNTAIN: "Mountain", PACIFIC: "Pacific", ARIZONA: "Arizona",
    ALASKA: "Alaska", ALEUTIAN: "Aleutian", HAWAII: "Hawaii", ATLANTIC: "Atlantic", VIRGIN_ISLANDS: "Atlantic",
    GUAM: "Chamorro", SAIPAN: "Chamorro", SAMOA: "Samoa",
}
# fmt: on

_TOO_MANY = 6  # more zones than this is not a place: toll-free numbers answer with 42


@dataclass(frozen=True)
class Zone:
    """Somebody's time zone as far as we know it.

    `name` is the IANA zone to show, None when unknown; `candidates` are all it may be, the likeliest first: whoever
    asks "may I call now?" asks it for every one of them.
    """

    name: str | None
    candidates: tuple[str, ...]
    source: Source
    confidence: Confidence


UNKNOWN = Zone(None, (), "unknown", "none")


def derive(state: str | None, phone_e164: str | None, said: str | None = None) -> Zone:
    """Their zone: what the person said, else the state narrowed by the phone, else the state, the phone, unknown.

    Never raises: a zone, state or number that does not exist counts as not given. A phone outside the state leaves the
    state in front and stays a candidate, because people keep their numbers when they move, and because a mother in one
    state writes about her son in another.
    """
    if said and is_zone(said):
        return Zone(said, (said,), "person said", "sure")
    by_state = state_zones(state)
    by_phone = _zones_of_phone(phone_e164)
    agreed = tuple(zone for zone in by_state if zone in by_phone)
    if by_state and agreed:
        return _agreed(by_state, agreed)
    elif by_state:
        candidates = by_state + by_phone
        confidence: Confidence = "sure" if len(candidates) == 1 else "likely" if len(by_state) == 1 else "guess"
        return Zone(by_state[0], candidates, "state", confidence)
    elif by_phone:
        return Zone(by_phone[0], by_phone, "phone", "guess")
    else:
        return UNKNOWN


def state_zones(state: str | None) -> tuple[str, ...]:
    """All zones of a state by its two-letter code, the one of most people first; empty if that is no state."""
    return _STATE_ZONES.get((state or "").strip().upper(), ())


def zone_label(zone_name: str) -> str:
    """The zone as people say it: "Mountain"; for a zone without such a name its city: "London"."""
    return _LABELS.get(_SAME_CLOCK.get(zone_name, zone_name)) or zone_city(zone_name)


def zone_city(zone_name: str) -> str:
    """The city that gave the zone its name: "Denver"."""
    return zone_name.rpartition("/")[2].replace("_", " ")


def _agreed(by_state: tuple[str, ...], agreed: tuple[str, ...]) -> Zone:
    """The state and the phone name the same zone. In a state of two zones that makes it likely, never sure."""
    if len(by_state) == 1:
        return Zone(by_state[0], by_state, "state and phone", "sure")
    elif len(agreed) == 1:
        other = tuple(zone for zone in by_state if zone not in agreed)
        return Zone(agreed[0], agreed + other, "state and phone", "likely")
    else:
        return Zone(by_state[0], by_state, "state", "guess")


def _zones_of_phone(phone_e164: str | None) -> tuple[str, ...]:
    """The zones an E.164 number may be in, in the names used here; empty if it tells nothing."""
    if not phone_e164:
        return ()
    try:
        number = phonenumbers.parse(phone_e164, None)
    except phonenumbers.NumberParseException:
        return ()
    digits = str(number.national_number)
    if number.country_code == 1 and len(digits) == 10 and digits[:3] in _MIXED_AREA_CODES:
        return _MIXED_AREA_CODES[digits[:3]]
    named = phone_zones.time_zones_for_number(number)
    zones = tuple(dict.fromkeys(_SAME_CLOCK.get(zone, zone) for zone in named if is_zone(zone)))
    return zones if len(zones) <= _TOO_MANY else ()
