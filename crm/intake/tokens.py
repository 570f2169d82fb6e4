"""Signed tokens of the public pages: no cookie, nothing stored, nothing to guess."""

import secrets

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

from crm.programme import programme

FORM_AGE = 24 * 3600  # seconds a page may stand open before it asks to press Send again
NONCE_BYTES = 16


def new_form_token() -> str:
    """For a page that is about to be filled in: signed, with the time and a random word that names this page."""
    return _forms().dumps(secrets.token_urlsafe(NONCE_BYTES))


def page_of(form_token: str) -> str | None:
    """The random word of the page; None when the token is missing, forged or older than a day."""
    try:
        page: str = _forms().loads(form_token, max_age=FORM_AGE)
    except BadData:
        return None
    return page


def thanks_token(submission_ref: str) -> str:
    """The address of a thank-you page: good for ever, so that it can be reloaded and kept."""
    return _thanks().dumps(submission_ref)


def submission_of(token: str) -> str | None:
    """The submission a thank-you page is about; None for an address that we never gave out."""
    try:
        ref: str = _thanks().loads(token)
    except BadData:
        return None
    return ref


def _forms() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(programme().secret_key, salt="public form")


def _thanks() -> URLSafeSerializer:
    return URLSafeSerializer(programme().secret_key, salt="thank-you page")
