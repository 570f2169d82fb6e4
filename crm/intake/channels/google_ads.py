"""Google Ads lead forms: columns with known ids. The key in the body is the proof; click numbers are never kept."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from crm.intake.channels import NotUnderstood, bodies, proofs
from crm.intake.channels.entry import Entry, Field, compose, identity, moment

# https://developers.google.com/google-ads/webhook/docs/implementation: the ids of the usual questions.
MEANS = {
    "FULL_NAME": "name", "FIRST_NAME": "first_name", "LAST_NAME": "last_name", "EMAIL": "email", "WORK_EMAIL": "email",
    "PHONE_NUMBER": "phone", "WORK_PHONE": "phone", "REGION": "state", "POSTAL_CODE": "zip",
}  # fmt: skip
TEST = "Sent with Google's test button"


def entry(raw: bytes, content_type: str) -> Entry:
    """What the body says; raises NotUnderstood."""
    body = bodies.read(raw, content_type)
    columns = bodies.rows(body, "user_column_data")
    # The id, because the name of a column may be missing; a question of one's own has an id too.
    named = [(bodies.line_of(one.get("column_id")) or bodies.line_of(one.get("column_name")), one) for one in columns]
    fields = [Field(key, bodies.line_of(one.get("column_name")), bodies.values_of(one)) for key, one in named if key]
    is_test = bodies.line_of(body.get("is_test")).casefold() in ("yes", "true", "1")
    return replace(
        compose(fields or bodies.fields(body)),
        means={key: MEANS[key] for key, _ in named if key in MEANS},
        external_id=identity(bodies.line_of(body.get("lead_id"))),
        form=bodies.line_of(body.get("form_id")),
        submitted_at=moment(bodies.line_of(body.get("lead_submit_time"))),
        is_test=is_test,
        notes=(TEST,) if is_test else (),
    )


def is_proven(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], _at: datetime) -> bool:
    """`google_key` in the body is a secret of the source, or a header holds its token."""
    try:
        key = bodies.read(raw, "").get("google_key")
    except NotUnderstood:
        key = None
    given = key if isinstance(key, str) else ""
    return proofs.is_secret(given, secrets) or proofs.has_token(headers, secrets)
