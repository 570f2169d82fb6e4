"""Reports: the overview, one report with its definition, the people behind a number, and the same as CSV."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from crm import audit
from crm.access import Missing, Permission
from crm.reports import charts, queries
from crm.reports.figures import Figure
from crm.reports.period import USUAL, BadPeriod, Period, from_args, last_days
from crm.web import me, needs
from crm.web.context import now
from crm.web.csvs import csv_answer

pages = Blueprint("reports", __name__)

PAGE = 50  # people on one page of a list
CHOICES = ((7, "7 days"), (USUAL, "30 days"), (91, "Quarter"))


@pages.get("/reports")
@needs(Permission.SEE_REPORTS)
def index() -> ResponseReturnValue:
    """All figures of a period on one page."""
    period, problem = _period()
    figures = queries.overview(me(), period, now())
    audit.viewed(me(), "viewed-report", now(), report="overview", **period.as_args())
    page = render_template(
        "reports/index.html", figures={figure.name: figure for figure in figures}, problem=problem,
        drawings={figure.name: charts.drawing(figure) for figure in figures}, over_time=charts.over_time(figures[-1]),
        period=period, choices=_choices(),
    )
    return page, 400 if problem else 200


@pages.get("/reports/<name>")
@needs(Permission.SEE_REPORTS)
def show(name: str) -> ResponseReturnValue:
    """One report: the finding, the picture, the tables, and how it was counted."""
    period, problem = _period()
    figure = _figure(name, period)
    audit.viewed(me(), "viewed-report", now(), report=name, **period.as_args())
    page = render_template(
        "reports/show.html", figure=figure, drawing=charts.drawing(figure), problem=problem, period=period,
        over_time=charts.over_time(figure) if figure.spans else None, choices=_choices(),
    )
    return page, 400 if problem else 200


@pages.get("/reports/<name>.csv")
@needs(Permission.SEE_REPORTS)
def export(name: str) -> ResponseReturnValue:
    """The report's tables, safe to open in a spreadsheet."""
    period, problem = _period()
    figure = _figure(name, period)
    if problem:
        abort(400)
    audit.viewed(me(), "exported-report", now(), report=name, **period.as_args())
    rows = [
        [group.title, part.label, figure.cell(part), figure.share(group, part)]
        for group in (*figure.groups, *figure.spans) for part in group.parts
    ]
    rows += [["", number.label, figure.cell(number.part) if number.part else number.words, ""]
             for number in figure.numbers]
    rows += [["", "Period", period.words, ""], ["", "How it was counted", figure.definition, ""]]
    return csv_answer(f"{name}-{period.first}-{period.last}.csv", ["Table", "What", "Number", "Share"], rows)


@pages.get("/reports/<name>/people")
@needs(Permission.SEE_REPORTS)
def people(name: str) -> ResponseReturnValue:
    """The people behind one number."""
    period, problem = _period()
    figure = _figure(name, period)
    part = figure.part(request.args.get("part", ""))
    if problem or part is None:
        raise Missing
    leads = list(dict.fromkeys(part.leads))  # one lead may have been promised several things
    number = _page_number(request.args.get("page", ""))
    shown = queries.behind(me(), leads[(number - 1) * PAGE : number * PAGE])
    refs = [lead["ref"] for lead in shown]
    audit.viewed(me(), "viewed-people", now(), report=name, part=part.key, leads=refs, **period.as_args())
    return render_template(
        "reports/people.html", figure=figure, part=part, people=shown, period=period, total=len(leads), number=number,
        pages=-(-len(leads) // PAGE),
    )


def _period() -> tuple[Period, str]:
    try:
        return from_args(request.args, now()), ""
    except BadPeriod as problem:
        return last_days(USUAL, now()), str(problem)


def _page_number(asked: str) -> int:
    return max(int(asked), 1) if asked.isascii() and asked.isdecimal() and len(asked) <= 6 else 1


def _figure(name: str, period: Period) -> Figure:
    if name not in queries.NAMES:
        raise Missing
    return queries.report(me(), name, period, now())


def _choices() -> list[tuple[str, Period]]:
    return [(words, last_days(days, now())) for days, words in CHOICES]
