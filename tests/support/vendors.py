"""What vendors really send: recorded bodies (people and numbers invented), and how each of them proves itself."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

from crm.intake import mapping
from crm.intake.channels import (
    Inquiry,
    callrail,
    contact_form_7,
    elementor,
    google_ads,
    gravity_forms,
    typeform,
    wpforms,
)
from crm.intake.channels.entry import Entry

RECORDED = Path(__file__).parents[1] / "data" / "vendors"
SECRET = "a-long-and-random-secret"
AT = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)

# One recorded body for each way a vendor has to write one.
BODIES: tuple[tuple[ModuleType, str], ...] = (
    (gravity_forms, "gravity_all.json"), (gravity_forms, "gravity_selected.json"), (gravity_forms, "gravity_form.txt"),
    (wpforms, "wpforms.json"), (contact_form_7, "contact_form_7.json"), (elementor, "elementor_simple.txt"),
    (elementor, "elementor_advanced.txt"), (typeform, "typeform.json"), (callrail, "callrail_missed.json"),
    (google_ads, "google_ads.json"),
)  # fmt: skip
VENDORS = tuple(dict.fromkeys(vendor for vendor, _ in BODIES))


def recorded(name: str) -> bytes:
    """The body as it came, without the line end of the file."""
    return (RECORDED / name).read_bytes().rstrip(b"\n")


def tree(name: str) -> dict[str, Any]:
    """The same, to be changed."""
    found: dict[str, Any] = json.loads(recorded(name))
    return found


def entry_of(vendor: ModuleType, body: Any) -> Entry:
    """What the vendor's channel reads in a body, given as bytes, or as a dict to be sent as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    found: Entry = vendor.entry(raw, "application/json" if raw[:1] == b"{" else "application/x-www-form-urlencoded")
    return found


def inquiry_of(vendor: ModuleType, body: Any) -> Inquiry:
    """What we understand, with nothing but guesses."""
    return mapping.inquiry(entry_of(vendor, body))


def form(pairs: dict[str, str]) -> bytes:
    """The pairs form-encoded."""
    return urlencode(pairs).encode()


def proof(vendor: ModuleType, raw: bytes, secret: str = SECRET, at: datetime = AT) -> dict[str, str]:
    """The headers with which the vendor sends this body."""
    key = secret.encode()
    if vendor is wpforms:
        stamp = str(int(at.timestamp()))
        signature = hmac.new(key, f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()
        return {wpforms.SIGNATURE: f"t={stamp},v={signature}"}
    elif vendor is typeform:
        return {typeform.SIGNATURE: "sha256=" + base64.b64encode(hmac.digest(key, raw, "sha256")).decode()}
    elif vendor is callrail:
        return {callrail.SIGNATURE: base64.b64encode(hmac.digest(key, raw, "sha1")).decode()}
    else:
        return {"Authorization": f"Bearer {secret}"}
