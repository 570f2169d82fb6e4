"""Contact Form 7 with a webhook plugin: the names of the form's tags, free but for a few; nothing is signed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from crm.intake.channels import Agreement, bodies, proofs
from crm.intake.channels.entry import Entry, Field, compose
from crm.intake.channels.traces import squeezed

ACCEPTANCE = "acceptance"
META = ("_post_id", "_post_name", "_post_title", "_date", "_time", "_site_title", "_site_url", "_contact_form_title")


def entry(raw: bytes, content_type: str) -> Entry:
    """What the body says; raises NotUnderstood."""
    told = compose(bodies.fields(bodies.read(raw, content_type)))
    accepted = [one for one in told.fields if squeezed(one.key).startswith(ACCEPTANCE)]
    kept = tuple(one for one in told.fields if one not in accepted and one.key not in META)
    return replace(told, fields=kept, consents=tuple(map(_agreement, accepted)))


def is_proven(_raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], _at: datetime) -> bool:
    """The token of the source, in a header that the plugin is told to send."""
    return proofs.has_token(headers, secrets)


def _agreement(one: Field) -> Agreement:
    """An acceptance is 1, or the words beside its box; without a tick it is empty. Its words are on the site only."""
    is_words = len(one.text.split()) > 2
    granted = bool(one.values) and one.text.casefold() not in ("0", "no", "off", "false")
    return Agreement("contact", granted, one.text if is_words else "", "")
