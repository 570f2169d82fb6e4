"""How our pages behave: locks, saving, errors, limits, security headers, words. Pages import from here."""

from crm.web.locks import login_manager, me, needs, public, someone, writes
from crm.web.saving import Stale, check_version, save
from crm.web.text import clean_line, clean_text

__all__ = [
    "Stale",
    "check_version",
    "clean_line",
    "clean_text",
    "login_manager",
    "me",
    "needs",
    "public",
    "save",
    "someone",
    "writes",
]
