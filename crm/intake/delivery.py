"""One delivery: the bytes as they came, and everything by which a second delivery of the same can be told."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from crm.db.sealing import signing_key
from crm.db.turns import take_turn
from crm.intake.channels.entry import Entry
from crm.models import ImportRun, Submission

SAME_WITHIN = timedelta(minutes=10)  # the same body from a sender without numbers is the same message for so long

# A vendor's headers are kept beside its body, for whoever has to find out what went wrong; proofs and cookies are not.
KEPT_HEADERS = ("user-agent", "content-type", "date", "referer", "x-wpforms-webhook-id", "x-request-id")


@dataclass(frozen=True)
class Delivery:
    """What somebody handed over.

    `key` names this delivery (a form's token, an Idempotency-Key), `external_id` the sender's own entry. A sender with
    neither is recognised by its body: `nameless_since` is how far back. `sender` is a keyed hash of a network address.
    A row of a file says in which run it came, and its number.
    """

    raw: bytes
    content_type: str
    key: str | None = None
    external_id: str | None = None
    form: str = ""
    number: int | None = None
    nameless_since: datetime | None = None
    sender: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    import_run: ImportRun | None = None
    import_row: int | None = None

    @cached_property
    def fingerprint(self) -> str:
        """What two equal bodies have in common, in whatever order a program wrote their fields."""
        return hashlib.sha256(_normal(self.raw) if self.nameless_since else self.raw).hexdigest()

    def take_turn(self, source_id: int) -> None:
        """A hundred deliveries of the same body at once come one by one from here on."""
        take_turn(f"body {source_id} {self.fingerprint}")


def of_entry(delivery: Delivery, entry: Entry, at: datetime) -> Delivery:
    """The delivery under the numbers that the vendor gave it; without any it is known by its body."""
    nameless = None if entry.external_id else at - SAME_WITHIN
    return replace(
        delivery, external_id=entry.external_id, form=entry.form[:60], number=entry.number, nameless_since=nameless
    )


def nameless(delivery: Delivery, at: datetime) -> Delivery:
    """A delivery that says nothing of itself: known by its body."""
    return replace(delivery, nameless_since=at - SAME_WITHIN)


def written(delivery: Delivery, at: datetime, **more: Any) -> Submission:
    """The delivery as a row of ours that nobody has read yet; `more` says whose it is."""
    return Submission(
        external_id=delivery.external_id, idempotency_key=delivery.key, fingerprint=delivery.fingerprint,
        content_type=delivery.content_type[:100], received_at=at, raw=delivery.raw, sender=delivery.sender,
        form=delivery.form[:60], entry_number=delivery.number,
        headers=json.dumps(dict(delivery.headers)) if delivery.headers else None, **{"state": "waiting", **more},
    )


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Those headers of a request that are worth keeping and give nothing away."""
    return {name.lower(): value[:500] for name, value in headers.items() if name.lower() in KEPT_HEADERS}


def sender_hash(address: str) -> str | None:
    """A network address as what it is compared by: its keyed hash; an IPv6 address by its network of 64 bits."""
    if not address:
        return None
    network = ":".join(address.split(":")[:4]) if address.count(":") > 1 else address
    return _keyed("sender", network)


def words_hash(message: str) -> str:
    """What a message says as what it is compared by: its keyed hash, however it is spaced or written large."""
    return _keyed("words", " ".join(message.casefold().split()))


def _keyed(purpose: str, text: str) -> str:
    _, key = signing_key(purpose)
    return hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


def _normal(raw: bytes) -> bytes:
    """JSON with its keys in order, form fields in order; anything else as it is."""
    try:
        body: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return b"&".join(sorted(raw.strip().split(b"&")))
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")
