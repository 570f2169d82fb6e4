"""One-time codes of an authenticator app: each is accepted once, however many try at the same moment."""

import base64
import io
from datetime import datetime

import pyotp
import qrcode
import qrcode.image.svg
from sqlalchemy import update

from crm.db import db
from crm.models import Staff

STEP = 30  # seconds a code is good for
DRIFT = 1  # steps a clock may be off, either way


def new_secret() -> str:
    """A secret for an authenticator app."""
    return pyotp.random_base32()


def picture_of(secret: str, email: str) -> str:
    """The secret as a picture to scan, as the address of an image."""
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Lantern")
    out = io.BytesIO()
    qrcode.make(address, image_factory=qrcode.image.svg.SvgPathFillImage, border=2).save(out)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()


def in_fours(secret: str) -> str:
    """The secret to type by hand, in groups of four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def accepted(staff: Staff, secret: str, code: str, at: datetime) -> bool:
    """Whether the code is right and unused; it is used up by asking. One UPDATE decides between two who ask at once."""
    step = _step_of(secret, code, at)
    if step is None:
        return False
    used = db.session.scalars(
        update(Staff).where(Staff.id == staff.id, Staff.totp_last_step < step).values(totp_last_step=step)
        .returning(Staff.id).execution_options(synchronize_session=False)
    ).all()
    return bool(used)


def _step_of(secret: str, code: str, at: datetime) -> int | None:
    typed = "".join(code.split())
    if len(typed) != 6 or not (typed.isascii() and typed.isdecimal()):
        return None
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP
    for step in (now, now - DRIFT, now + DRIFT):
        if pyotp.utils.strings_equal(totp.at(step * STEP), typed):
            return step
    return None
