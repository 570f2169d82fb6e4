"""Words that tell why somebody wrote to us, and where they stand. No mail of ours shows one to whoever looks on.

Source: docs/domain.md, "Discreet words" (D-1). The list is data: a programme that knows another word adds it here.
"""

import re
import unicodedata

# As they begin or stand within a word, without accents, English and Spanish: "recover" finds Recovery and recovering.
STEMS = (
    "addict", "adicc", "adict", "alcohol", "behavioral", "clinic", "cocain", "consejer", "counsel", "desintox",
    "detox", "drog", "fentan", "heroin", "inpatient", "insuranc", "metadon", "methadon", "naloxon", "narcan",
    "narcotic", "opiat", "opioid", "outpatient", "overdos", "psicolog", "psiquiatr", "psychiatr", "psycholog",
    "recover", "recuper", "rehab", "relaps", "sobredosis", "sobrie", "suboxon", "substanc", "suicid", "sustancia",
    "terapeut", "terapi", "therap", "withdrawal",
)
# Only where a word begins with them: "treatment" tells, "retreat" does not.
BEGINNINGS = ("asegura", "drug", "mental", "sober", "sobri", "tratam", "treat")
# Only as the whole word.
WHOLE = ("na", "aa", "dui", "dwi", "recaida", "recaidas")

_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"]{1,2000}|[^\s@<>\"]{1,64}@[^\s@<>\"]{1,255}")
_WORD = re.compile(r"[^\W\d_]+")


def telling_words(text: str) -> tuple[str, ...]:
    """The words of a text that tell, lower case and without accents, in their order, each once."""
    words = dict.fromkeys(_WORD.findall(_folded(text)))
    return tuple(word for word in words if tells(word))


def without_addresses(text: str) -> str:
    """The text without web and mail addresses: the host of our own is what it is, and no mail can go without it."""
    return _ADDRESS.sub(" ", text)


def tells(word: str) -> bool:
    """Whether one word, folded, tells."""
    return word in WHOLE or word.startswith(BEGINNINGS) or any(stem in word for stem in STEMS)


def _folded(text: str) -> str:
    """Without accents and case, and without the marks that hide a word: soft hyphens, zero-width spaces."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in plain if unicodedata.category(one) not in ("Mn", "Cf"))
