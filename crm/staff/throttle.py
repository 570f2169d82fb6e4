"""Guessing is slowed down for whoever guesses, and for nobody else: a stranger cannot lock a colleague out."""

import hashlib
import hmac
from datetime import datetime, timedelta

from crm.db import db
from crm.db.sealing import signing_key
from crm.models import SignInFailure

FREE = 5  # wrong guesses before there is a wait
FREE_FROM_ONE_ADDRESS = 50  # an office shares one address, and somebody is always mistyping
FIRST_WAIT, LONGEST_WAIT = 1, 300  # seconds; doubled with each further guess
FORGIVEN = timedelta(hours=1)  # without a guess, the count begins again


def wait_for(email: str, address: str, at: datetime) -> int:
    """Seconds until another guess is looked at, from this address for this account; 0: now."""
    rows = [db.session.get(SignInFailure, key) for key, _ in _keys(email, address)]
    longest = max((row.wait_until for row in rows if row), default=at)
    return max(0, int((longest - at).total_seconds() + 0.999))


def failed(email: str, address: str, at: datetime) -> None:
    """Count a wrong guess."""
    for key, free in _keys(email, address):
        row = db.session.get(SignInFailure, key)
        if row is None:
            row = SignInFailure(key=key, failures=0, last_at=at, wait_until=at)
            db.session.add(row)
        row.failures = 1 if at - row.last_at > FORGIVEN else row.failures + 1
        row.last_at = at
        over = row.failures - free
        if over >= 0:
            row.wait_until = at + timedelta(seconds=min(FIRST_WAIT * 2 ** min(over, 20), LONGEST_WAIT))


def succeeded(email: str, address: str) -> None:
    """The right person was here: their own count begins again; the address keeps its own."""
    key, _ = _keys(email, address)[0]
    row = db.session.get(SignInFailure, key)
    if row:
        db.session.delete(row)


def _keys(email: str, address: str) -> tuple[tuple[str, int], tuple[str, int]]:
    """The account at this address, and the address alone; as keyed hashes, so that the table tells nobody who tried."""
    return (_hash(f"{email.strip().casefold()}|{address}"), FREE), (_hash(f"|{address}"), FREE_FROM_ONE_ADDRESS)


def _hash(words: str) -> str:
    _, key = signing_key("throttle")
    return hmac.new(key, words.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
