"""Which language a message is in, as far as it matters here: can we read it at all."""

from crm.intake.triage.reading import Words

ENGLISH = frozenset(
    "the and is are was i you my me your we our it he she they to of for in on at with do does not have has can want need "
    "this that what how when who from out her him his will would help please call about there be been a an am no or so "
    "any if but get know still sober clean test used".split()
)
SPANISH = frozenset(
    "el la los las un una de del que y en es mi me su se no lo le por para con como esta estoy soy tengo tiene quiero "
    "necesito ayuda hola gracias cuando donde pero ya muy mas hay puedo puede si yo tu al hijo hija esposo mama papa mis "
    "favor sobrio sobria anos meses hoy ayer desde sin todo nada hace".split()
)
SHARED = ENGLISH & SPANISH
FEW, LEAST = 8, 8  # in a text of eight words and more, one in eight is such a small word


def language(text: str, words: Words) -> str:
    """`en`, `es`, `mixed`, or `other` when hardly a word of it is one we know."""
    letters = [character for character in text[:2000] if character.isalpha()]
    if letters and sum(character > "\u024f" for character in letters) > len(letters) / 2:
        return "other"
    norm = words.norm[:400]
    english = sum(word in ENGLISH and word not in SHARED for word in norm)
    spanish = sum(word in SPANISH and word not in SHARED for word in norm)
    if len(norm) >= FEW and (english + spanish) * LEAST < len(norm):
        return "other"
    elif english and spanish and min(english, spanish) * 5 > english + spanish:
        return "mixed"
    else:
        return "es" if spanish > english else "en"
