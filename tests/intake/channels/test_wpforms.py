"""WPForms: whatever names the site's owner gave, signed with the moment of sending."""

import hashlib
import hmac
from datetime import timedelta

import pytest

from crm.intake.channels import wpforms
from tests.support.vendors import AT, SECRET, entry_of, form, inquiry_of, proof, recorded, tree


def test_a_message_becomes_an_inquiry():
    luis = inquiry_of(wpforms, recorded("wpforms.json"))

    assert (luis.name, luis.email, luis.phone) == ("Luis Ortega", "luis.o@example.org", "+1 (602) 555-0119")
    assert luis.message == "2 weeks out of residential, work days."
    assert luis.best_times == ("eve",) and ("Callback", "11/24/2026 6:30 PM") in luis.other
    assert ("Interest", "Evening program, Family support") in luis.other
    assert luis.ways == {"call": "unasked", "text": "unasked", "email": "unasked"}
    assert entry_of(wpforms, recorded("wpforms.json")).external_id == "911"


def test_a_form_in_spanish_is_understood():
    rosa = inquiry_of(wpforms, {
        "nombre_completo": "Rosa Delgado", "teléfono": "787 555 0133", "correo electrónico": "rosa@example.org",
        "¿Para quién es la ayuda?": "Mi hijo", "estado": "Puerto Rico", "mensaje": "Mi hijo sale el viernes.",
        "idioma": "Español", "forma de contacto": "Llamada||Mensaje de texto", "mejor_hora": "Por la tarde",
        "¿Buzón de voz?": "No",
    })  # fmt: skip

    assert (rosa.name, rosa.phone, rosa.email) == ("Rosa Delgado", "787 555 0133", "rosa@example.org")
    assert (rosa.for_whom, rosa.state, rosa.language, rosa.voicemail) == ("loved", "PR", "es", "no")
    assert rosa.ways == {"call": "yes", "text": "yes", "email": "no"} and rosa.best_times == ("pm",)
    assert rosa.message == "Mi hijo sale el viernes."


def test_wordpress_marks_are_letters_again():
    tom = inquiry_of(wpforms, {"Name": "Tom O&#039;Neil", "Message": "Jack &amp; I need help", "Phone": "303 555 0101"})

    assert tom.name == "Tom O'Neil" and tom.message == "Jack & I need help"


def test_form_encoded_is_the_same():
    sent = {**tree("wpforms.json"), "callback": "11/24/2026 6:30 PM"}

    assert inquiry_of(wpforms, form(sent)) == inquiry_of(wpforms, sent)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_signature_holds_for_five_minutes(seconds: int):
    raw = recorded("wpforms.json")
    sent = proof(wpforms, raw)

    assert wpforms.is_proven(raw, sent, [SECRET], AT + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_a_copy_sent_later_is_not_proven(seconds: int):
    raw = recorded("wpforms.json")
    sent = proof(wpforms, raw)

    assert not wpforms.is_proven(raw, sent, [SECRET], AT + timedelta(seconds=seconds))
    # The known-bad way to check, which forgets the moment, takes the copy.
    stamp, signature = sent[wpforms.SIGNATURE].removeprefix("t=").split(",v=")
    assert signature == hmac.new(SECRET.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()


def test_the_moment_is_signed_too():
    raw = recorded("wpforms.json")
    signature = proof(wpforms, raw)[wpforms.SIGNATURE].partition(",v=")[2]
    later = AT + timedelta(hours=1)

    assert not wpforms.is_proven(raw, {wpforms.SIGNATURE: f"t={int(later.timestamp())},v={signature}"}, [SECRET], later)


def test_of_a_form_encoded_body_php_signs_its_json():
    raw = form({"name": "Zoë", "page": "https://www.example.org/a", "phone": "303 555 0101"})
    signed = b'{"name":"Zo\\u00eb","page":"https:\\/\\/www.example.org\\/a","phone":"303 555 0101"}'

    assert wpforms.is_proven(raw, proof(wpforms, signed), [SECRET], AT)
    assert not wpforms.is_proven(raw.replace(b"0101", b"0102"), proof(wpforms, signed), [SECRET], AT)


@pytest.mark.parametrize("header", ["", "t=,v=", "v=00", "t=1e9,v=00", "t=9999999999999999,v=00", "t=²,v=é", ",,,,,"])
def test_what_is_no_signature_proves_nothing(header: str):
    assert not wpforms.is_proven(b"{}", {wpforms.SIGNATURE: header}, [SECRET], AT)
