"""The sign-in cookie, and who a request comes from."""

from flask import Request, g, request
from werkzeug import Response

from crm.models import Staff
from crm.programme import programme
from crm.staff import signins
from crm.web import login_manager
from crm.web.context import now
from crm.web.guards import SAFE

POLLING = "X-Lantern-Poll"  # a page asking for news by itself does not keep a sign-in alive


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
