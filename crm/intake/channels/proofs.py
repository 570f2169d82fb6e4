"""Whether a body really comes from the source it names. Every comparison takes the same time, right or wrong.

Several secrets may be active, so that a new one can be put in place before the old one ends.
"""

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

CLOCK_SKEW = 300  # seconds a signed moment may be away from ours; what is older may be somebody's copy


def has_token(headers: Mapping[str, str], secrets: Sequence[str]) -> bool:
    """`Authorization: Bearer SECRET`, or `X-Webhook-Token: SECRET`."""
    scheme, _, bearer = header(headers, "Authorization").partition(" ")
    token = header(headers, "X-Webhook-Token")
    return (scheme.lower() == "bearer" and is_secret(bearer.strip(), secrets)) or is_secret(token, secrets)


def is_secret(given: str, secrets: Sequence[str]) -> bool:
    """Whether it is one of the secrets."""
    return _is_one_of(given, [secret for secret in secrets if secret])


def is_signed(raw: bytes, signature: str, secrets: Sequence[str], algorithm: str) -> bool:
    """Whether the signature is the keyed hash of exactly these bytes, in base64; `algorithm` is sha1 or sha256."""
    return _is_one_of(signature, [base64.b64encode(_hash(raw, key, algorithm)).decode() for key in secrets if key])


def is_signed_now(raw: bytes, stamp: str, signature: str, secrets: Sequence[str], at: datetime) -> bool:
    """Whether the signature is the keyed SHA-256 of "stamp.body" in hexadecimal, and the stamp (Unix seconds) now."""
    is_now = stamp.isascii() and stamp.isdigit() and len(stamp) < 12 and abs(at.timestamp() - int(stamp)) <= CLOCK_SKEW
    signed = f"{stamp}.".encode("utf-8", "replace") + raw
    return _is_one_of(signature, [_hash(signed, key, "sha256").hex() for key in secrets if key]) and is_now


def header(headers: Mapping[str, str], name: str) -> str:
    """The value of a header whatever its letters' case; empty when it is not there."""
    return next((value.strip() for key, value in headers.items() if key.lower() == name.lower()), "")


def _hash(body: bytes, key: str, algorithm: str) -> bytes:
    return hmac.digest(key.encode("utf-8", "replace"), body, algorithm)


def _is_one_of(given: str, expected: Sequence[str]) -> bool:
    typed = given.encode("utf-8", "backslashreplace")
    # All are compared, so that the time says nothing about which one it was.
    return sum(hmac.compare_digest(typed, one.encode("utf-8", "backslashreplace")) for one in expected) > 0
