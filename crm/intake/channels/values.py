"""What people mean by an answer, in English and in Spanish: states, ways, for whom, times, yes and no.

Each reader takes any text and returns nothing when it says nothing we know: what is not understood is never guessed.
"""

import re
import unicodedata

from crm.clock import STATES
from crm.intake.channels import BEST_TIMES, WAYS

LONGEST = 160  # characters: an answer to a choice is short, and a story must not be read as one

_ABBREVIATIONS = {
    "ala": "AL", "ariz": "AZ", "ark": "AR", "calif": "CA", "colo": "CO", "conn": "CT", "d c": "DC", "del": "DE",
    "fla": "FL", "ill": "IL", "ind": "IN", "kan": "KS", "mass": "MA", "mich": "MI", "minn": "MN", "miss": "MS",
    "mont": "MT", "neb": "NE", "nev": "NV", "n h": "NH", "n j": "NJ", "n m": "NM", "n y": "NY", "n c": "NC",
    "n d": "ND", "okla": "OK", "ore": "OR", "penn": "PA", "penna": "PA", "r i": "RI", "s c": "SC", "s d": "SD",
    "tenn": "TN", "tex": "TX", "vt": "VT", "wash": "WA", "w va": "WV", "wis": "WI", "wisc": "WI", "wyo": "WY",
    "washington d c": "DC", "washington dc": "DC", "distrito de columbia": "DC", "nueva york": "NY",
    "nueva jersey": "NJ", "nuevo mexico": "NM", "nueva hampshire": "NH", "nuevo hampshire": "NH", "luisiana": "LA",
    "pensilvania": "PA", "misisipi": "MS", "misuri": "MO", "tejas": "TX", "virginia occidental": "WV",
    "virginia del oeste": "WV", "carolina del norte": "NC", "carolina del sur": "SC", "dakota del norte": "ND",
    "dakota del sur": "SD", "islas virgenes": "VI", "virgin islands": "VI", "us virgin islands": "VI",
    "new york state": "NY", "new york city": "NY", "washington state": "WA", "estado de washington": "WA",
}  # fmt: skip
_ABROAD = (
    "outside the us", "outside the usa", "outside the united states", "outside us", "outside of the us",
    "outside of the united states", "not in the us", "not in the united states", "international", "another country",
    "other country", "abroad", "fuera de los estados unidos", "fuera de estados unidos", "fuera de ee uu",
    "otro pais", "canada", "mexico",
)  # fmt: skip
_UNSAID = (
    "rather not say", "prefer not to say", "prefer not to answer", "decline to answer", "id rather not say",
    "i would rather not say", "prefiero no decir", "prefiero no decirlo", "prefiero no responder",
)  # fmt: skip

_LIVES_IN = re.compile(r"^(?:i live in|living in|i am in|im in|state of|the state of|in|us|vivo en|estado de|en) ")

_CALL = {"call", "calls", "calling", "phone", "telephone", "phonecall", "voice", "cell", "llamada", "llamadas",
         "llamar", "llamame", "llame", "llamenme", "llameme", "telefono", "telefonica", "tel"}  # fmt: skip
_TEXT = {"text", "texts", "texting", "sms", "txt", "texto", "textos"}
_EMAIL = {"email", "emails", "mail", "correo", "correos"}
_FILLERS = {
    "a", "an", "the", "or", "and", "by", "via", "me", "us", "either", "please", "only", "is", "ok", "okay", "fine",
    "best", "message", "messages", "number", "with", "on", "my", "any", "way", "both", "through", "preferred",
    "prefer", "at", "to", "send", "just", "no", "not", "dont", "do", "never", "but", "y", "o", "por", "una", "un",
    "de", "el", "la", "mensaje", "mensajes", "electronico", "solo", "favor", "e", "mi", "le", "al", "numero",
}  # fmt: skip
_EITHER = {
    "either", "both", "whichever", "cualquiera", "ambos", "ambas", "preference", "preferencia", "matter", "igual",
}  # fmt: skip
_ANY = {"any", "anyway", "anything", "all", "todos", "todas", "cualquier"}
_NEGATIONS = {"no", "not", "dont", "never", "without", "nunca", "sin", "cannot", "cant"}
_SEGMENTS = re.compile(r"[,;.()/&\n|]| but | pero ")

_YES = {"yes", "y", "true", "1", "on", "ok", "okay", "sure", "si", "checked", "agree", "agreed", "accept", "accepted",
        "acepto", "yep", "yeah", "claro", "x", "fine"}  # fmt: skip
_NO = {"no", "n", "false", "0", "off", "nope", "never", "nunca", "dont", "unchecked", "declined", "disagree"}

_LOVED = {
    "loved", "son", "daughter", "brother", "sister", "sibling", "husband", "wife", "spouse", "partner", "fiance",
    "fiancee", "mother", "father", "mom", "mum", "dad", "parent", "parents", "child", "children", "kid", "friend",
    "family", "relative", "someone", "somebody", "boyfriend", "girlfriend", "nephew", "niece", "cousin", "grandson",
    "granddaughter", "grandchild", "grandparent", "grandmother", "grandfather", "uncle", "aunt", "stepson",
    "stepdaughter", "roommate", "coworker", "colleague", "employee", "neighbor", "hijo", "hija", "hermano",
    "hermana", "esposo", "esposa", "pareja", "madre", "padre", "mama", "papa", "amigo", "amiga", "familiar",
    "familia", "querido", "querida", "alguien", "novio", "novia", "sobrino", "sobrina", "primo", "prima", "nieto",
    "nieta", "abuelo", "abuela", "tio", "tia", "marido", "mujer", "otra", "other", "another",
}  # fmt: skip
_CLIENT = {
    "client", "clients", "patient", "patients", "professional", "provider", "referral", "referring", "caseworker",
    "counselor", "therapist", "clinician", "nurse", "physician", "discharge", "hospital", "facility", "cliente",
    "clientes", "paciente", "pacientes", "profesional", "proveedor", "consejero", "terapeuta",
}  # fmt: skip
_SELF = {
    "me", "myself", "self", "i", "im", "yo", "mi", "mismo", "misma",
}  # fmt: skip
_ONESELF = (
    "i am the patient", "im the patient", "i am the client", "im the client", "soy el paciente", "soy la paciente",
)  # fmt: skip
PLAIN_FOR_WHOM = {
    "self", "myself", "me", "for me", "for myself", "yo", "para mi", "yo mismo", "yo misma", "loved one", "a loved one",
    "loved", "someone else", "my loved one", "a family member", "family member", "someone i love", "client", "a client",
    "patient", "a patient", "client patient", "my client", "un ser querido", "ser querido", "otra persona",
    "un familiar", "un cliente", "un paciente", "cliente", "paciente", "for a loved one", "for someone else",
    "for a client", "my patient", "someone i care about",
}  # fmt: skip

_TIMES = {
    "any": ("any", "any time", "anytime", "whenever", "all day", "flexible", "cualquier", "cuando sea", "todo el dia"),
    "am": ("am", "morning", "mornings", "before noon", "manana", "mananas", "forenoon", "early"),
    "pm": ("pm", "afternoon", "afternoons", "midday", "noon", "lunch", "lunchtime", "tarde", "tardes", "mediodia"),
    "eve": ("eve", "evening", "evenings", "night", "nights", "after work", "after hours", "noche", "noches", "late"),
}  # fmt: skip
_HOUR = re.compile(r"(?<![\d/:])(\d{1,2})(?::(\d\d))?\s?(?:([ap])\.?\s?m\b)?(?![\d/:])", re.I)
_BEFORE_HOUR = ("after", "before", "around", "at", "from", "past", "desde", "las", "despues de")
_UNTIL = ("-", "–", "to", "until", "and", "a", "hasta")
EVENING = 17  # o'clock: docs/ux.md, "Public form"

_LANGUAGES = {
    "english": "en", "ingles": "en", "spanish": "es", "espanol": "es", "castellano": "es", "portuguese": "pt",
    "portugues": "pt", "french": "fr", "frances": "fr", "german": "de", "italian": "it", "polish": "pl",
    "russian": "ru", "arabic": "ar", "creole": "ht", "hindi": "hi", "chinese": "zh", "mandarin": "zh",
    "cantonese": "zh", "japanese": "ja", "korean": "ko", "vietnamese": "vi", "tagalog": "tl",
}  # fmt: skip
_LANGUAGE_CODE = re.compile(r"([a-z]{2})(?:[-_][a-z]{2,4})?")
_ZIP = re.compile(r"(\d{5})(?:[- ]?(\d{4}))?")

_NAMES = {plain_name.lower(): code for code, plain_name in STATES.items()}


def plain(text: str) -> str:
    """Words only: lower case, no accents, no marks, one space between: "Don’t e-mail!" gives "dont e mail"."""
    letters = unicodedata.normalize("NFKD", text[: 4 * LONGEST].casefold())
    spoken = (mark for mark in letters if mark not in "'’‘`´" and not unicodedata.combining(mark))
    return " ".join("".join(mark if mark.isalnum() else " " for mark in spoken).split())


def state(text: str) -> str | None:
    """The code of a state: of its name, its code, "Florida (FL)", "Miami, FL 33101"; XX abroad, NA when not said."""
    if len(text) > LONGEST:
        return None
    whole = _LIVES_IN.sub("", plain(text).replace("u s a", "usa").replace("u s", "us"))
    if found := _state_of(whole):
        return found
    elif whole in _UNSAID:
        return "NA"
    elif whole in _ABROAD:
        return "XX"
    parts = [plain(part) for part in re.split(r"[,;/()|]|\s[-–]\s", text)]
    return next((code for part in reversed(parts) if (code := _state_of(part))), None)


def zip_code(text: str) -> str | None:
    """A postal code of the United States, with its four digits more if they were given."""
    found = _ZIP.fullmatch(text.strip())
    return f"{found[1]}-{found[2]}" if found and found[2] else found[1] if found else None


def yes_or_no(text: str) -> bool | None:
    """Yes or no; None for anything else."""
    words = plain(text).split()
    if not words or len(text) > LONGEST:
        return None
    elif words[0] in _NO or words[:2] == ["do", "not"] or words[:2] == ["please", "dont"]:
        return False
    elif words[0] in _YES or words[:2] == ["i", "agree"] or words[:2] == ["i", "consent"]:
        return True
    else:
        return None


def for_whom(text: str) -> str | None:
    """self, loved or client."""
    said = plain(text)
    words = set(said.split())
    if len(text) > LONGEST or not words:
        return None
    elif any(phrase in said for phrase in _ONESELF):
        return "self"
    is_self, is_loved = bool(words & {"myself", "self", "mismo", "misma"}), bool(words & _LOVED)
    if is_self and (is_loved or words & _CLIENT) and " or " in f" {said} ":
        return None
    elif is_self and not is_loved:
        return "self"
    elif words & _CLIENT:
        return "client"
    elif is_loved:
        return "loved"
    else:
        return "self" if words & _SELF else None


def is_plain_for_whom(text: str) -> bool:
    """Whether the answer says no more than self, loved or client does: "My brother" says more."""
    return plain(text) in PLAIN_FOR_WHOM


def ways(text: str) -> dict[str, str]:
    """For each way yes, no or unasked; empty when no way is named.

    A way that was not chosen is not allowed. "Either" is not a yes to texts: nobody knows which two were offered.
    """
    said: dict[str, str] = {}
    if len(text) > LONGEST:
        return said
    # "No preference" says no to nothing.
    text = re.sub(r"\b(no|sin) (preferenc)", r"\2", text.casefold().replace("e-mail", "email"))
    words = set(plain(text).split())
    for segment in _SEGMENTS.split(text):
        spoken = plain(segment).replace("e mail", "email").split()
        answer = "no" if _NEGATIONS & set(spoken) else "yes"
        said.update(dict.fromkeys(_ways_in(spoken), answer))
    if words & (_ANY | _EITHER) and "yes" not in said.values():
        rest = "yes" if words & _ANY else "unasked"
        return {"call": "yes", "email": "yes", "text": rest} | said
    elif not said:
        return {}
    default = "no" if "yes" in said.values() else "unasked"
    return {way: said.get(way, default) for way in WAYS}


def is_only_ways(text: str) -> bool:
    """Whether the answer names ways and nothing else: so it is one also under a label we do not know."""
    words = plain(text).replace("e mail", "email").split()
    named = _CALL | _TEXT | _EMAIL
    return 0 < len(words) <= 12 and all(word in named or word in _FILLERS for word in words) and bool(_ways_in(words))


def ways_asked(label: str) -> tuple[str, ...]:
    """The ways that a label names: "OK to text" asks about texts only."""
    return tuple(way for way in WAYS if way in _ways_in(plain(label).replace("e mail", "email").split()))


def voicemail(text: str) -> str | None:
    """yes, name (say no more than a name and a number) or no."""
    said = plain(text)
    is_yes = yes_or_no(text)
    if is_yes is False:
        return "no"
    elif {"name", "nombre", "discreet", "discreetly", "discreto"} & set(said.split()):
        return "name"
    elif is_yes or said in ("leave a message", "ok to leave a message", "leave a voicemail", "ok to leave a voicemail"):
        return "yes"
    else:
        return None


def speaks_of_voicemail(text: str) -> bool:
    """Whether the answer itself names voicemail, so that it needs no label."""
    said = plain(text)
    is_named = any(one in said for one in ("voicemail", "voice mail", "leave a message", "buzon", "dejar mensaje"))
    return is_named and len(said.split()) <= 12 and voicemail(text) is not None


def best_times(text: str) -> tuple[str, ...]:
    """Which parts of the day: any, am, pm (until five) or eve."""
    if len(text) > LONGEST:
        return ()
    said = f" {plain(text)} "
    named = {time for time, phrases in _TIMES.items() if any(f" {phrase} " in said for phrase in phrases)}
    hours = list(_hours(text))
    if hours:
        named = {"am" if hour < 12 else "pm" if hour < EVENING else "eve" for hour in hours}
    return tuple(time for time in BEST_TIMES if time in named)


def is_plain_time(text: str) -> bool:
    """Whether the answer says no more than a part of the day: "Tuesday after 5" says more."""
    known = {word for phrases in _TIMES.values() for phrase in phrases for word in phrase.split()}
    known |= {"in", "the", "la", "por", "en", "time", "hora"}
    return all(word in known for word in plain(text).split())


def language(text: str) -> str | None:
    """Two letters, of a code or of the language's name."""
    found = _LANGUAGE_CODE.fullmatch(text.strip()[:8].lower())
    if found and found[1] in _LANGUAGES.values():
        return found[1]
    named = [_LANGUAGES[word] for word in plain(text).split()[:4] if word in _LANGUAGES]
    return named[0] if named and len(set(named)) == 1 else None


def _state_of(said: str) -> str | None:
    bare = re.sub(r" ?\b\d{5}( \d{4})?$", "", said)
    for one in (said, bare):
        code = one.upper()
        if code in STATES:
            return code
        elif found := _NAMES.get(one) or _ABBREVIATIONS.get(one):
            return found
    return None


def _ways_in(words: list[str]) -> set[str]:
    named = set(words)
    found = {way for way, known in (("call", _CALL), ("text", _TEXT), ("email", _EMAIL)) if named & known}
    # "Text my cell phone": the telephone is only what they hold in their hand.
    if "text" in found and {"my", "number", "mi"} & named and "or" not in named:
        found.discard("call")
    return found


def _hours(text: str) -> list[int]:
    """The hours of the day that are named; of a span such as "9am - 5pm" one in each part of the day it touches."""
    spoken = text.casefold()
    found = [one for one in _HOUR.finditer(spoken) if int(one[1]) <= 24]
    hours: list[int] = []
    for place, one in enumerate(found):
        before = spoken[: one.start()].rstrip()
        start = _hour(one, None)
        following = found[place + 1] if place + 1 < len(found) else None
        if following and spoken[one.end() : following.start()].strip() in _UNTIL:
            start, end = _hour(one, following), _hour(following, None)
            hours += [hour for hour in (start, 12, EVENING) if start <= hour < max(end, start + 1)]
        elif place and spoken[found[place - 1].end() : one.start()].strip() in _UNTIL:
            continue  # the end of a span
        elif one[2] or one[3] or before.endswith(_BEFORE_HOUR):
            hours.append(start)
    return hours


def _hour(one: re.Match[str], end: re.Match[str] | None) -> int:
    """The hour on the clock of 24; what is not marked is of the same half as the end of its span, or of the day."""
    hour, half = int(one[1]), one[3]
    if end and not half and end[3] and hour % 12 < int(end[1]) % 12:
        half = end[3]
    if half:
        return hour % 12 + (12 if half == "p" else 0)
    else:
        return hour + 12 if 1 <= hour <= 7 else hour  # "after 5" is not said of the small hours
