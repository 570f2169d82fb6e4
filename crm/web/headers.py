"""What every answer says to the browser: run nothing but our own files, tell nobody, keep nothing."""

from flask import Flask, Response, request

from crm.programme import programme

FOR_PARENTS = "/static/js/embed-parent.js"  # the one file of ours that other sites' pages run
SCRIPTS_AND_STYLES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
)


def is_visitors(path: str) -> bool:
    """Whether visitors read what is at this address: it speaks their language."""
    return path.startswith("/contact")


def init_headers(app: Flask) -> None:
    """Add the headers to every answer."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    framed = request.path.startswith("/contact/embed") and programme().frame_ancestors
    ancestors = " ".join(programme().frame_ancestors) if framed else "'none'"
    response.headers.setdefault("Content-Security-Policy", SCRIPTS_AND_STYLES + ancestors)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if request.path == FOR_PARENTS else "same-origin"
    if is_visitors(request.path):
        response.vary.add("Accept-Language")
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), interest-cohort=()"
    if programme().is_https:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    # Pages hold private information: no browser keeps a copy. Static files say their own.
    response.headers.setdefault("Cache-Control", "no-store")
    return response
