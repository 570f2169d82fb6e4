"""Elementor Pro's form: labels for keys when simple; fields, form and meta when "advanced data" is on. Not signed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from crm.intake.channels import bodies, proofs
from crm.intake.channels.entry import Entry, Field, compose, without
from crm.intake.channels.traces import address, campaign

MEANS = {"email": "email", "tel": "phone", "acceptance": "consent", "password": "ignore"}
# What every site adds behind the answers, under titles in the site's language.
META = {"Date", "Time", "Fecha", "Hora", "Powered by", "Remote IP", "User Agent", "Credit"}


def entry(raw: bytes, content_type: str) -> Entry:
    """What the body says; raises NotUnderstood."""
    body = bodies.read(raw, content_type)
    answers = body.get("fields")
    if isinstance(answers, dict | list) and answers:
        return _advanced(body, answers)
    told = compose(bodies.fields(body))
    return without(told, {one.key for one in told.fields if one.key in META or one.text == "Elementor"})


def is_proven(_raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], _at: datetime) -> bool:
    """The token of the source, which a line in the site's functions.php sends along."""
    return proofs.has_token(headers, secrets)


def _advanced(body: bodies.Body, answers: Any) -> Entry:
    rows = answers.items() if isinstance(answers, dict) else enumerate(answers)
    named = [(bodies.line_of(one.get("id")) or str(key), one) for key, one in rows if isinstance(one, dict)]
    fields = [Field(key, bodies.line_of(one.get("title")), bodies.values_of(_answer(one))) for key, one in named]
    told = compose(fields or bodies.fields(body))
    form, meta = bodies.section(body, "form"), bodies.section(body, "meta")
    page = address(_meta(meta, "page_url"))
    means = {key: MEANS.get(bodies.line_of(one.get("type")), "") for key, one in named}
    return replace(
        told,
        means={**told.means, **{key: ours for key, ours in means.items() if ours}},
        form=bodies.line_of(form.get("id")) or told.form,
        page=page or told.page,
        referrer=address(_meta(meta, "referrer")) or told.referrer,
        utm={**campaign(page), **told.utm},
    )


def _answer(one: bodies.Body) -> Any:
    """A box with several ticks is a list in `raw_value`, and one text with commas in `value`."""
    raw = one.get("raw_value")
    return raw if isinstance(raw, dict | list) and raw else one.get("value", raw)


def _meta(meta: bodies.Body, name: str) -> str:
    found = meta.get(name)
    return bodies.line_of(found.get("value") if isinstance(found, dict) else found)
