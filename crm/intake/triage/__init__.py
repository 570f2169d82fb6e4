"""How soon a message must be seen: explainable rules over its words and over what was ticked. Never an all-clear."""

from collections.abc import Mapping

from crm.intake.triage.findings import DANGER_SIGNALS, LEVELS, Assessment, Finding
from crm.intake.triage.reader import assess as _assess

__all__ = ["DANGER_SIGNALS", "LEVELS", "Assessment", "Finding", "assess"]


def assess(text: str, answers: Mapping[str, str] | None = None) -> Assessment:
    """Assess one message and the structured answers that came with it. Never raises: what cannot be read is urgent."""
    return _assess(text, answers or {})
