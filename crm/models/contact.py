"""Phone numbers and e-mail addresses as people type them, and the form in which two of them can be compared."""

from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from crm.models.search_words import phone_digits

HOME_REGION = "US"
LONGEST = 254  # characters: the longest address that mail can carry


@dataclass(frozen=True)
class Contact:
    """One way to reach somebody: `value` as typed, `normal` for comparing (E.164, else digits; lower case)."""

    kind: str
    value: str
    normal: str


def phone_contact(typed: str) -> Contact | None:
    """The number; what no telephone network knows keeps its digits. None when there is not one digit in it."""
    digits = phone_digits(typed)
    if not digits or len(typed) > LONGEST:
        return None
    return Contact("phone", typed, e164(typed) or digits[0])


def e164(typed: str) -> str | None:
    """The number with its country, as "+17205550118"; None when no number has that many digits."""
    try:
        number = phonenumbers.parse(typed, HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    # "Possible" asks for the right length only: the numbers set aside for examples are possible, never "valid".
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email_contact(typed: str) -> Contact | None:
    """The address; None when mail could not be sent to it. Nobody is asked whether the domain exists."""
    try:
        checked = validate_email(typed, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return Contact("email", typed, checked.normalized.lower())
