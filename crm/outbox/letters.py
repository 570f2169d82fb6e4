"""The one letter to somebody who wrote to us: their message came, when they will hear, whom to call meanwhile.

Nothing of what they typed but a first name, and no word that tells whoever looks over a shoulder (D-1, D-3).
"""

import re
import textwrap
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from flask_babel import gettext as _
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from config import ROOT
from crm.clock import parse_moment
from crm.languages import LANGUAGES, OURS, Deadline, speaking
from crm.models import Message
from crm.outbox.discreet import telling_words
from crm.programme import programme

WIDTH = 68  # characters of a line of plain text
EMERGENCY, LIFELINE, HELPLINE = "911", "988", "1-800-662-4357"  # docs/domain.md, C-1

_FIRST_NAME = re.compile(r"[^\W\d_][^\W\d_'’-]{0,29}(?:['’-][^\W\d_]{1,30})?")
_LOOSE_ENDS = {"and", "at", "by", "de", "del", "en", "for", "in", "la", "el", "of", "on", "para", "the", "y", "&", "-"}

_pages = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


@dataclass(frozen=True)
class Letter:
    """The words of a letter in the reader's language, as text and as HTML that says the same."""

    subject: str
    text: str
    html: str


class _Number(str):
    """A number that can be dialled: the HTML makes a link of it."""


def acknowledgement(message: Message, at: datetime) -> Letter:
    """We received your message. Told at `at`, so that "tomorrow" is right however late the mail leaves."""
    person = message.person
    assert person is not None
    language = person.language if person.language in LANGUAGES else OURS
    with speaking(language):
        subject, greeting, said = _("We received your message"), _greeting(person.name), _paragraphs(message, at)
    lines = [greeting, *(words % values for words, values in said)]
    text = [*(textwrap.fill(line, WIDTH, break_on_hyphens=False) for line in lines), sender_name()]
    html = _pages.get_template("mail/acknowledgement.html").render(
        lang=language, subject=subject, greeting=greeting, paragraphs=[_linked(*one) for one in said],
        signature=sender_name(),
    )
    return Letter(subject, "\n\n".join(text) + "\n", html)


def sender_name() -> str:
    """The name the mail comes from: as MAIL_FROM gives it, else our own name up to its first word that tells.

    "Tidewell Recovery" is Tidewell. Empty when nothing is left of it.
    """
    given = parseaddr(programme().mail_from)[0]
    return given or _up_to_the_first_that_tells(programme().organisation_name)


def _up_to_the_first_that_tells(name: str) -> str:
    kept: list[str] = []
    for word in name.split():
        if telling_words(word):
            break
        kept.append(word)
    while kept and len(kept) < len(name.split()) and kept[-1].lower() in _LOOSE_ENDS:
        kept.pop()
    return " ".join(kept)


def _greeting(name: str) -> str:
    """By a first name that is one: the field may hold anything, and a stranger's address may stand beside it."""
    first = name.split()[0] if name.split() else ""
    if _FIRST_NAME.fullmatch(first) and not telling_words(first):
        return str(_("Hello %(name)s,", name=first))
    else:
        return str(_("Hello,"))


def _paragraphs(message: Message, at: datetime) -> list[tuple[str, dict[str, str]]]:
    """The body: sentences, and what stands in their gaps."""
    settings, phone = programme(), _Number(programme().organisation_phone)
    crisis: dict[str, str] = dict(
        emergency=_Number(EMERGENCY), lifeline=_Number(LIFELINE), helpline=_Number(HELPLINE)
    )
    said: list[tuple[str, dict[str, str]]] = [_promise(message, at)]
    if phone:
        said.append((_("Our number is %(number)s, if you would rather call us. Just say your first name."),
                     {"number": phone}))
    said.append((_("If you or someone else is in danger, please don't wait for us: call %(emergency)s. You can call or "
                   "text %(lifeline)s, or call %(helpline)s, at any hour. Both are free and private."), crisis))
    if settings.mail_reply_to:
        said.append((_("Don't want to hear from us? Reply “stop”, and we will not contact you again."), {}))
    else:
        said.append((_("Don't want to hear from us? Call %(number)s and say so, and we will not contact you again."),
                     {"number": phone}))
    return said


def _promise(message: Message, at: datetime) -> tuple[str, dict[str, str]]:
    facts = message.facts
    until = Deadline(parse_moment(facts["reached_by"]), facts["zone"], facts["is_theirs"])
    if at < until.at:
        return (_("Thank you for writing. One of us will get in touch by %(by)s, only in the ways you chose."),
                {"by": until.words(at)})
    else:
        return _("Thank you for writing. One of us will get in touch soon, only in the ways you chose."), {}


def _linked(words: str, values: dict[str, str]) -> Markup:
    return escape(words) % {
        name: _link(value) if isinstance(value, _Number) else value for name, value in values.items()
    }


def _link(number: str) -> Markup:
    return Markup('<a href="tel:{}">{}</a>').format("".join(re.findall(r"[+\d]", number)), str(number))
