"""What to say when somebody may be in danger, and whom they can call. A clinician approves the words before use."""

from typing import NamedTuple


class Line(NamedTuple):
    """One thing to say, and what to do when it does not work."""

    say: str
    otherwise: str = ""


class Number(NamedTuple):
    """Somebody who can help this minute."""

    shown: str
    dialled: str
    what_for: str


NUMBERS = (
    Number("911", "911", "danger to life, overdose"),
    Number("988", "988", "suicide and crisis, call or text"),
    Number("1-800-662-4357", "+18006624357", "SAMHSA helpline, day and night"),
)
_ENGLISH = (
    Line("“{name}, this is {me}. I read what you wrote. Is somebody in danger right now? Is anybody with you?”"),
    Line("“Please call 911 now, put it on speaker, and stay there. They will tell you what to do. If you have "
         "naloxone, use it.”", "If they can't call: ask for the address and call 911 for them."),
    Line("“Are you thinking about killing yourself? I can stay on the line while you call or text 988.”",
         "Asking does not put the thought there."),
    Line("“I'll stay reachable. I will call you again in ten minutes.”"),
)
_SPANISH = (
    Line("“{name}, habla {me}. Leí lo que escribió. ¿Hay alguien en peligro ahora mismo? ¿Hay alguien con usted?”"),
    Line("“Llame al 911 ahora, ponga el altavoz y no se vaya. Le dirán qué hacer. Si tiene naloxona, úsela.”",
         "Si no puede llamar: pida la dirección y llame usted al 911."),
    Line("“¿Está pensando en quitarse la vida? Puedo quedarme en la línea mientras llama al 988.”",
         "Preguntarlo no mete la idea."),
    Line("“Aquí sigo. Le vuelvo a llamar en diez minutos.”"),
)


def script(language: str, name: str, me: str) -> list[Line]:
    """What to say in their language; without a name it begins with hello."""
    lines, hello = (_SPANISH, "Hola") if language == "es" else (_ENGLISH, "Hello")
    return [Line(line.say.format(name=name or hello, me=me), line.otherwise) for line in lines]
