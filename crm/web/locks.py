"""Every page has a lock: it names the permission it needs, or says that it is public. Nothing is open by accident."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from flask import Flask, abort, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from crm import access
from crm.models import Staff

LOCK = "_lantern_lock"
WRITES = "_lantern_writes"

login_manager = LoginManager()
login_manager.session_protection = None  # our sign-ins are rows on the server; nothing is kept in a signed cookie

View = TypeVar("View", bound=Callable[..., Any])


def needs(permission: access.Permission) -> Callable[[View], View]:
    """Only for people with this permission: others get 403, and whoever is not signed in is sent to sign in."""

    def lock(view: View) -> View:
        @wraps(view)
        def locked(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            viewer = someone()
            if viewer is None:
                return ask_to_sign_in()
            if not access.may(viewer, permission):
                abort(403)
            answer: ResponseReturnValue = view(*args, **kwargs)
            return answer

        setattr(locked, LOCK, permission)
        return cast(View, locked)

    return lock


def public(view: View) -> View:
    """For anybody: the form, signing in, what machines ask."""
    setattr(view, LOCK, None)
    return view


def writes(view: View) -> View:
    """A page that writes although it is asked for with GET (none but one-use links should)."""
    setattr(view, WRITES, True)
    return view


def someone() -> Staff | None:
    """Who is signed in, if anybody."""
    return cast(Staff, current_user._get_current_object()) if current_user.is_authenticated else None


def me() -> Staff:
    """Who is signed in. Only behind a `needs`; answers 403 elsewhere."""
    viewer = someone()
    if viewer is None:
        abort(403)
    return viewer


def ask_to_sign_in() -> ResponseReturnValue:
    """To the sign-in page and back again; what was typed into a form is given back first."""
    if request.method in ("GET", "HEAD"):
        back = request.full_path.rstrip("?")
        return redirect(f"/sign-in?{urlencode({'next': back})}", 303)
    abort(401)


def lock_of(view: Callable[..., Any]) -> tuple[bool, access.Permission | None]:
    """Whether the view declares a lock at all, and which permission it needs (None: public)."""
    return hasattr(view, LOCK), getattr(view, LOCK, None)


def check_locks(app: Flask) -> None:
    """Refuse to start with a page that declares no lock."""
    for endpoint, view in app.view_functions.items():
        if not lock_of(view)[0]:
            raise RuntimeError(f"the page {endpoint!r} declares no permission and is not public")
