"""Phone numbers and e-mail addresses as evidence: the same one however typed, and those that point to nobody."""

import re
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import OSA

from crm.clock import STATES
from crm.leads.matching.tables import words
from crm.models.contact import e164
from crm.models.search_words import phone_digits

Kind = Literal["phone", "email"]
Verdict = Literal["same", "near", "different", "unknown"]

LOCAL, NATIONAL = 7, 10  # digits, without and with the area code
LONGEST = 254  # characters looked at

_BIG_DOMAINS = ("gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "comcast.net")
_NO_SLIPS = ("ymail.com", "email.com", "mail.com")  # real, though one letter from a big one
_MADE_UP = ("1234567", "2345678", "4567890", "5551212")  # last seven digits; 555-1212 is the enquiry line
_TOLL_FREE = ("800", "822", "833", "844", "855", "866", "877", "888", "900")
_AT = re.compile(r" ?[(\[] ?at ?[)\]] ?| at ")
_EXTENSION = re.compile(
    r"[\s,;.(]{0,3}(?:extension|extn|ext|anexo|poste|room|rm|x|#)[\s.:#]{0,3}\d{1,6}\)?\s{0,3}$", re.IGNORECASE
)
_STATE_CODES = {re.sub(r"[^a-z]", "", name.lower()): code for code, name in STATES.items()} | {
    "ariz": "AZ", "calif": "CA", "colo": "CO", "conn": "CT", "fla": "FL", "ill": "IL", "mass": "MA", "mich": "MI",
    "minn": "MN", "ore": "OR", "penn": "PA", "penna": "PA", "tenn": "TN", "tex": "TX", "virginislands": "VI",
    "wash": "WA", "washingtondc": "DC",
}  # fmt: skip


@dataclass(frozen=True)
class Email:
    """An address in parts: `local` as typed in small letters, `key` what two spellings of one mailbox share."""

    local: str
    domain: str

    @property
    def key(self) -> str:
        """Without what follows a plus, without dots: "Ann.Poe+web@Example.org" gives annpoe@example.org."""
        return f"{self.stem}@{self.domain}"

    @property
    def stem(self) -> str:
        """The local part of `key`."""
        return self.local.partition("+")[0].replace(".", "") or self.local


def email_of(typed: str) -> Email | None:
    """The address; None for an empty one, one that is none, an office's mailbox or a placeholder."""
    text = _AT.sub("@", typed[:LONGEST].lower())
    text = "".join(text.split()).removeprefix("mailto:").strip("<>\"'.,;:()[]")
    local, at, domain = text.replace(",", ".").replace("..", ".").rpartition("@")
    if not (at and local and "." in domain):
        return None
    email = Email(local, _domain(domain.strip(".")))
    return None if _is_nobodys(email) else email


def phone_of(typed: str) -> str:
    """Ten digits, or seven without the area code, or "+…" from abroad; empty for none, or one that nobody has."""
    text = _EXTENSION.sub("", typed[:LONGEST].strip())
    whole = e164(text) or ""
    if whole.startswith("+1"):
        number = whole[2:]
    elif whole:
        return whole
    else:
        number = (phone_digits(text) or ("",))[-1]
    return number if _could_be_somebodys(number) else ""


def state_of(typed: str) -> str:
    """The two letters of the state; empty when there is none we know."""
    letters = re.sub(r"[^a-z]", "", typed[:LONGEST].lower())
    return letters.upper() if letters.upper() in STATES else _STATE_CODES.get(letters, "")


def is_shared_contact(value: str, kind: str) -> bool:
    """A contact ("phone" or "email") that was given but is no person's own: an office's mailbox, a placeholder."""
    if kind == "email":
        return bool(value.strip()) and email_of(value) is None
    else:
        return bool(value.strip()) and not phone_of(value)


def compare_emails(a: Email | None, b: Email | None) -> Verdict:
    """Near: one letter more, less, other or swapped, before or after the @. Another digit is another mailbox."""
    if a is None or b is None:
        return "unknown"
    if a.key == b.key:
        return "same"
    near = OSA.distance(a.key, b.key, score_cutoff=1) <= 1
    if near and _digits(a.stem) == _digits(b.stem):
        return "near"
    return "different"


def compare_phones(a: str, b: str) -> Verdict:
    """Near: the same seven digits, where one was given without its area code."""
    if not a or not b:
        return "unknown"
    if a == b:
        return "same" if len(a) > LOCAL else "near"
    if LOCAL in (len(a), len(b)) and a[-LOCAL:] == b[-LOCAL:]:
        return "near"
    return "different"


def _is_nobodys(email: Email) -> bool:
    found = re.findall(r"[a-z]+", email.local.partition("+")[0])
    roles = words("roles")
    return "".join(found) in roles | words("placeholders") or all(word in roles for word in found)


def _domain(domain: str) -> str:
    """The domain, with a slip in one of the big ones mended: gmial.com, gmail.con, hotmal.com."""
    if domain in _NO_SLIPS:
        return domain
    elif domain == "googlemail.com":
        return "gmail.com"
    return next((big for big in _BIG_DOMAINS if OSA.distance(domain, big, score_cutoff=1) <= 1), domain)


def _could_be_somebodys(number: str) -> bool:
    local = number[-LOCAL:]
    if len(number) not in (LOCAL, NATIONAL) or len(set(local)) == 1 or local in _MADE_UP:
        return False
    area = number[:-LOCAL]
    # No area code begins with 0 or 1; 555 is nobody's; a toll-free number is an office's.
    return not area or not (area.startswith(("0", "1")) or area == "555" or area in _TOLL_FREE)


def _digits(text: str) -> str:
    return "".join(mark for mark in text if mark.isdigit())
