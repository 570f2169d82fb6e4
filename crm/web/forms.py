"""What every form of ours has in common: clean text, bounded length, and words for what is missing."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the library's types
from wtforms.validators import Length

from crm.web.text import clean_line, clean_text

LINE = 200  # characters
TEXT = 10_000  # characters; with four bytes each it still fits into the largest request we take


class Form(FlaskForm):  # type: ignore[misc]  # the library carries no types
    """A form. The CSRF token is checked for every unsafe request before any page runs, so forms need not."""

    class Meta:
        csrf = False


class LineField(StringField):
    """One line of text, cleaned and bounded."""

    def __init__(self, label: str, validators: list[Any] | None = None, longest: int = LINE, **more: Any) -> None:
        words = _("Please keep this under %(most)s characters.", most=f"{longest:,}")
        super().__init__(label, [*(validators or []), Length(max=longest, message=words)], [clean_line], **more)


class TextField(TextAreaField):
    """Several lines of text, cleaned and bounded."""

    def __init__(self, label: str, validators: list[Any] | None = None, longest: int = TEXT, **more: Any) -> None:
        words = _("Please keep this under %(most)s characters.", most=f"{longest:,}")
        super().__init__(label, [*(validators or []), Length(max=longest, message=words)], [clean_text], **more)


def choices(pairs: Iterable[tuple[str, Any]]) -> list[Any]:
    """What can be chosen in a field, from pairs of what is sent and the words people read."""
    return [SelectChoice(value, words) for value, words in pairs]
