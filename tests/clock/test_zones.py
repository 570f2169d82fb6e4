"""Where somebody's clock is, from a state and a phone number; and what we must not conclude."""

import pytest

from crm.clock.local import is_zone
from crm.clock.zones import STATES, UNKNOWN, Zone, derive, state_zones, zone_city, zone_label

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
DENVER_PHONE, CHICAGO_PHONE, EL_PASO_PHONE = "+13035550142", "+13125550142", "+19155550142"


def test_every_state_and_territory_has_real_zones():
    assert len(STATES) == 50 + 1 + 5
    assert all(state_zones(code) and all(map(is_zone, state_zones(code))) for code in STATES)


def test_the_fourteen_states_of_two_zones():
    two = {code for code in STATES if len(state_zones(code)) == 2}

    assert two == {"FL", "TN", "KY", "IN", "MI", "TX", "ND", "SD", "NE", "KS", "ID", "OR", "AK", "AZ"}


@pytest.mark.parametrize(
    ("state", "phone", "said", "zone"),
    [
        ("CO", None, None, Zone(MOUNTAIN, (MOUNTAIN,), "state", "sure")),
        (" co ", DENVER_PHONE, None, Zone(MOUNTAIN, (MOUNTAIN,), "state and phone", "sure")),
        ("TX", None, None, Zone(CENTRAL, (CENTRAL, MOUNTAIN), "state", "guess")),
        ("TX", EL_PASO_PHONE, None, Zone(MOUNTAIN, (MOUNTAIN, CENTRAL), "state and phone", "likely")),
        ("TX", None, MOUNTAIN, Zone(MOUNTAIN, (MOUNTAIN,), "person said", "sure")),
        # A number from elsewhere: the state is shown, both are asked before a call.
        ("CO", CHICAGO_PHONE, None, Zone(MOUNTAIN, (MOUNTAIN, CENTRAL), "state", "likely")),
        (None, DENVER_PHONE, None, Zone(MOUNTAIN, (MOUNTAIN,), "phone", "guess")),
        ("AA", DENVER_PHONE, None, Zone(MOUNTAIN, (MOUNTAIN,), "phone", "guess")),
        # Area codes over a zone border tell nothing more than the state does.
        ("KY", "+13645550142", None, Zone(EASTERN, (EASTERN, CENTRAL), "state", "guess")),
        ("FL", "+14485550142", None, Zone(EASTERN, (EASTERN, CENTRAL), "state", "guess")),
        ("IN", "+19305550142", None, Zone(EASTERN, (EASTERN, CENTRAL), "state", "guess")),
        (None, "+18505550142", None, Zone(EASTERN, (EASTERN, CENTRAL), "phone", "guess")),
        ("ID", "+12085550142", None, Zone(MOUNTAIN, (MOUNTAIN, PACIFIC), "state", "guess")),
        # Toll-free numbers are nowhere.
        (None, "+18005550142", None, UNKNOWN),
        ("OH", "+18885550142", None, Zone(EASTERN, (EASTERN,), "state", "sure")),
        (None, None, None, UNKNOWN),
        ("AE", None, None, UNKNOWN),
        ("XX", "not a number", "Napakiak", UNKNOWN),
        ("NA", "", "", UNKNOWN),
        (None, "+52155", None, UNKNOWN),
        (None, "+442079460142", None, Zone("Europe/London", ("Europe/London",), "phone", "guess")),
    ],
)
def test_where_somebody_is(state, phone, said, zone):
    assert derive(state, phone, said) == zone


def test_no_phone_makes_a_state_of_two_zones_certain():
    for state in ("FL", "TN", "KY", "IN", "MI", "TX", "ND", "SD", "NE", "KS", "ID", "OR", "AK", "AZ"):
        for area in range(201, 1000):
            zone = derive(state, f"+1{area}5550142")
            assert zone.confidence in ("likely", "guess")
            assert set(zone.candidates) >= set(state_zones(state))
            assert zone.name in state_zones(state)


def test_a_zone_has_a_name_people_say_and_a_city():
    assert zone_label(MOUNTAIN) == "Mountain"
    assert zone_label("America/Boise") == "Mountain"
    assert zone_label("America/Phoenix") == "Arizona"
    assert zone_label("Europe/London") == "London"
    assert zone_city(MOUNTAIN) == "Denver"
    assert zone_city(EASTERN) == "New York"
