"""Passwords: hashed slowly and a few at a time; choosing one follows length, not composition."""

import threading
import unicodedata

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from crm.models import Staff
from crm.programme import programme

# 19 MiB, two passes, one lane (OWASP's argon2id minimum): about 20 ms here, and no lever to exhaust the machine with.
_hasher = PasswordHash((Argon2Hasher(memory_cost=19 * 1024, time_cost=2, parallelism=1),))
_at_once = threading.BoundedSemaphore(4)

LONGEST = 256  # characters
SHORTEST, SHORTEST_ALONE = 12, 15  # with a second factor, and without one (NIST SP 800-63B-4, 3.1.1.2)

# What others choose when they are asked for something long.
COMMON = frozenset({
    "123456789012", "1234567890123", "12345678901234", "123456789012345", "1234567890123456", "administrator",
    "changemechangeme", "iloveyouiloveyou", "letmeinletmein", "passwordpassword", "password12345678",
    "qwertyuiop12345", "qwertyuiopasdfgh", "qwerty123456789", "welcomewelcome",
})

# Verified when there is no password to compare with, so that an unknown account takes as long as a known one.
_nobody = _hasher.hash("nobody's password")


def hash_of(password: str) -> str:
    """What is kept of a password."""
    with _at_once:
        return _hasher.hash(_normal(password))


def fits(staff: Staff | None, password: str) -> bool:
    """Whether it is this person's password; takes as long for nobody as for somebody."""
    known = staff.password_hash if staff and staff.is_active else None
    with _at_once:
        matches, better = _hasher.verify_and_update(_normal(password)[:LONGEST], known or _nobody)
    if not (matches and staff and known):
        return False
    if better:
        staff.password_hash = better
    return True


def problem_with(password: str, staff_email: str) -> str | None:
    """Why this password may not be chosen, in words; None when it may."""
    shortest = SHORTEST if programme().second_factor == "required" else SHORTEST_ALONE
    plain = _normal(password).casefold()
    if len(plain) < shortest:
        return f"Please choose at least {shortest} characters; a few words in a row are easy to remember."
    if len(plain) > LONGEST:
        return f"Please choose at most {LONGEST} characters."
    if len(set(plain)) < 5 or plain in COMMON:
        return "Please choose something that is harder to guess."
    own = [staff_email, staff_email.split("@")[0], *programme().organisation_name.split(), "lantern"]
    rest = plain
    for word in (word.casefold() for word in own if len(word) > 3):
        rest = rest.replace(word, "")
    if len(rest.strip(" 0123456789!.-_")) < 6:
        return "Please choose something that is not made of your name or the programme's."
    return None


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
