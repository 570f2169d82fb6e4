"""Texts of 20,000 characters that cost triage the most: found by searching, and by what makes careless readers slow."""

from itertools import cycle, islice

LONGEST = 20_000
LINES = {
    "asked and past": "hoy used to hoy i ",  # the worst, when each place asked each word of the past and of today
    "denied": "not drinking tonight gbl ",
    "all labels": "no she hoy hit her head ? ",
    "many rules": "hoy lost my script she hit the baby left arm is drug , ",
    "long sentences": "my mom now tonight lost my meds by the neck bebe no se ha movido kicking heroin . ",
    "short sentences": "not ? kill my mom he nos pego ",
    "many meanings": "gave my cat can not feel my .  bebe no se mueve way to ",
    "family": "my mom my dad ",
    "pills": "i took the pills tonight and ",
    "fear": "i am afraid if he overdosed on pills tonight ",
    "both languages": "no quiero vivir i do not want to live hoy tonight ",
    "lists of denials": "i deny any overdose, i am not suicidal, no pills, ",
    "not": "not ",
    "letters": "a b c d e f g ",
    "lines": "i\n",
    "one word": "a",
    "figures for letters": "k1ll m3 10mg ",
    "marks": "!?.,;: ",
    "apostrophes": "a'",
    "scripts": "да no 我 si ",
    "pictures": "💊 🔪 ",
    "one sign is eighteen letters": "ﷺ",
}


def hostile() -> dict[str, str]:
    """Each text by its name."""
    return {name: repeated(line) for name, line in LINES.items()} | {"every word a slip": slips()}


def repeated(line: str, length: int = LONGEST) -> str:
    """The line over and over."""
    return "".join(islice(cycle(line), length))


def slips(length: int = LONGEST) -> str:
    """No two words alike, each one letter away from some that the rules know."""
    meant = ("pills", "sober", "drink", "kill", "mother", "tonight", "hospital", "dead", "home", "baby", "matar")
    letters = "abcdefghijklmnopqrstuvwxyz"
    typed = (word[:place] + letter + word[place + kept:]
             for place in range(1, 8) for letter in letters for kept in (0, 1) for word in meant if place < len(word))
    return repeated(" ".join(dict.fromkeys(typed)) + " ", length)
