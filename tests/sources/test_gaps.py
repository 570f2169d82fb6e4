"""A number that is missing, a secret that no longer fits: told when unlike the usual, and only then."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest

from crm.sources import gaps
from crm.sources.gaps import missing_numbers, proof_trouble

SITE = 2_000  # the first entry number


def test_a_single_missing_number_is_told_on_a_form_that_has_the_site_to_itself():
    came = [number for number in range(2_300, 2_325) if number != 2_317]

    (jump,) = missing_numbers(came, known_before=2_316)

    assert (jump.first, jump.last) == (2_317, 2_317)
    assert jump.words == "number 2,317 did not come; usually none is missing"


def test_an_outage_is_told_with_the_numbers_to_bring_in():
    (jump,) = missing_numbers([*range(2_300, 2_318), *range(2_323, 2_330)], known_before=None)

    assert (jump.first, jump.last) == (2_318, 2_322)
    assert jump.words == "numbers 2,318 to 2,322 did not come; usually none is missing"


def test_what_was_judged_is_not_told_twice():
    came = [*range(2_300, 2_318), *range(2_323, 2_330)]

    assert missing_numbers(came, known_before=2_329) == ()


def test_a_number_that_comes_late_or_is_brought_in_closes_its_jump():
    assert missing_numbers([*range(2_300, 2_317), *range(2_318, 2_325), 2_317], known_before=None) == ()


def test_spam_once_seen_is_usual():
    """One stays missing, because it was spam: the next single one is not told again, three are."""
    came = [number for number in range(2_300, 2_400) if number not in (2_350, 2_380)]

    assert [jump.first for jump in missing_numbers(came, None)] == [2_350]
    assert [jump.first for jump in missing_numbers([*came, 2_403], None)] == [2_350, 2_400]


def test_too_few_numbers_say_nothing():
    assert missing_numbers([101, 140, 141, 260], None) == ()
    assert missing_numbers([], None) == ()


def test_other_forms_of_the_site_take_numbers_too():
    """Each quarter of a form among others, with spam in floods: hardly ever a word, and a week's outage is found."""
    quarters, told, found = 200, 0, 0
    for quarter in range(quarters):
        chance = Random(quarter)
        ours = a_site(chance, share=chance.choice((0.1, 0.4, 0.9)), entries=1_500)
        half = ours[len(ours) // 2]
        told += len(missing_numbers(ours, known_before=half)) > 1
        lost = [number for number in ours if not half < number <= half + 500]
        found += any(jump.first == half + 1 for jump in missing_numbers(lost, known_before=half))

    print(f"\nnumbers: more than one false alarm in {told} of {quarters} quarters, {found} of {quarters} outages found")
    assert told <= quarters * 0.01
    assert found >= quarters * 0.95


def test_every_missing_number_as_an_alarm_would_cry_wolf():
    """The known-bad variant: as if the numbers were the form's own."""
    ours = a_site(Random(1), share=0.4, entries=1_500)

    assert sum(other - one > 1 for one, other in pairwise(ours)) > 100
    assert len(missing_numbers(ours, None)) <= 1


def test_a_rotated_secret_is_told_at_the_first_failure():
    trouble = proof_trouble([True] * 40 + [False])

    assert trouble is not None and trouble.words == "1 message without the right secret, after 40 messages with it"
    assert proof_trouble([True] * 40 + [False] * 3 + [True]) is None, "it proves itself again"


def test_a_secret_that_never_fitted_is_told():
    trouble = proof_trouble([False, False])

    assert trouble is not None and trouble.words == "2 messages, and never with the right secret"
    assert proof_trouble([]) is None
    assert proof_trouble([True]) is None


def test_strangers_at_the_door_are_usual_and_a_rotated_secret_among_them_is_not():
    chance = Random(7)
    knocks = [chance.random() > 0.2 for _ in range(1_000)] + [True]

    told = sum(proof_trouble(knocks[:count]) is not None for count in range(500, 1_000))
    trouble = proof_trouble([*knocks, *[False] * 12])

    assert told <= 1
    assert trouble is not None and trouble.failed == 12


def test_any_failure_as_an_alarm_would_cry_wolf_and_a_deaf_one_tells_nothing(monkeypatch: pytest.MonkeyPatch):
    """The known-bad variants of both."""
    chance = Random(7)
    knocks = [chance.random() > 0.2 for _ in range(1_000)]
    assert sum(not is_proven for is_proven in knocks) > 100

    monkeypatch.setattr(gaps, "FALSE_ALARMS", 1e-300)
    assert proof_trouble([True] * 40 + [False] * 3) is None


def a_site(chance: Random, share: float, entries: int) -> Sequence[int]:
    """Our entries' numbers on a site where the others take theirs, and spam comes in floods of up to thirty."""
    ours, number = [], SITE
    while len(ours) < entries * share:
        if chance.random() < 0.003:
            number += chance.randrange(5, 30)
        number += 1
        if chance.random() < share:
            ours.append(number)
    return ours
