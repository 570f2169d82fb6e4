"""WPForms with its Webhooks add-on: keys as the site's owner named them, signed with the moment of sending."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qsl

from crm.intake.channels import bodies, proofs
from crm.intake.channels.entry import Entry, compose, count

SIGNATURE = "X-WPForms-Webhook-Signature"


def entry(raw: bytes, content_type: str) -> Entry:
    """What the body says; raises NotUnderstood."""
    told = compose(bodies.fields(bodies.read(raw, content_type)))
    return replace(told, number=count(told.external_id or ""))


def is_proven(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], at: datetime) -> bool:
    """Signed within five minutes (t=Unix seconds, v=keyed hash of "t.body"), or with the token of the source."""
    parts = dict(part.strip().partition("=")[::2] for part in proofs.header(headers, SIGNATURE).split(",", 4))
    stamp, signature = parts.get("t", ""), parts.get("v", "")
    signed = [proofs.is_signed_now(body, stamp, signature, secrets, at) for body in (raw, _as_php_signs(raw))]
    return any(signed) or proofs.has_token(headers, secrets)


def _as_php_signs(raw: bytes) -> bytes:
    """Of a form-encoded body the add-on signs not the body but its fields as JSON, the way PHP writes it."""
    try:
        body = raw.decode("utf-8", "replace")
        sent = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=bodies.MOST_FIELDS))
    except ValueError:
        return raw
    return json.dumps(sent, separators=(",", ":")).replace("/", "\\/").encode()
