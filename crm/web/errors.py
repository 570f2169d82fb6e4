"""When something goes wrong: what happened, what is safe, what to do. Without personal data, without the database."""

import logging
import secrets
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from crm.access import Missing
from crm.languages import N_
from crm.programme import programme

log = logging.getLogger("lantern")

TYPED_AT_MOST = 40  # fields given back on the page that asks to press again
NEVER_GIVEN_BACK = {"csrf_token", "password", "current", "code"}

WORDS: dict[int, tuple[str, str]] = {
    400: (N_("That request made no sense to us"), N_("Nothing was changed. Go back and try again.")),
    403: (N_("This page is not for your role"), N_("Nothing is wrong. Ask your administrator if you need it.")),
    404: (N_("We can't find that page"), N_("It may have moved, or it may not be yours to see. Nothing was changed.")),
    405: (N_("That cannot be done here"), N_("Nothing was changed. Go back and try again.")),
    413: (N_("That was too much at once"), N_("Nothing was changed. Go back, shorten it, and send it again.")),
    415: (N_("We cannot read that kind of content"), N_("Nothing was changed.")),
    500: (N_("Something broke on our side"),
          N_("What you did last may not be saved. Go back: what you typed is still there.")),
    503: (N_("We are busy for a moment"), N_("Nothing was lost. Wait a few seconds and try again.")),
}


def init_errors(app: Flask) -> None:
    """Answer every error with words, or with a problem document for machines."""
    app.register_error_handler(CSRFError, _press_again)
    app.register_error_handler(401, _press_again)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Missing, _missing)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Exception, _broken)


def error_page(code: int, reference: str = "") -> Response:
    """The page for this status code: the same bytes for everybody, whatever was asked for."""
    heading, words = (gettext(said) for said in WORDS.get(code, WORDS[400]))
    if request.path.startswith("/api/"):
        return _later(problem(code, heading, words))
    g.faceless = True
    phone = programme().organisation_phone
    page = render_template("web/error.html", code=code, heading=heading, words=words, reference=reference, phone=phone)
    return _later(make_response(page, code))


def problem(code: int, title: str, detail: str, **more: Any) -> Response:
    """A problem document for machines (RFC 9457)."""
    response = jsonify({"type": "about:blank", "title": title, "status": code, "detail": detail, **more})
    response.status_code = code
    response.mimetype = "application/problem+json"
    return response


def _later(response: Response) -> Response:
    if response.status_code == 503:
        response.headers["Retry-After"] = "3"
    return response


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    return error_page(error.code or 500)


def _missing(_: Missing) -> ResponseReturnValue:
    return error_page(404)


def _database(error: OperationalError) -> ResponseReturnValue:
    log.error("database did not answer: %s", type(error.orig).__name__)
    return error_page(503)


def _broken(error: Exception) -> ResponseReturnValue:
    reference = secrets.token_hex(4)
    # The traceback names our code; the error's own text may hold what somebody typed, so it stays out of the log.
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    log.error("error %s in %s: %s at %s", reference, request.endpoint, type(error).__name__, " > ".join(frames[-8:]))
    return error_page(500, reference)


def _press_again(error: HTTPException) -> ResponseReturnValue:
    """The page was open too long, or the sign-in ended: give everything typed back, with a fresh button."""
    if request.path.startswith("/api/"):
        return error_page(error.code or 400)
    g.faceless = signed_out = error.code == 401
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_GIVEN_BACK]
    page = render_template("web/again.html", typed=typed[:TYPED_AT_MOST], action=request.path, signed_out=signed_out)
    return page, 401 if signed_out else 400
