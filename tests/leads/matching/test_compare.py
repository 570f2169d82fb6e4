"""Rosa in every disguise is suggested; whoever only looks like her is not, and the reason is told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.leads.matching import Record, compare, keys

A_STORY = "I restore carousel horses in Lincoln, want a coach."
DISGUISES = {
    "short name": {"name": "Rosie Quillfeather"},
    "initial": {"name": "R. Quillfeather"},
    "middle initial": {"name": "Rosa M. Quillfeather"},
    "first name only": {"name": "rosa"},
    "a slip": {"name": "Rosa Quilfeather"},
    "a letter swapped": {"name": "Rsoa Quillfeather"},
    "swapped": {"name": "Quillfeather Rosa"},
    "Last, First": {"name": "QUILLFEATHER, ROSA"},
    "new double surname": {"name": "Rosa Quillfeather-Ibarra"},
    "no area code": {"phone": "555-0111", "email": ""},
    "extension": {"phone": "402 555 0111 x3", "email": ""},
    "plus tag": {"email": "rquill+2@example.org", "phone": ""},
    "dots": {"email": "r.quill@example.org", "phone": ""},
    "slip in the address": {"email": "rqiull@example.org"},
    "new phone": {"phone": "531-555-0122"},
    "new address": {"email": "maple582@example.org"},
    "moved": {"state": "Iowa", "phone": "515-555-0122"},
    "state spelled out": {"state": "nebraska", "email": ""},
    "a new last name told of": {"name": "Rosa Ibarra", "email": "ri@example.org", "message": "Quillfeather before"},
    "no contact left but the story": {"email": "maple582@example.org", "phone": "531-555-0122", "message":
                                      "The carousel horses again. Lost my phone, this is the new number."},
}  # fmt: skip
LOOKALIKES = {
    "a brother on the same phone": {"name": "Ned Quillfeather", "email": "ned@example.org"},
    "a husband on phone and address": {"name": "Hugo Quillfeather"},
    "a twin": {"name": "Rosana Quillfeather", "email": ""},
    "the daughter of the same name": {"email": "rq2@example.org", "message": "My mom has the same name and phone"},
    "somebody else on a facility's phone": {"name": "Lena Osterhoff", "email": ""},
    "address one letter apart": {"name": "Ruth Quillfeather", "email": "rquil@example.org", "phone": ""},
    "near name in the state": {"name": "Rosa Quillfather", "email": "rosaq@example.org", "phone": "531-555-0122"},
    "nobody in particular": {"name": "Anonymous", "email": ""},
    "the same words": {"name": "Lena Osterhoff", "email": "l@example.org", "phone": "", "message": A_STORY},
}  # fmt: skip


@pytest.mark.parametrize("disguise", DISGUISES)
def test_rosa_in_disguise_is_suggested(rosa, disguise: str):
    likeness = compare(rosa(message=A_STORY), rosa(**DISGUISES[disguise]))

    assert likeness.same_person, likeness
    assert likeness.reasons


@pytest.mark.parametrize("lookalike", LOOKALIKES)
def test_who_only_looks_like_rosa_is_not(rosa, lookalike: str):
    likeness = compare(rosa(message=A_STORY), rosa(**LOOKALIKES[lookalike]))

    assert not likeness.same_person, likeness


def test_the_reasons_are_the_front_desks_words(rosa):
    likeness = compare(rosa(), rosa(name="Rosie Quillfeather", email=""))

    assert likeness.reasons == ("same phone number", "Rosie is short for Rosa", "same last name", "same state")


def test_family_is_told_as_a_household(rosa):
    likeness = compare(rosa(), rosa(name="Ned Quillfeather", email="ned@example.org"))

    assert likeness.household
    assert "same phone, different first name" in likeness.against


def test_strangers_are_no_household(rosa):
    assert not compare(rosa(), Record("Ned Quillfeather", "ned@example.org", "(531) 555-0199", "NE")).household


def test_junior_and_senior_are_two_people():
    senior = Record("Amos Trueblade Sr", "at@example.org", "(304) 555-0144", "WV")
    junior = Record("Amos Trueblade Jr.", "at@example.org", "(304) 555-0144", "WV")

    assert compare(senior, junior).household


def test_two_of_one_name_and_far_apart_in_age_are_two_people(rosa):
    old = rosa(message="I am 63 years old and retired")
    young = rosa(email="rosie@example.org", message="im 19, is there a young adult group")

    assert not compare(old, young).same_person
    assert compare(rosa(), young).same_person  # the known-bad variant would not look at the ages


def test_a_common_name_needs_more_than_a_state():
    maria = Record("Maria Garcia", "mg@example.org", "", "TX")

    assert not compare(maria, Record("Maria Garcia", "", "512-555-0133", "TX")).same_person
    assert compare(Record("Rosa Quillfeather", "rq@example.org", "", "TX"),
                   Record("Rosa Quillfeather", "", "512-555-0133", "TX")).same_person


def test_an_initial_may_be_that_of_the_short_name(rosa):
    robert, b = rosa(name="Robert Ashgrove"), rosa(name="B. Ashgrove", phone="")

    assert compare(robert, b).same_person
    assert "B. fits Bert, another form of Robert" in compare(robert, b).reasons
    assert compare(rosa(name="Robert Ashgrove"), rosa(name="K. Ashgrove", phone="")).household


def test_even_a_common_name_with_a_whole_story_is_worth_asking_about():
    before = Record("Maria Garcia", "mg@example.org", "512-555-0133", "TX", "I tune pianos on the ferry in Galveston")
    after = Record("Maria Garcia", "", "281-555-0144", "TX", "The piano tuner from Galveston, this is my new number")

    assert compare(before, after).same_person
    assert keys(before) & keys(after)


def test_a_phone_of_many_needs_a_rare_whole_name(rosa):
    facility = {"p:4025550111"}

    assert compare(rosa(), rosa(name="Rosa", email="")).same_person
    assert not compare(rosa(), rosa(name="Rosa", email=""), facility).same_person
    assert compare(rosa(), rosa(email=""), facility).same_person


WORDS = st.sampled_from(["Rosa", "Rosie", "Ned", "R.", "Quillfeather", "Quilfeather-Poe", "Jr", "Anonymous", ",", ""])
RECORDS = st.builds(
    Record,
    name=st.lists(WORDS, max_size=4).map(" ".join) | st.text(max_size=30),
    email=st.sampled_from(["", "rq@example.org", "r.q+1@example.org", "rqq@example.org", "none@example.org"]),
    phone=st.sampled_from(["", "402-555-0111", "555-0111", "(531) 555-0111", "000"]) | st.text(max_size=15),
    state=st.sampled_from(["", "NE", "nebraska", "IA"]),
    message=st.sampled_from(["", A_STORY, "my son shares this phone", "new number", "I'm 19", "tengo 60"]),
)


@settings(max_examples=300)
@given(RECORDS, RECORDS)
def test_who_comes_first_makes_no_difference(one: Record, other: Record):
    assert compare(one, other) == compare(other, one)
    assert 0 <= compare(one, other).score <= 1
    assert not (compare(one, other).same_person and compare(one, other).household)


@given(RECORDS)
def test_whoever_gave_a_name_and_a_contact_is_like_themselves(one: Record):
    same = Record(f"Rosa {one.name}", "rq@example.org", one.phone, one.state, one.message)

    assert compare(same, same).same_person
