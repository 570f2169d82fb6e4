"""The verbs of staff: an account is made, disabled, reset; a password is chosen; a person signs in and out."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from crm import audit
from crm.db import db
from crm.models import Assignment, FollowUp, Lead, OneTimeLink, SignIn, Staff
from crm.programme import programme
from crm.staff import codes, passwords, signins, throttle
from crm.staff.throttle import Place

WELCOME, RESET = timedelta(hours=24), timedelta(minutes=20)


class LastAdministrator(Exception):
    """Without this account nobody could unlock anybody."""


def find_by_email(email: str) -> Staff | None:
    """The account with this address, disabled or not."""
    return db.session.scalars(select(Staff).where(Staff.email == email.strip().lower())).one_or_none()


def check_password(email: str, password: str, place: Place, at: datetime) -> Staff | None:
    """Who this is, if the password is right; counts a wrong guess. The caller has asked `throttle.wait_for` before."""
    staff = find_by_email(email)
    if not passwords.fits(staff, password):
        throttle.failed(email, place, at)
        audit.record(None, "sign-in-refused", None, at, staff=staff.ref if staff else None)
        return None
    throttle.succeeded(email, place)
    return staff


def needs_code(staff: Staff) -> bool:
    """Whether a code follows the password: always where it is required, else for who has set one up."""
    rule = programme().second_factor
    return rule == "required" or (rule == "optional" and staff.totp_secret_sealed is not None)


def check_code(waiting: SignIn, code: str, place: Place, at: datetime) -> bool:
    """Prove the second factor of a sign-in that waits for it; the first right code also sets it up.

    Setting it up ends every sign-in that was made without it.
    """
    staff = waiting.staff
    secret = staff.totp_secret or waiting.pending_secret
    if secret is None or not codes.accepted(staff, secret, code, at):
        throttle.failed(_code_key(staff), place, at)
        audit.record(None, "code-refused", None, at, staff=staff.ref)
        return False
    throttle.succeeded(_code_key(staff), place)
    if staff.totp_secret_sealed is None:
        staff.totp_secret = secret
        signins.end_all(staff)
        audit.record(None, "second-factor-set", staff, at)
    return True


def wait_for_code(waiting: SignIn, place: Place, at: datetime) -> int:
    """Seconds until another code is looked at."""
    return throttle.wait_for(_code_key(waiting.staff), place, at)


def begin_proving(staff: Staff, old_token: str, at: datetime) -> str:
    """The password is right and a code is wanted; who has no app yet gets a secret to set one up with."""
    signins.end(old_token)
    secret = codes.new_secret() if staff.totp_secret_sealed is None else None
    return signins.begin(staff, at, complete=False, pending_secret=secret)


def complete_sign_in(staff: Staff, old_token: str, at: datetime) -> str:
    """Every factor is proved: the unfinished sign-in ends and a new one begins, under a new token."""
    signins.end(old_token)
    audit.record(None, "sign-in", staff, at)
    return signins.begin(staff, at, complete=True)


def sign_out(staff: Staff | None, token: str, at: datetime) -> None:
    """End this sign-in, finished or not."""
    signins.end(token)
    if staff is not None:
        audit.record(None, "sign-out", staff, at)


def choose_password(staff: Staff, password: str, at: datetime) -> None:
    """Set the password; every sign-in of the person ends."""
    staff.password_hash = passwords.hash_of(password)
    signins.end_all(staff)
    audit.record(None, "password-changed", staff, at)


def add(
    email: str, name: str, role: str, at: datetime, states: list[str] | None, languages: list[str],
    caseload: int | None,
) -> Staff:
    """A new account, without a password yet."""
    staff = Staff(
        email=email.strip().lower(), name=name, role=role, time_zone=programme().time_zone, states=states,
        languages=languages, caseload_cap=caseload, created_at=at, totp_last_step=0,
    )
    db.session.add(staff)
    db.session.flush()
    audit.record(None, "staff-added", None, at, staff=staff.ref, role=role)
    return staff


def new_link(staff: Staff, at: datetime, good_for: timedelta) -> str:
    """A link to choose a password, once, within this time; earlier links of the person are spent."""
    db.session.execute(
        update(OneTimeLink).where(OneTimeLink.staff_id == staff.id, OneTimeLink.used_at.is_(None)).values(used_at=at)
    )
    token = secrets.token_urlsafe(32)
    db.session.add(OneTimeLink(token_hash=_hash(token), staff_id=staff.id, expires_at=at + good_for))
    return f"{programme().base_url}/welcome/{token}"


def find_link(token: str, at: datetime) -> Staff | None:
    """Whose link this is, while it is unused and in time."""
    wanted = select(Staff).join(OneTimeLink, OneTimeLink.staff_id == Staff.id).where(
        OneTimeLink.token_hash == _hash(token), OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > at,
        Staff.disabled_at.is_(None),
    )
    return db.session.scalars(wanted).one_or_none()


def spend_link(token: str, password: str, at: datetime) -> bool:
    """Choose a password by link. One UPDATE spends it: of two at once, one wins."""
    staff = find_link(token, at)
    spent = db.session.scalars(
        update(OneTimeLink)
        .where(OneTimeLink.token_hash == _hash(token), OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > at)
        .values(used_at=at).returning(OneTimeLink.staff_id).execution_options(synchronize_session=False)
    ).all()
    if not spent or staff is None:
        return False
    audit.record(None, "link-used", staff, at)
    choose_password(staff, password, at)
    return True


def reset(staff: Staff, at: datetime) -> str:
    """Forget password and second factor, end every sign-in; gives the link to begin again with."""
    staff.password_hash, staff.totp_secret_sealed, staff.totp_last_step = None, None, 0
    signins.end_all(staff)
    audit.record(None, "staff-reset", None, at, staff=staff.ref)
    return new_link(staff, at, RESET)


def disable(staff: Staff, at: datetime) -> int:
    """End every sign-in at once and put their people back in the queue; returns how many people.

    Raises LastAdministrator.
    """
    others = select(func.count()).where(Staff.role == "admin", Staff.disabled_at.is_(None), Staff.id != staff.id)
    if staff.role == "admin" and not db.session.scalar(others):
        raise LastAdministrator
    staff.disabled_at = at
    signins.end_all(staff)
    audit.record(None, "staff-disabled", None, at, staff=staff.ref)
    return _put_back(staff, at)


def _put_back(staff: Staff, at: datetime) -> int:
    """Their open leads are nobody's again; an ended one keeps saying who held it."""
    theirs = (Lead.owner_id == staff.id) | (Lead.coach_id == staff.id) | (Lead.taken_by_id == staff.id)
    leads = db.session.scalars(select(Lead).where(theirs, Lead.ended_at.is_(None))).all()
    for lead in leads:
        lead.owner_id = None if lead.owner_id == staff.id else lead.owner_id
        lead.coach_id = None if lead.coach_id == staff.id else lead.coach_id
        if lead.taken_by_id == staff.id:
            lead.taken_by_id = lead.taken_until = None
        audit.record(lead, "handed-back", None, at, staff=staff.ref)
    db.session.execute(
        update(Assignment).where(Assignment.coach_id == staff.id, Assignment.until.is_(None)).values(until=at)
    )
    db.session.execute(
        update(FollowUp).where(FollowUp.owner_id == staff.id, FollowUp.done_at.is_(None))
        .values(owner_id=None, reminded_at=None)
    )
    return len(leads)


def _code_key(staff: Staff) -> str:
    return f"code of {staff.ref}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
