"""Before any page: is this request one we answer at all? And is it reading or writing?"""

from flask import Flask, Response, abort, current_app, request
from werkzeug.exceptions import SecurityError

from crm import audit
from crm.db import begin_reading
from crm.web.body import limit_for
from crm.web.locks import WRITES

MOST_FIELDS = 100  # in one form; the parser itself would take two hundred thousand
SAFE = ("GET", "HEAD", "OPTIONS")


def init_guards(app: Flask) -> None:
    """Check every request before its page runs."""
    app.before_request(_guard)


def _guard() -> Response | None:
    try:
        _ = request.host
    except SecurityError:
        # Our pages build their links from the address they were asked under, and this one is not ours.
        return Response("We do not answer under that address.\n", 400, mimetype="text/plain")
    if "\0" in request.path:  # PostgreSQL takes no such text, and no address of ours has one
        abort(404)
    request.max_content_length = limit_for(request.path)
    # A vendor's form may have more fields than any page of ours, and its channel counts them itself.
    is_ours = not request.path.startswith("/hooks/")
    if is_ours and request.method == "POST" and request.mimetype == "application/x-www-form-urlencoded":
        if request.get_data(cache=True).count(b"&") >= MOST_FIELDS:
            abort(413)
        if _repeats_a_single_field():
            abort(400)
    if request.method not in SAFE and request.headers.get("Sec-Fetch-Site") == "cross-site" and not _proves_itself():
        abort(403)
    audit.origin_is(request.remote_addr or "")
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in SAFE and not getattr(view, WRITES, False):
        begin_reading()
    return None


def _repeats_a_single_field() -> bool:
    """Two values where the page reads one: somebody plays with the form."""
    return len(request.form.getlist("csrf_token")) > 1


def _proves_itself() -> bool:
    """The public form may stand in a frame on another site, and machines carry a secret."""
    return request.path.startswith(("/api/", "/hooks/", "/contact"))
