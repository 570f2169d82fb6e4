"""What the labels and keys of forms call our facts, in English and in Spanish."""

import re

from crm.intake.channels.entry import Field
from crm.intake.channels.values import plain

# Facts that a field of a form can be: what an administrator may choose for it.
FACTS = (
    "name", "first_name", "last_name", "person_name", "phone", "email", "state", "zip", "for_whom", "via", "voicemail",
    "best_time", "message", "language", "consent", "page", "ignore", "other",
)  # fmt: skip

_PHRASES: dict[str, tuple[str, ...]] = {
    "consent": ("consent", "consents", "agree", "acceptance", "accept terms", "terms", "privacy", "gdpr", "opt in",
                "acknowledge", "authorize", "authorization", "permission", "acepto", "consentimiento", "de acuerdo",
                "autorizo", "terminos", "privacidad"),
    "voicemail": ("voicemail", "voice mail", "vm", "leave a message", "leave message", "leave us a voicemail",
                  "ok to leave", "buzon de voz", "correo de voz", "mensaje de voz", "dejar un mensaje",
                  "dejar mensaje"),
    "via": ("via", "ways", "best way", "best way to reach you", "best way to contact you", "way to reach",
            "reach you", "reach me", "contact method", "contact methods", "contact preference", "contact preferences",
            "preferred contact", "preferred contact method", "preferred method", "preferred method of contact",
            "preferred way", "method of contact", "contact by", "contact via", "contact ok", "contact you",
            "how to contact", "how should we contact you", "how can we reach you", "ok to text", "ok to call",
            "ok to email", "okay to text", "may we text", "may we call", "may we email", "can we text", "can we call",
            "can we email", "text ok", "sms ok", "call ok", "email ok", "sms", "sms consent", "text consent",
            "forma de contacto", "medio de contacto", "metodo de contacto", "contacto preferido", "como contactarle",
            "como contactarte", "como prefiere", "como prefieres", "como podemos contactar", "podemos llamar",
            "podemos enviar", "mejor forma", "mejor manera"),
    "best_time": ("best time", "best time to call", "best times", "time to call", "times to call", "best time to reach",
                  "when to call", "when is best", "when", "good time", "preferred time", "call time", "contact time",
                  "availability", "available", "callback", "call back", "time of day", "mejor hora", "hora",
                  "horario", "mejor momento", "cuando", "disponibilidad", "a que hora"),
    "for_whom": ("for", "for whom", "who", "whom", "who needs help", "who is this for", "who are you", "help for",
                 "seeking help for", "seeking help", "seeking treatment for", "looking for help", "relationship",
                 "relation", "i am", "im", "inquiring for", "reaching out for", "on behalf of", "this is for",
                 "quien", "para quien", "para quien es", "quien necesita ayuda", "ayuda para", "relacion",
                 "parentesco"),
    "first_name": ("first name", "firstname", "fname", "given name", "first", "name first", "forename",
                   "preferred name", "nombre de pila", "primer nombre", "nombres"),
    "last_name": ("last name", "lastname", "lname", "surname", "family name", "name last", "last", "apellido",
                  "apellidos"),
    "name": ("name", "full name", "fullname", "your name", "contact name", "caller name", "customer name", "nombre",
             "nombre completo", "nombre y apellido", "nombre y apellidos", "su nombre", "tu nombre", "yourname"),
    "email": ("email", "e mail", "mail", "email address", "your email", "emailaddress", "yourmail", "youremail",
              "correo", "correo electronico", "su correo", "tu correo"),
    "phone": ("phone", "phone number", "phonenumber", "telephone", "tel", "mobile", "mobile number", "cell",
              "cell phone", "cellphone", "contact number", "number", "your phone", "call back number",
              "callback number", "best number", "phone or email", "celular", "telefono", "numero de telefono",
              "movil", "numero", "whatsapp"),
    "zip": ("zip", "zip code", "zipcode", "postal", "postal code", "postcode", "codigo postal"),
    "state": ("state", "us state", "which state", "what state", "region", "province", "location", "where",
              "where do you live", "where are you located", "where are you", "residence", "estado", "provincia",
              "donde", "donde vive", "donde vives", "ubicacion", "en que estado"),
    "language": ("language", "preferred language", "lang", "idioma", "lengua", "locale"),
    "page": ("page", "page url", "source url", "url", "landing page", "page link", "pagina"),
    "message": ("message", "your message", "messages", "comment", "comments", "msg", "note", "notes", "question",
                "questions", "how can we help", "how can we help you", "how may we help", "help", "tell us",
                "tell us more", "whats going on", "what is going on", "what brings you", "situation", "details",
                "us to know", "to share",
                "describe", "description", "anything else", "reason", "inquiry", "enquiry", "story", "concern",
                "concerns", "more information", "additional information", "leave us a message", "body", "needs",
                "what do you need", "mensaje", "su mensaje", "comentario", "comentarios", "pregunta",
                "como podemos ayudar", "como podemos ayudarle", "cuentenos", "cuentanos", "situacion", "detalles"),
}  # fmt: skip

# Somebody else's name or number, and answers that we have no place for: nothing may be guessed from their values.
_ELSEWHERE = (
    "hear about", "heard about", "find us", "found us", "insurance", "insurer", "policy", "member id", "group number",
    "payer", "emergency", "birth", "dob", "birthday", "birthdate", "age", "gender", "sex", "pronouns", "company",
    "organization", "organisation", "employer", "facility", "school", "substance", "substances", "drug", "drugs",
    "city", "ciudad", "street", "country", "county", "address", "direccion", "direccion postal", "diagnosis",
    "medication", "medications", "program", "programs", "programa", "interest", "interests", "service", "services",
    "subject", "topic", "fax", "form name", "form title", "campaign", "user name", "username", "post title",
    "site title", "referred by", "seguro", "compania", "edad", "fecha de nacimiento", "genero", "date", "fecha",
    "como se entero", "como nos conocio", "doctor", "counselor name", "therapist name", "discharge", "id", "rating",
)  # fmt: skip
_ADDRESS_THAT_IS_MAIL = ("email address", "e mail address")
_PERSON = (
    "loved one", "loved ones", "loved ones name", "patient", "patients", "client", "clients", "person in need",
    "person needing help", "person who needs help", "their", "son", "sons", "daughter", "daughters", "child",
    "childs", "family member", "family members", "ser querido", "paciente", "familiar", "de la persona",
)  # fmt: skip
# Words that form builders give to a field when nobody does: they say nothing about it.
_NOTHING_WORDS = {
    "field", "fields", "input", "text", "textarea", "select", "menu", "radio", "checkbox", "tel", "no", "label",
    "answer", "value", "item", "hidden", "form", "question", "column", "your", "wpforms", "data", "list", "choice",
    "dropdown", "short", "long", "multi", "line", "single", "paragraph", "entry",
}  # fmt: skip
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
LONGEST = 200  # characters of a label that are read


def words_of(field: Field) -> str:
    """The label and the key in plain words, with a space at both ends: "client.preferredName" and "Best name"."""
    label = plain(_CAMEL.sub(" ", field.label[:LONGEST]))
    key = plain(_CAMEL.sub(" ", field.key[:LONGEST]))
    return f" {label} " if label and label not in key and not says_nothing(f" {label} ") else f" {key} "


def label_of(key: str) -> str:
    """A key as people read it: "best_time-to.call" gives "Best time to call"."""
    words = " ".join(_CAMEL.sub(" ", key[:LONGEST]).replace("_", " ").replace("-", " ").replace(".", " ").split())
    return words[:1].upper() + words[1:]


def says_nothing(words: str) -> bool:
    """Whether a form builder made these words, such as "field_5" or "input 3"."""
    return all(word in _NOTHING_WORDS or any(mark.isdigit() for mark in word) for word in words.split())


def is_elsewhere(words: str) -> bool:
    """Whether the label asks for something that must not be taken for one of our facts."""
    read = words
    for mail in _ADDRESS_THAT_IS_MAIL:
        read = read.replace(f" {mail} ", " email ")
    return any(f" {phrase} " in read for phrase in _ELSEWHERE)


def facts_named(words: str) -> list[tuple[str, str]]:
    """The facts that a label may name, each with the words that say so: the one named with most words comes first."""
    found = [
        (fact, max(said, key=len))
        for fact, phrases in _PHRASES.items()
        if (said := [phrase for phrase in phrases if f" {phrase} " in words])
    ]
    found.sort(key=lambda one: -len(one[1].split()))
    of_person = [phrase for phrase in _PERSON if f" {phrase} " in words]
    if of_person and any(fact in ("name", "first_name") for fact, _ in found):
        found.insert(0, ("person_name", of_person[0]))
    return found
