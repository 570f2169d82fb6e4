"""The sign-in cookie, who a request comes from, and the mark of a browser somebody has signed in from before."""

import hashlib
import hmac
import secrets

from flask import Request, g, request
from werkzeug import Response

from crm.db.sealing import signing_key
from crm.models import Staff
from crm.programme import programme
from crm.staff import signins
from crm.staff.throttle import Place
from crm.web import login_manager
from crm.web.context import now
from crm.web.guards import SAFE

POLLING = "X-Lantern-Poll"  # a page asking for news by itself does not keep a sign-in alive

MARKED_FOR = 180 * 24 * 3600  # seconds
MOST_MARKS = 8  # people who share the computer at the front desk


def cookie_name() -> str:
    """`__Host-` wherever the connection is encrypted."""
    return "__Host-signin" if programme().secure_cookies else "signin"


def give(response: Response, token: str) -> None:
    """Hand the browser its token, until it closes."""
    response.set_cookie(
        cookie_name(), token, secure=programme().secure_cookies, httponly=True, samesite="Lax", path="/"
    )


def take_back(response: Response) -> None:
    """Ask the browser to forget the token and every page it has kept."""
    response.delete_cookie(cookie_name(), secure=programme().secure_cookies, httponly=True, samesite="Lax", path="/")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def place_of(email: str) -> Place:
    """Where a guess at this account comes from, for crm.staff.throttle."""
    device, *marks = request.cookies.get(_device_cookie(), "").split(".")
    if marks and any(hmac.compare_digest(_mark(device, email), mark) for mark in marks[:MOST_MARKS]):
        return Place(f"device {device}", is_known=True)
    else:
        return Place(request.remote_addr or "")


def remember_device(response: Response, email: str) -> None:
    """Mark the browser as one this person signs in from. The mark opens no door; it only keeps guessers' waits away."""
    device, *marks = request.cookies.get(_device_cookie(), "").split(".")
    device = device if marks else secrets.token_urlsafe(16)
    kept = [mark for mark in marks if mark != _mark(device, email)]
    response.set_cookie(
        _device_cookie(), ".".join([device, _mark(device, email), *kept][: MOST_MARKS + 1]), max_age=MARKED_FOR,
        secure=programme().secure_cookies, httponly=True, samesite="Lax", path="/",
    )


def _device_cookie() -> str:
    return "__Host-device" if programme().secure_cookies else "device"


def _mark(device: str, email: str) -> str:
    _, key = signing_key("device")
    said = f"{device}|{email.strip().casefold()}"
    return hmac.new(key, said.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


@login_manager.request_loader  # type: ignore[untyped-decorator]
def _load(incoming: Request) -> Staff | None:
    token = incoming.cookies.get(cookie_name(), "")
    found = signins.find(token, now()) if token else None
    if found is None:
        return None
    g.sign_in, g.unread = found
    if POLLING not in incoming.headers:
        signins.seen(g.sign_in, now(), reading=request.method in SAFE)
    staff: Staff = g.sign_in.staff
    return staff
