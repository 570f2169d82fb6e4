"""Typeform: answers know their type, and questions stand in the definition."""

from datetime import UTC, datetime
from typing import Any

import pytest

from crm.intake.channels import Agreement, typeform
from tests.support.vendors import entry_of, inquiry_of, recorded, tree


def answered(*answers: dict[str, Any], titles: dict[str, str] | None = None, **response: Any) -> dict[str, Any]:
    fields = [{"id": f"id-{ref}", "ref": ref, "title": title} for ref, title in (titles or {}).items()]
    return {"event_id": "E1", "event_type": "form_response", "form_response": {
        "form_id": "f1", "token": "t1", "definition": {"fields": fields}, "answers": list(answers), **response,
    }}  # fmt: skip


def test_a_response_becomes_an_inquiry():
    sam = inquiry_of(typeform, recorded("typeform.json"))
    entry = entry_of(typeform, recorded("typeform.json"))

    assert (sam.name, sam.phone) == ("Sam Poe", "+12085550142")
    assert sam.utm == {"utm_source": "alumni"}
    assert sam.submitted_at == datetime(2026, 11, 20, 8, 25, 9, tzinfo=UTC)
    assert (entry.external_id, entry.form, entry.means) == ("x71for1wr6", "g8hcyeXS", {"phone": "phone"})
    assert sam.agreements == (Agreement("contact", True, "", ""),)


@pytest.mark.parametrize(
    ("answer", "values"),
    [
        ({"type": "choice", "choice": {"label": "My son"}}, ("My son",)),
        ({"type": "choice", "choice": {"other": "My neighbor"}}, ("My neighbor",)),
        ({"type": "choices", "choices": {"labels": ["Call", "Text"], "other": "Letter"}}, ("Call", "Text", "Letter")),
        ({"type": "boolean", "boolean": False}, ("No",)),
        ({"type": "number", "number": 30}, ("30",)),
        ({"type": "date", "date": "2026-12-04"}, ("2026-12-04",)),
        ({"type": "unheard_of", "unheard_of": {"value": "x"}}, ("x",)),
        ({"type": "text", "text": None}, ()),
        ({"type": None}, ()),
        ({}, ()),
    ],
)
def test_every_type_of_answer_is_read(answer: dict[str, Any], values: tuple[str, ...]):
    entry = entry_of(typeform, answered({**answer, "field": {"id": "a", "ref": "a", "type": "x"}}))

    assert [one.values for one in entry.fields] == [values]


def test_questions_inside_a_group_have_their_titles():
    body = answered({"type": "text", "text": "Ann", "field": {"id": "b", "ref": "r2", "type": "short_text"}})
    inner = [{"id": "b", "ref": "r2", "title": "First name"}]
    body["form_response"]["definition"]["fields"] = [{"id": "g", "type": "group", "properties": {"fields": inner}}]

    assert inquiry_of(typeform, body).name == "Ann"


def test_a_legal_question_is_a_consent_in_its_words():
    refused = {"type": "boolean", "boolean": False, "field": {"id": "id-ok", "ref": "ok", "type": "legal"}}
    entry = entry_of(typeform, answered(refused, titles={"ok": "You may contact me."}))

    assert entry.consents == (Agreement("contact", False, "You may contact me.", ""),) and entry.fields == ()


def test_hidden_fields_tell_the_campaign_and_never_the_visitor():
    entry = entry_of(typeform, answered(hidden={"utm_source": "a", "gclid": "Cj0", "fbclid": "Iw", "partner": "Cedar"}))

    assert entry.utm == {"utm_source": "a"}
    assert [(one.key, one.values) for one in entry.fields] == [("hidden.partner", ("Cedar",))]


def test_an_unfinished_form_says_so():
    body = {**tree("typeform.json"), "event_type": "form_response_partial"}

    assert entry_of(typeform, body).notes == (typeform.UNFINISHED,)
