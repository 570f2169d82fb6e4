"""What people answer, in their own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.intake.channels import values


def reach(call: str, text: str, email: str) -> dict[str, str]:
    return {"call": call, "text": text, "email": email}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Florida", "FL"), ("FL", "FL"), ("fl", "FL"), ("Florida (FL)", "FL"), ("FL - Florida", "FL"),
        ("Miami, FL", "FL"), ("Miami, Florida, USA", "FL"), ("Miami, FL 33101", "FL"), ("FL 33101-1234", "FL"),
        ("N.Y.", "NY"), ("D.C.", "DC"), ("Washington, D.C.", "DC"), ("Washington", "WA"), ("Nueva York", "NY"),
        ("Carolina del Norte", "NC"), ("Nuevo México", "NM"), ("Puerto Rico", "PR"), ("Calif.", "CA"),
        ("outside the US", "XX"), ("Prefer not to say", "NA"), ("Ontario", None), ("", None), ("new  york", "NY"),
        ("State of Florida", "FL"), ("I live in Texas", "TX"), ("tx.", "TX"), ("West Virginia", "WV"),
        ("Hawai‘i", "HI"), ("Washington DC", "DC"), ("Outside of the U.S.", "XX"), ("Not in the US", "XX"),
        ("US-CA", "CA"), ("USA", None), ("Kansas City, MO", "MO"), ("FLORIDA", "FL"),
    ],
)  # fmt: skip
def test_a_state_is_read_however_it_is_written(said: str, meant: object):
    assert values.state(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("A loved one", "loved"), ("my son", "loved"), ("Myself", "self"), ("client/patient", "client"),
        ("A client", "client"), ("Para mí", "self"), ("Mi hijo", "loved"), ("un ser querido", "loved"),
        ("self", "self"), ("Me", "self"), ("I need help", "self"), ("I am seeking help for myself", "self"),
        ("Myself or a loved one", None), ("Someone else", "loved"), ("My husband", "loved"), ("spouse", "loved"),
        ("Patient", "client"), ("I'm a professional referring a client", "client"), ("Un paciente", "client"),
        ("Yo mismo", "self"), ("parent", "loved"), ("Family member", "loved"), ("I am the patient", "self"),
        ("loved", "loved"), ("client", "client"), ("Evening program", None), ("For me", "self"),
        ("my mom", "loved"), ("other", "loved"), ("Yes", None), ("I'm a parent", "loved"),
    ],
)  # fmt: skip
def test_who_needs_help(said: str, meant: object):
    assert values.for_whom(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Phone call", reach("yes", "no", "no")), ("Text", reach("no", "yes", "no")),
        ("Text message", reach("no", "yes", "no")), ("E-mail", reach("no", "no", "yes")),
        ("Either", reach("yes", "unasked", "yes")), ("Call or text", reach("yes", "yes", "no")),
        ("Phone call, Email", reach("yes", "no", "yes")), ("Phone/Text", reach("yes", "yes", "no")),
        ("Any", reach("yes", "yes", "yes")), ("No preference", reach("yes", "unasked", "yes")),
        ("Please don't call, text only", reach("no", "yes", "no")),
        ("no calls", reach("no", "unasked", "unasked")), ("Llamada", reach("yes", "no", "no")),
        ("Mensaje de texto", reach("no", "yes", "no")), ("Correo electrónico", reach("no", "no", "yes")),
        ("tel, sms", reach("yes", "yes", "no")), ("phone", reach("yes", "no", "no")), ("Florida", {}),
        ("SMS", reach("no", "yes", "no")), ("Text or email", reach("no", "yes", "yes")),
        ("Llamada o texto", reach("yes", "yes", "no")), ("All of the above", reach("yes", "yes", "yes")),
        ("Email only", reach("no", "no", "yes")), ("Do not text", reach("unasked", "no", "unasked")),
        ("call me", reach("yes", "no", "no")), ("WhatsApp", {}), ("Any of these", reach("yes", "yes", "yes")),
        ("phone_call", reach("yes", "no", "no")), ("text_message", reach("no", "yes", "no")),
    ],
)  # fmt: skip
def test_the_ways_they_allow(said: str, meant: object):
    assert values.ways(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Yes", "yes"), ("No", "no"), ("Yes, leave a message", "yes"), ("Name and number only", "name"),
        ("just your name", "name"), ("No thanks", "no"), ("Sí", "yes"), ("solo su nombre", "name"),
        ("Please don't", "no"), ("maybe", None), ("OK to leave a message", "yes"),
        ("Do not leave a voicemail", "no"), ("yes - detailed message okay", "yes"), ("true", "yes"),
        ("name", "name"),
    ],
)  # fmt: skip
def test_whether_we_may_leave_a_message(said: str, meant: object):
    assert values.voicemail(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Morning", ("am",)), ("Afternoons", ("pm",)), ("evening", ("eve",)), ("Any time", ("any",)),
        ("after 5", ("eve",)), ("9am-12pm", ("am",)), ("12-5pm", ("pm",)), ("9 to 5", ("am", "pm")),
        ("11/24/2026 6:30 PM", ("eve",)), ("Weekday mornings", ("am",)), ("por la mañana", ("am",)),
        ("Tarde", ("pm",)), ("Noche", ("eve",)), ("14:30", ("pm",)), ("Morning (8am-12pm)", ("am",)),
        ("Evening (5pm - 8pm)", ("eve",)), ("Afternoon (12 PM – 5 PM)", ("pm",)),
        ("call after 6pm please", ("eve",)), ("", ()), ("Tuesday", ()), ("Mornings, Evenings", ("am", "eve")),
        ("5:02 pm", ("eve",)), ("8 a.m. to noon", ("am",)), ("noon", ("pm",)), ("anytime after 3", ("pm",)),
        ("en la tarde", ("pm",)), ("cualquier hora", ("any",)),
    ],
)  # fmt: skip
def test_the_time_of_day(said: str, meant: object):
    assert values.best_times(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("English", "en"), ("Español", "es"), ("Spanish", "es"), ("es", "es"), ("en_US", "en"), ("es-MX", "es"),
        ("Inglés", "en"), ("Klingon", None), ("no", None), ("EN", "en"), ("Spanish (Español)", "es"),
    ],
)  # fmt: skip
def test_the_language(said: str, meant: object):
    assert values.language(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Yes", True), ("Sí", True), ("no", False), ("0", False), ("1", True), ("I agree to be contacted", True),
        ("on", True), ("maybe", None), ("true", True), ("Yes, please", True), ("No, gracias", False), ("✓", None),
    ],
)  # fmt: skip
def test_yes_and_no(said: str, meant: object):
    assert values.yes_or_no(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("94043", "94043"), ("94043-1234", "94043-1234"), ("940431234", "94043-1234"), ("9404", None),
    ],
)  # fmt: skip
def test_a_postal_code(said: str, meant: object):
    assert values.zip_code(said) == meant


READERS = (values.state, values.for_whom, values.ways, values.voicemail, values.best_times, values.language,
           values.yes_or_no, values.zip_code, values.is_only_ways, values.is_plain_for_whom, values.is_plain_time,
           values.speaks_of_voicemail, values.ways_asked)  # fmt: skip


@given(st.text(max_size=300))
def test_any_text_is_read_or_not(said: str):
    for reader in READERS:
        reader(said)


def test_a_story_is_not_an_answer():
    story = "My brother lives in Florida and you may call him or text me in the morning, but please not my mother. " * 2

    assert not any((values.state(story), values.for_whom(story), values.ways(story), values.best_times(story)))
