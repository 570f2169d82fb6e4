"""Our own public form."""

from io import BytesIO

from werkzeug.datastructures import MultiDict
from werkzeug.formparser import FormDataParser

from crm.intake import wording
from crm.intake.channels import BEST_TIMES, WAYS, Agreement, Inquiry, NotUnderstood
from crm.intake.channels.traces import address, campaign
from crm.languages import LANGUAGES, OURS
from crm.programme import programme
from crm.web.text import clean_line, clean_text

FIELDS, PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
CONTENT_TYPES = (FIELDS, PARTS)
HIDDEN = "website"  # no person sees this field
CAME_FROM = "came"  # nor this one: the page's own address with its campaign, and the page before it
LANGUAGE = "lang"  # nor this one: it says in which language they read the page
MOST_PARTS = 100


def read(raw: bytes, content_type: str) -> Inquiry:
    """What the visitor typed, from the bytes their browser sent; raises NotUnderstood when that is not our form."""
    typed = _fields(raw, content_type)
    if "for" not in typed:
        raise NotUnderstood("the form's first question is missing")
    ticked = typed.getlist("via")
    ways = {way: "yes" if way in ticked else "no" for way in WAYS}
    language = typed.get(LANGUAGE, OURS)
    page, _, before = clean_line(typed.get(CAME_FROM)).partition(" ")
    voicemail = typed.get("vm") or "no"  # not answered means no: docs/ux.md, "Public form"
    return Inquiry(
        name=clean_line(typed.get("name")),
        for_whom=typed["for"],
        state=typed.get("state") or None,
        ways=ways,
        phone=clean_line(typed.get("phone")),
        email=clean_line(typed.get("email")),
        voicemail=voicemail,
        best_times=tuple(time for time in BEST_TIMES if time in typed.getlist("when")),
        message=clean_text(typed.get("msg")),
        language=language if language in LANGUAGES else OURS,
        agreements=_agreements(ways, voicemail, "ok" in typed, language),
        is_machine=bool(clean_line(typed.get(HIDDEN))),
        page=address(page),
        referrer=address(before),
        utm=campaign(address(page)),
    )


def _fields(raw: bytes, content_type: str) -> MultiDict[str, str]:
    # A body of parts begins with the line that stands between its parts.
    options = {"boundary": raw.lstrip().split(b"\r\n", 1)[0][2:].decode("latin-1")} if content_type == PARTS else {}
    parser = FormDataParser(max_form_memory_size=len(raw), max_form_parts=MOST_PARTS)
    return parser.parse(BytesIO(raw), content_type, len(raw), options)[1]


def _agreements(ways: dict[str, str], voicemail: str, contact: bool, language: str) -> tuple[Agreement, ...]:
    answers = {"contact": contact, **{way: answer == "yes" for way, answer in ways.items()}}
    answers["voicemail"] = voicemail in ("yes", "name")
    ours = programme().organisation_name
    return tuple(
        Agreement(kind, granted, wording.agreed_to(kind, ours, voicemail, language), wording.VERSION)
        for kind, granted in answers.items()
    )
