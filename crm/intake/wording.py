"""The words people agree to. Changing one means a new version: a consent keeps the words that were on the screen."""

from flask_babel import gettext as _

from crm.languages import N_, speaking

VERSION = "2026-11"

CONTACT = N_("%(organisation)s may contact me about this message in the ways I chose.")
WAYS = N_("How may we contact you?")
WAYS_HINT = N_("Choose any that feel safe. We will use only these.")
WAY = {"call": N_("Phone call"), "text": N_("Text message"), "email": N_("E-mail")}
VOICEMAIL = N_("If we call and you can't answer, may we leave a voicemail?")
VOICEMAIL_ANSWER = {"no": N_("No voicemail"), "name": N_("Only a first name"), "yes": N_("Yes")}

# Why a message that became nobody's lead needs nobody: what history keeps is the key.
DISMISSED_FOR = {
    "offer": "An offer or an advert", "work": "Somebody looking for work, or the press",
    "elsewhere": "Meant for somebody else", "twice": "The same message is here already",
    "answered": "They have been answered another way", "trial": "Somebody trying the form", "other": "Something else",
}

# What staff ask aloud, and the answers there are. Nobody was asked until somebody says so.
SPOKEN = {"call": "May we call?", "text": "May we text?", "email": "May we e-mail?",
          "voicemail": "May we leave a voicemail?"}
SPOKEN_ANSWER = {"yes": "Yes", "no": "No", "unasked": "Not asked"}
SPOKEN_VOICEMAIL = {"yes": "Yes", "name": "Only a first name", "no": "No", "unasked": "Not asked"}


def spoken(kind: str, answer: str) -> str:
    """The question as staff read it out, with the answer they were given, for the record of a consent."""
    return f"Asked on the phone: {SPOKEN[kind]} {SPOKEN_VOICEMAIL[answer]}"


def agreed_to(kind: str, organisation: str, voicemail: str = "", language: str = "en") -> str:
    """The question as it was read in that language, with the answer that was offered, for the record of a consent."""
    with speaking(language):
        if kind == "contact":
            return str(_(CONTACT, organisation=organisation))
        elif kind == "voicemail":
            answer = _(VOICEMAIL_ANSWER[voicemail]) if voicemail in VOICEMAIL_ANSWER else ""
            return f"{_(VOICEMAIL)} {answer}".strip()
        else:
            return f"{_(WAYS)} {_(WAYS_HINT)} {_(WAY[kind])}"
