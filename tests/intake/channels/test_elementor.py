"""Elementor: labels for keys, or fields with their titles."""

from crm.intake.channels import elementor
from tests.support.vendors import entry_of, form, inquiry_of, recorded


def test_simple_labels_become_an_inquiry():
    mo = inquiry_of(elementor, recorded("elementor_simple.txt"))

    assert (mo.name, mo.email, mo.phone, mo.message) == ("Mo Reyes", "mo@example.org", "4065550188", "call after 5")
    assert mo.page == "https://www.example.org/" and mo.other == ()
    assert entry_of(elementor, recorded("elementor_simple.txt")).form == "a1b2c3d"


def test_advanced_fields_become_an_inquiry():
    entry = entry_of(elementor, recorded("elementor_advanced.txt"))

    assert (entry.form, entry.page) == ("a1b2c3d", "https://www.example.org/")
    assert [(one.key, one.label, one.values) for one in entry.fields] == [("email", "Email", ("mo@example.org",))]
    assert entry.means == {"email": "email"}


def test_advanced_keeps_every_tick_and_its_label():
    raw = recorded("elementor_advanced.txt") + b"&" + form({
        "fields[field_9][id]": "field_9", "fields[field_9][type]": "checkbox",
        "fields[field_9][title]": "How may we contact you?", "fields[field_9][value]": "Call, Email",
        "fields[field_9][raw_value][0]": "Call", "fields[field_9][raw_value][1]": "Email",
        "fields[ok][id]": "ok", "fields[ok][type]": "acceptance", "fields[ok][title]": "You may contact me.",
        "fields[ok][value]": "on", "meta[user_agent][value]": "Mozilla/5.0", "meta[remote_ip][value]": "203.0.113.4",
    })  # fmt: skip
    mo = inquiry_of(elementor, raw)

    assert mo.ways == {"call": "yes", "text": "no", "email": "yes"}
    assert [(one.kind, one.granted, one.text) for one in mo.agreements] == [("contact", True, "You may contact me.")]
    assert mo.other == ()


def test_advanced_as_json_is_the_same():
    body = {"form": {"id": "a1b2c3d", "name": "Contact"},
            "fields": {"email": {"id": "email", "type": "email", "title": "Email", "value": "mo@example.org",
                                 "raw_value": "mo@example.org", "required": "1"}},
            "meta": {"page_url": {"title": "Page URL", "value": "https://www.example.org/"}}}  # fmt: skip

    assert entry_of(elementor, body) == entry_of(elementor, recorded("elementor_advanced.txt"))


def test_titles_of_a_site_in_spanish_are_left_out():
    ana = entry_of(elementor, form({
        "Nombre": "Ana Torres", "Teléfono": "305 555 0100", "Mensaje": "Quiero ayuda", "Fecha": "20 noviembre, 2026",
        "Hora": "17:02", "URL de la página": "https://www.example.org/es/?fbclid=IwAR0", "Agente": "Mozilla/5.0 (X11)",
        "IP remota": "203.0.113.4", "Funciona gracias a": "Elementor", "form_id": "1", "form_name": "Contacto",
    }))  # fmt: skip

    assert [one.key for one in ana.fields] == ["Nombre", "Teléfono", "Mensaje", "URL de la página"]
    assert ana.fields[-1].values == ("https://www.example.org/es/",)


def test_a_field_without_a_label_is_guessed_by_its_value():
    mo = inquiry_of(elementor, form({"No Label name": "Mo Reyes", "No Label field_1a2b3c": "720-555-0199",
                                     "Your Message": "My daughter left rehab yesterday", "form_id": "1"}))  # fmt: skip

    assert (mo.name, mo.phone, mo.message) == ("Mo Reyes", "720-555-0199", "My daughter left rehab yesterday")
