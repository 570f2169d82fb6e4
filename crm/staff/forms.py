"""What a person types to sign in and to look after their account."""

from urllib.parse import urlsplit

from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from crm.web.forms import Form, LineField


class SignInForm(Form):
    """Work e-mail and password."""

    email = LineField("Work e-mail", [InputRequired("Enter your work e-mail.")], longest=254)
    password = PasswordField("Password", [InputRequired("Enter your password.")])


class CodeForm(Form):
    """The six digits of the authenticator app; pasted with spaces is fine."""

    code = StringField("One-time code", [InputRequired("Enter the six digits your app shows.")])


class PasswordForm(Form):
    """A new password. What is wrong with it is said by crm.staff.passwords."""

    password = PasswordField("New password", [InputRequired("Enter a new password.")])


class ChangePasswordForm(PasswordForm):
    """The old one first."""

    current = PasswordField("Your password now", [InputRequired("Enter the password you use now.")])


def own_path(wanted: str) -> str | None:
    """The address to go on to after signing in, if it is a plain path of ours; None for anything else."""
    if not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or "\\" in wanted:
        return None
    if any(ord(letter) < 33 or ord(letter) > 126 for letter in wanted):
        return None
    parts = urlsplit(wanted)
    return wanted if not parts.scheme and not parts.netloc else None
