"""Typeform: every answer carries its type and the reference of its question, whose title stands in the definition."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from crm.intake.channels import Agreement, bodies, proofs
from crm.intake.channels.entry import Entry, Field, compose, identity, moment

SIGNATURE = "Typeform-Signature"
PREFIX = "sha256="
LEGAL = "legal"
MEANS = {"email": "email", "phone_number": "phone"}
UNFINISHED = "The form was not finished"


def entry(raw: bytes, content_type: str) -> Entry:
    """What the body says; raises NotUnderstood."""
    body = bodies.read(raw, content_type)
    response = bodies.section(body, "form_response")
    titles = _titles(bodies.section(response, "definition"))
    rows = bodies.rows(response, "answers")
    answers = [(_key(one, place), _title(one, titles), one) for place, one in enumerate(rows)]
    asked = [(key, title, one) for key, title, one in answers if _kind(one) != LEGAL]
    hidden = bodies.section(response, "hidden")
    fields = [Field(key, title, _values(one)) for key, title, one in asked]
    told = compose([*fields, *bodies.fields({"hidden": hidden})] if response else bodies.fields(body))
    kinds = {key: bodies.line_of(one.get("type")) for key, _, one in asked}
    return replace(
        told,
        means={**told.means} | {key: MEANS[kind] for key, kind in kinds.items() if kind in MEANS},
        external_id=identity(bodies.line_of(response.get("token")) or bodies.line_of(body.get("event_id"))),
        form=bodies.line_of(response.get("form_id")),
        submitted_at=moment(bodies.line_of(response.get("submitted_at"))),
        notes=(UNFINISHED,) if "partial" in bodies.line_of(body.get("event_type")) else (),
        consents=tuple(_agreement(title, one) for _, title, one in answers if _kind(one) == LEGAL),
    )


def is_proven(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], _at: datetime) -> bool:
    """sha256= and the keyed hash of the body in base64, or the token of the source."""
    signature = proofs.header(headers, SIGNATURE)
    is_signed = proofs.is_signed(raw, signature.removeprefix(PREFIX), secrets, "sha256")
    return (signature.startswith(PREFIX) and is_signed) or proofs.has_token(headers, secrets)


def _titles(definition: bodies.Body) -> dict[str, str]:
    """The questions by their reference and by their id, also those inside a group."""
    titles: dict[str, str] = {}
    questions = bodies.rows(definition, "fields")
    for question in questions + [
        inner
        for group in questions
        for holder in (group, bodies.section(group, "properties"))
        for inner in bodies.rows(holder, "fields")
    ]:
        for name in ("ref", "id"):
            titles.setdefault(bodies.line_of(question.get(name)), bodies.line_of(question.get("title")))
    return titles


def _key(one: bodies.Body, place: int) -> str:
    field = bodies.section(one, "field")
    return bodies.line_of(field.get("ref")) or bodies.line_of(field.get("id")) or f"answer {place + 1}"


def _title(one: bodies.Body, titles: Mapping[str, str]) -> str:
    field = bodies.section(one, "field")
    names = [bodies.line_of(field.get(name)) for name in ("ref", "id")]
    return next((titles[name] for name in names if titles.get(name)), bodies.line_of(field.get("title")))


def _kind(one: bodies.Body) -> str:
    return bodies.line_of(bodies.section(one, "field").get("type"))


def _values(one: bodies.Body) -> tuple[str, ...]:
    """An answer names its type, and holds its value under that name."""
    value: Any = one.get(bodies.line_of(one.get("type")))
    if isinstance(value, dict):
        chosen = [value.get(name) for name in ("label", "labels", "other")]
        return bodies.values_of([text for text in chosen if text]) or bodies.values_of(value)
    else:
        return bodies.values_of(value)


def _agreement(title: str, one: bodies.Body) -> Agreement:
    return Agreement("contact", _values(one) == ("Yes",), title, "")
