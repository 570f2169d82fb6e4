"""Where a message came from, without what tells an advertiser who wrote it: addresses keep only their campaign."""

import ipaddress
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crm.web.text import clean_line

LONGEST = 500  # characters of an address that we keep
CAMPAIGN = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")

# Keys, squeezed: click numbers of advertising networks, marks of visitors and machines, and proofs of form plugins.
_TRACES = {
    "gclid", "gclsrc", "gbraid", "wbraid", "dclid", "fbclid", "msclkid", "ttclid", "twclid", "lifatid", "yclid",
    "igshid", "rdtcid", "sccid", "scclickid", "epik", "mceid", "mccid", "irclickid", "clickid", "ga", "gid", "gclau",
    "fbp", "fbc", "gaclientid", "gasessionid", "visitorid", "sessionid", "googlekey", "gclientid",
    "ip", "remoteip", "ipaddress", "userip", "useragent", "agent", "browser", "device", "poweredby", "submissionspeeds",
    "nonce", "wpnonce", "token", "csrftoken", "grecaptcharesponse", "recaptcharesponse", "recaptcha", "captcha",
    "hcaptcharesponse", "cfturnstileresponse", "honeypot", "wpcf7version", "wpcf7unittag", "wpcf7containerpost",
    "wpcf7locale", "wpcf7postedat", "wpcf7postedatahash", "akismet", "action", "submit",
}  # fmt: skip


def squeezed(key: str) -> str:
    """The last part of a key without marks, for comparing: "hidden.gcl_id" gives gclid, "_wpcf7" gives wpcf7."""
    return "".join(mark for mark in key.rpartition(".")[2].casefold() if mark.isalnum())


def is_trace(key: str) -> bool:
    """Whether such a field says who somebody is to a machine, and nothing to us."""
    return squeezed(key) in _TRACES


def is_trace_value(text: str) -> bool:
    """The address of a machine, or the name of a browser."""
    if text.startswith("Mozilla/"):
        return True
    try:
        ipaddress.ip_address(text[:50])
    except ValueError:
        return False
    return True


def address(text: str) -> str:
    """A page's address: of its query only the campaign is kept, no fragment, no names; empty when it is no page."""
    try:
        parts = urlsplit(clean_line(text)[: 4 * LONGEST])
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
        asked = parse_qsl(parts.query, max_num_fields=100)
    except ValueError:
        return ""
    if parts.scheme and parts.scheme.lower() not in ("http", "https"):
        return ""
    kept = urlencode([(name, value) for name, value in asked if name.lower() in CAMPAIGN])
    return urlunsplit((parts.scheme, host + port, parts.path, kept, ""))[:LONGEST]


def campaign(page: str) -> dict[str, str]:
    """The campaign that a page's address names."""
    try:
        asked = parse_qsl(urlsplit(page).query, max_num_fields=100)
    except ValueError:
        return {}
    return {name.lower(): clean_line(value) for name, value in asked if name.lower() in CAMPAIGN}
