"""Pictures: where each bar and label stands. Templates only write down what is worked out here."""

from dataclasses import dataclass

from crm.reports.figures import Figure, Part

ROW, BAR, LEFT, WIDTH, RIGHT = 42, 26, 160, 285, 115  # units of the drawing: a row, its bar, its words on either side
PHONE_WIDTH, PHONE_ROW, PHONE_BAR = 330, 46, 12  # on a phone the words stand above their bar
COLUMN, HEIGHT, TOP = 70, 130, 34
STEP, INSET, NARROW, BASE = 62, 50, 560, 134  # over time: a step, room for the goal, the usual width, the zero
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
    """A drawing: its size, its marks, and the sentence that stands for it when nobody can see it.

    `line_x` is where a dashed line stands, `points` the corners of a line, `track` the full
    length of a bar, `goal_y` the height of the goal; `phone` is the same for a narrow screen.
    """

    kind: str
    title: str
    sentence: str
    width: int
    height: int
    marks: tuple[Mark, ...]
    line_x: float | None = None
    points: str = ""
    track: float = WIDTH
    goal_y: float | None = None
    phone: "Chart | None" = None

    @property
    def is_wide(self) -> bool:
        """Whether it needs the whole page to be read."""
        return self.width > NARROW


def drawing(figure: Figure) -> Chart:
    """The picture of a figure's first table."""
    return _columns(figure) if figure.line_after else _rows(figure)


def over_time(figure: Figure) -> Chart:
    """A line of the share kept in time, with the goal. Shares that are not to be told leave a gap in the words only."""
    width = max(NARROW, STEP * len(figure.spans))
    step = (width - INSET) / max(len(figure.spans), 1)
    marks = []
    for index, span in enumerate(figure.spans):
        in_time = span.parts[0]
        if figure.hidden.isdisjoint(part.key for part in span.parts):
            share = round(100 * len(in_time.leads) / span.whole)
            middle = INSET + step * (index + 0.5)
            counted = f"{len(in_time.leads)} of {span.whole}"
            marks.append(Mark(span.title, f"{share}%", counted, middle, BASE - share, 0, 0, "f1"))
    sentence = ", ".join(f"{mark.label} {mark.words}" for mark in marks) or "nothing to show"
    title = f"Follow-ups kept in time, by {figure.span}"
    points = " ".join(f"{mark.x:.1f},{mark.y:.1f}" for mark in marks)
    return Chart("line", title, f"{title}: {sentence}; goal {GOAL}%.", width, 170, tuple(marks), points=points,
                 goal_y=BASE - GOAL)


def _rows(figure: Figure) -> Chart:
    """A bar a row, as long as its share of the largest."""
    group = figure.groups[0]
    tones = ("f1",) * (len(group.parts) - 1) + ("f2",) if group.are_steps else ("f1", "f2", "f4")
    bars = list(enumerate(zip(group.parts, tones, strict=True)))

    def marks(x: float, row: float, top: float, width: float, height: float) -> tuple[Mark, ...]:
        return tuple(
            Mark(part.label, figure.count(part), figure.share(group, part), x, row * index + top,
                 _length(figure, part) * width, height, tone)
            for index, (part, tone) in bars
        )

    phone = Chart("phone", figure.title, _sentence(figure), PHONE_WIDTH, PHONE_ROW * len(bars),
                  marks(0, PHONE_ROW, 22, PHONE_WIDTH, PHONE_BAR), track=PHONE_WIDTH)
    return Chart("rows", figure.title, _sentence(figure), LEFT + WIDTH + RIGHT, ROW * len(bars) + 8,
                 marks(LEFT, ROW, 8, WIDTH, BAR), phone=phone)


def _columns(figure: Figure) -> Chart:
    """A column a part, as high as its share of the largest; what is beyond the promise in warmer colours."""
    parts = figure.groups[0].parts
    tones = ("f1", "f1", "f1", "f2", "f2", "f4", "f4", "fq")
    marks = tuple(
        Mark(part.label, figure.count(part), figure.share(figure.groups[0], part), COLUMN * index + 8,
             TOP + (1 - _length(figure, part)) * HEIGHT, COLUMN - 16, _length(figure, part) * HEIGHT, tone)
        for index, (part, tone) in enumerate(zip(parts, tones, strict=True))
    )
    inside = next((index for index, part in enumerate(parts) if part.key == figure.line_after), None)
    return Chart("columns", figure.title, _sentence(figure), COLUMN * len(marks), TOP + HEIGHT + 46, marks,
                 line_x=None if inside is None else COLUMN * (inside + 1.0))


def _length(figure: Figure, part: Part) -> float:
    """Between 0 and 1. A number that is not told must not be read off its bar."""
    told = [len(one.leads) for one in figure.groups[0].parts if one.key not in figure.hidden]
    return 0.0 if part.key in figure.hidden else len(part.leads) / (max(told) or 1)


def _sentence(figure: Figure) -> str:
    parts = figure.groups[0].parts
    return f"{figure.title}: " + ", ".join(f"{part.label} {figure.count(part)}" for part in parts) + "."
