"""What the kinds of source, the facts and the states of a message are called on the pages of sources."""

from typing import NamedTuple


class Kind(NamedTuple):
    """One way for messages to come: its name and icon, a sentence to choose it by, what to do on the other side."""

    label: str
    icon: str
    sentence: str
    steps: tuple[str, ...] = ()
    gives_secret: str = ""  # what the vendor calls the secret that it gives, where it gives one


HEADER = "As a request header, send Authorization with the value Bearer and the secret."
KINDS: dict[str, Kind] = {
    "gravity-forms": Kind(
        "Gravity Forms", "globe", "A WordPress form with the Webhooks add-on.",
        ("In WordPress, open the form, then Settings, then Webhooks, and add a feed.",
         "Request URL: the address above. Method POST, format JSON, body All Fields.",
         "Under Request Headers choose Custom; name Authorization, value Bearer and the secret.")),
    "wpforms": Kind(
        "WPForms", "globe", "A WordPress form with the Webhooks add-on of WPForms.",
        ("In the form builder, open Settings, then Webhooks, and add one with the address above.",
         "Method POST, format JSON; add the fields that people fill in.",
         "Paste the secret into Secret. If WPForms made one of its own, type it in here instead."),
        "the Secret of the webhook"),
    "contact-form-7": Kind(
        "Contact Form 7", "globe", "A WordPress form, with a plugin that sends webhooks.",
        ("In the form's Webhook tab, switch it on and enter the address above.", HEADER)),
    "elementor": Kind(
        "Elementor", "globe", "An Elementor Pro form with the action Webhook.",
        ("Under Actions After Submit add Webhook, and enter the address above.",
         "Switch Advanced Data on, so that every answer comes with its question.",
         "Elementor sends no secret by itself: let a line in functions.php add the header X-Webhook-Token.")),
    "typeform": Kind(
        "Typeform", "note", "A Typeform with a webhook.",
        ("In the form, open Connect, then Webhooks, and add the address above.",
         "Paste the secret into Secret, and switch the webhook on."), "the Secret of the webhook"),
    "callrail": Kind(
        "CallRail", "phone", "Tracked calls and texts, also the missed ones.",
        ("In CallRail, open Integrations, then Webhooks, and enter the address above for every kind of event.",
         "Copy the signing key of the company and type it in here: CallRail signs with its own."),
        "the signing key of the company"),
    "google-ads": Kind(
        "Google Ads lead form", "search", "The form behind an ad, sent by Google.",
        ("In the lead form asset, under Lead delivery, enter the address above as Webhook URL.",
         "Paste the secret into Key, and press Send test data.")),
    "json": Kind(
        "JSON from a partner", "house", "A partner's own program, with our fields or with theirs.",
        ("With our fields: POST to /api/v1/submissions, described by /api/v1/openapi.json.",
         "With fields of their own: POST to the address above, and match the fields here.", HEADER)),
    "form": Kind("Our own form", "globe", "The form this program shows to visitors."),
    "staff": Kind("Typed in by staff", "phone", "What staff write down while somebody is on the phone or at the door."),
    "file": Kind("From a file", "list", "What was brought in from a spreadsheet."),
}  # fmt: skip
CHOICES = tuple(kind for kind in KINDS if kind not in ("form", "staff", "file"))
CAN_BE_SWITCHED = (*CHOICES, "form")

FACTS = {
    "name": "Name to use", "first_name": "First name", "last_name": "Last name",
    "person_name": "Name of the person who needs help", "phone": "Phone", "email": "E-mail", "state": "State",
    "zip": "ZIP code", "for_whom": "Who needs help", "via": "Ways allowed", "voicemail": "Voicemail",
    "best_time": "Best time", "message": "Message", "language": "Language", "consent": "What they agreed to",
    "page": "Page they wrote on", "other": "Keep beside the message", "ignore": "Leave out",
}
FOR_WHOM = {"self": "for themselves", "loved": "for somebody they love", "client": "for a client"}
LANGUAGES = {"en": "English", "es": "Spanish"}
STATES = {
    "waiting": "being read", "understood": "with us", "held": "held", "failed": "could not be read",
    "unmapped": "needs mapping", "unproven": "without the right secret", "test": "a test",
}
