"""Guessing is slowed down for whoever guesses, and for nobody else: a stranger cannot lock a colleague out.

Wrong guesses are counted for each account and place. A browser its owner has signed in from before is a place of its
own, so that even a guesser at the next table, behind the same address, does not slow its owner down.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm.db import db
from crm.db.sealing import signing_key
from crm.db.turns import take_turn
from crm.models import SignInFailure

FREE = 5  # wrong guesses before there is a wait
FREE_FROM_ONE_ADDRESS = 50  # an office shares one address, and somebody is always mistyping
FIRST_WAIT, LONGEST_WAIT = 1, 300  # seconds; doubled with each further guess
FORGIVEN = timedelta(hours=1)  # without a guess, the count begins again


@dataclass(frozen=True)
class Place:
    """Where a guess comes from: a network address, or a browser that its owner has signed in from before."""

    name: str
    is_known: bool = False


def wait_for(account: str, place: Place, at: datetime) -> int:
    """Seconds until another guess is looked at, from this place for this account; 0: now.

    Until the transaction ends, guesses of the same kind queue: many at once are counted like one after another.
    """
    keys = _keys(account, place)
    take_turn(keys[0][0])
    rows = [db.session.get(SignInFailure, key) for key, _ in keys]
    longest = max((row.wait_until for row in rows if row), default=at)
    return max(0, int((longest - at).total_seconds() + 0.999))


def failed(account: str, place: Place, at: datetime) -> None:
    """Count a wrong guess."""
    for key, free in _keys(account, place):
        take_turn(key)
        row = db.session.get(SignInFailure, key, populate_existing=True)
        if row is None:
            row = SignInFailure(key=key, failures=0, last_at=at, wait_until=at)
            db.session.add(row)
        row.failures = 1 if at - row.last_at > FORGIVEN else row.failures + 1
        row.last_at = at
        over = row.failures - free
        if over >= 0:
            row.wait_until = at + timedelta(seconds=min(FIRST_WAIT * 2 ** min(over, 20), LONGEST_WAIT))


def succeeded(account: str, place: Place) -> None:
    """The right person was here: their own count begins again; the address keeps its own."""
    key, _ = _keys(account, place)[0]
    row = db.session.get(SignInFailure, key)
    if row:
        db.session.delete(row)


def _keys(account: str, place: Place) -> list[tuple[str, int]]:
    """The account at this place, and an address alone, each with its free guesses.

    As keyed hashes: the table tells nobody who tried.
    """
    own = (_hash(f"{account.strip().casefold()}|{place.name}"), FREE)
    return [own] if place.is_known else [own, (_hash(f"|{place.name}"), FREE_FROM_ONE_ADDRESS)]


def _hash(words: str) -> str:
    _, key = signing_key("throttle")
    return hmac.new(key, words.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
