"""Pictures: where each bar and label stands. Templates only write down what is worked out here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from crm.reports.figures import Figure

ROW, BAR, LEFT, WIDTH = 42, 26, 170, 300  # units of the drawing
COLUMN, HEIGHT = 74, 120
WEEK = 1000  # the width of the weeks' drawing
GOAL = 90  # per cent of follow-ups in time: the programme's own goal line


@dataclass(frozen=True)
class Mark:
    """One bar or point with its words."""

    label: str
    words: str
    share: str
    x: float
    y: float
    width: float
    height: float
    tone: str


@dataclass(frozen=True)
class Chart:
    """A drawing: its size, its marks, and the sentence that stands for it when nobody can see it."""

    sentence: str
    width: int
    height: int
    marks: tuple[Mark, ...]
    line: str = ""
    goal_y: float | None = None


def rows(figure: Figure) -> Chart:
    """A bar a row, as long as its share of the largest."""
    largest = max((len(part.leads) for part in figure.parts), default=0) or 1
    last = len(figure.parts) - 1
    marks = tuple(
        Mark(part.label, figure.count(part), figure.share(part), LEFT, ROW * index + 8,
             _length(figure, part, largest) * WIDTH, BAR, "f2" if index == last else "f1")
        for index, part in enumerate(figure.parts)
    )
    return Chart(_sentence(figure), LEFT + WIDTH + 110, ROW * len(marks) + 8, marks)


def columns(figure: Figure) -> Chart:
    """A column a part, as high as its share of the largest; what is beyond the promise in a warmer colour."""
    largest = max((len(part.leads) for part in figure.parts), default=0) or 1
    tones = ("f1", "f1", "f1", "f2", "f2", "f4", "f4", "fq")
    marks = tuple(
        Mark(part.label, figure.count(part), figure.share(part), COLUMN * index + 12,
             HEIGHT + 24 - _length(figure, part, largest) * HEIGHT, COLUMN - 22,
             _length(figure, part, largest) * HEIGHT, tones[min(index, len(tones) - 1)])
        for index, part in enumerate(figure.parts)
    )
    return Chart(_sentence(figure), COLUMN * len(marks) + 10, HEIGHT + 52, marks)


def weeks(counted: Sequence[tuple[str, int, int]]) -> Chart:
    """A line of the share kept in time, week by week, with the goal."""
    step = WEEK / max(len(counted), 1)
    marks = []
    for index, (monday, kept, all_) in enumerate(counted):
        share = round(100 * kept / all_)
        day = date.fromisoformat(monday)
        marks.append(Mark(f"{day:%b} {day.day}", f"{share}%", f"{kept} of {all_}", step * (index + 0.5),
                          _height(share), 0, 0, "f1"))
    sentence = ", ".join(f"week of {mark.label} {mark.words}" for mark in marks) or "no week with promises"
    line = " ".join(f"{mark.x:.1f},{mark.y:.1f}" for mark in marks)
    return Chart(f"Follow-ups kept in time: {sentence}; goal {GOAL}%.", WEEK, 170, tuple(marks), line, _height(GOAL))


def _height(share: float) -> float:
    return 130 - share


def _length(figure: Figure, part: object, largest: int) -> float:
    leads = getattr(part, "leads", ())
    # A hidden number must not be read off its bar.
    return 0.0 if figure.is_hidden(part) else len(leads) / largest  # type: ignore[arg-type]


def _sentence(figure: Figure) -> str:
    return f"{figure.title}: " + ", ".join(f"{part.label} {figure.count(part)}" for part in figure.parts) + "."
