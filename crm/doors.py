"""The doors of the house: every step's pages, in the order of the story."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from crm.assigning import views as assigning
from crm.followups import views as followups
from crm.intake import api, desk, hooks
from crm.intake import views as intake
from crm.leads import duplicates
from crm.leads import views as leads
from crm.queue import views as queue
from crm.reports import views as reports
from crm.sources import fields, imports
from crm.sources import views as sources
from crm.staff import views as staff
from crm.web.health import health

DOORS: tuple[Blueprint, ...] = (
    intake.pages,
    desk.pages,
    queue.pages,
    leads.pages,
    duplicates.pages,
    assigning.pages,
    followups.pages,
    reports.pages,
    sources.pages,
    fields.pages,
    imports.pages,
    staff.pages,
    health,
)

# Views that prove themselves by a token or a secret of their own instead of the staff pages' CSRF token.
PROVE_THEMSELVES: tuple[Callable[..., Any], ...] = (
    intake.send,
    intake.send_from_frame,
    api.create,
    hooks.deliver,
)
