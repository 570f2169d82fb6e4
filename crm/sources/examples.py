"""One message of each vendor as it is really sent, with its proof: to copy, and to try a source with."""

import base64
import hashlib
import hmac
import json
import shlex
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from crm.intake.channels import callrail, typeform, wpforms

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
NAME, PHONE, EMAIL = "Test Example", "(303) 555-0100", "test@example.org"
MESSAGE = "This is a test of the form. Nobody needs to call."
PLACEHOLDER = "YOUR-SECRET"

BODIES: dict[str, dict[str, Any]] = {
    "gravity-forms": {
        "id": "1", "form_id": "3", "date_created": "2026-11-20 15:14:52", "status": "active", "created_by": None,
        "source_url": "https://www.example.org/contact/", "1.3": "Test", "1.6": "Example", "3": PHONE, "4": EMAIL,
        "5": "Myself", "6": MESSAGE, "7.1": "Phone call", "7.2": "", "8": "Colorado",
    },
    "wpforms": {
        "name": NAME, "email": EMAIL, "phone": PHONE, "state": "Colorado", "contact_method": "Call||Text",
        "message": MESSAGE, "entry_id": "1",
    },
    "contact-form-7": {
        "your-name": NAME, "your-email": EMAIL, "your-phone": PHONE, "contact-method": ["Call"],
        "your-message": MESSAGE, "acceptance-1": "1",
    },
    "elementor": {
        "form[id]": "a1b2c3d", "form[name]": "Contact",
        "fields[name][id]": "name", "fields[name][type]": "text", "fields[name][title]": "Name",
        "fields[name][value]": NAME, "fields[email][id]": "email", "fields[email][type]": "email",
        "fields[email][title]": "Email", "fields[email][value]": EMAIL, "fields[phone][id]": "phone",
        "fields[phone][type]": "tel", "fields[phone][title]": "Phone", "fields[phone][value]": PHONE,
        "fields[message][id]": "message", "fields[message][type]": "textarea",
        "fields[message][title]": "Message", "fields[message][value]": MESSAGE,
        "meta[page_url][title]": "Page URL", "meta[page_url][value]": "https://www.example.org/",
    },
    "typeform": {"event_type": "form_response", "form_response": {
        "form_id": "g8hcyeXS", "submitted_at": "2026-11-20T15:25:09Z",
        "definition": {"fields": [{"id": "a", "ref": "name", "title": "Your name"},
                                  {"id": "c", "ref": "message", "title": "How can we help?"}]},
        "answers": [
            {"type": "text", "text": NAME, "field": {"id": "a", "ref": "name", "type": "short_text"}},
            {"type": "phone_number", "phone_number": "+13035550100",
             "field": {"id": "b", "ref": "phone", "type": "phone_number"}},
            {"type": "email", "email": EMAIL, "field": {"id": "d", "ref": "email", "type": "email"}},
            {"type": "text", "text": MESSAGE, "field": {"id": "c", "ref": "message", "type": "long_text"}}]}},
    "callrail": {
        "id": "CAL-EXAMPLE", "answered": False, "direction": "inbound", "duration": 36, "voicemail": True,
        "customer_name": NAME, "customer_phone_number": "+13035550100", "customer_city": "Denver",
        "customer_state": "CO", "start_time": "2026-11-20T08:45:19-07:00", "timestamp": "2026-11-20T08:46:02-07:00",
    },
    "google-ads": {
        "lead_id": "EXAMPLE", "api_version": "1.0", "form_id": 1, "google_key": PLACEHOLDER,
        "user_column_data": [
            {"column_id": "FULL_NAME", "column_name": "Full Name", "string_value": NAME},
            {"column_id": "EMAIL", "column_name": "User Email", "string_value": EMAIL},
            {"column_id": "PHONE_NUMBER", "column_name": "User Phone", "string_value": "+13035550100"},
            {"column_id": "REGION", "column_name": "Region", "string_value": "Colorado"}],
    },
    "json": {
        "name": NAME, "phone": PHONE, "email": EMAIL, "state": "CO", "for": "self", "via": ["call"],
        "message": MESSAGE, "external_id": "example-1",
    },
}  # fmt: skip
# What our sample says, and so what must be found in it again.
SAID = {"callrail": ("name", "phone"), "google-ads": ("name", "phone", "email")}
SAID_USUALLY = ("name", "phone", "email", "message")


@dataclass(frozen=True)
class Request:
    """One request as the vendor makes it."""

    body: bytes
    content_type: str
    headers: dict[str, str] = field(repr=False)


def request_of(kind: str, secret: str, at: datetime) -> Request:
    """The example as the vendor itself would send and prove it with this secret, at this moment."""
    told = {**BODIES[kind], "google_key": secret} if kind == "google-ads" else BODIES[kind]
    is_form = kind == "elementor"
    body = urlencode(told).encode() if is_form else json.dumps(told).encode()
    return Request(body, FORM if is_form else JSON, _proof(kind, body, secret.encode(), at))


def curl(kind: str, address: str) -> str:
    """The same for a terminal, with the secret in a header: a hand cannot sign as some vendors do."""
    is_form = kind == "elementor"
    body = urlencode(BODIES[kind]) if is_form else json.dumps(BODIES[kind], indent=1)
    header = f"Authorization: Bearer {PLACEHOLDER}"
    content_type = f"Content-Type: {FORM if is_form else JSON}"
    lines = [f"curl -X POST {shlex.quote(address)}", f"-H '{content_type}'", f"-H '{header}'"]
    return " \\\n  ".join([*lines, f"-d {shlex.quote(body)}"])


def _proof(kind: str, body: bytes, key: bytes, at: datetime) -> dict[str, str]:
    if kind == "wpforms":
        stamp = str(int(at.timestamp()))
        signed = hmac.new(key, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return {wpforms.SIGNATURE: f"t={stamp},v={signed}"}
    elif kind == "typeform":
        return {typeform.SIGNATURE: typeform.PREFIX + base64.b64encode(hmac.digest(key, body, "sha256")).decode()}
    elif kind == "callrail":
        return {callrail.SIGNATURE: base64.b64encode(hmac.digest(key, body, "sha1")).decode()}
    elif kind == "google-ads":
        return {}
    else:
        return {"Authorization": f"Bearer {key.decode()}"}
