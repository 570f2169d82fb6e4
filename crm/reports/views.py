"""Reports: the overview, one report with its definition, the people behind a number, and the same as CSV."""

from collections.abc import Callable

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from crm import audit
from crm.access import Missing, Permission
from crm.reports import charts, queries
from crm.reports.figures import Figure
from crm.reports.period import BadPeriod, Period, from_args, last_days
from crm.web import me, needs
from crm.web.context import now
from crm.web.csvs import csv_answer

pages = Blueprint("reports", __name__)

PAGE = 50
DRAWINGS: dict[str, Callable[[Figure], charts.Chart]] = {
    "everyone": charts.rows, "first-reply": charts.columns, "follow-ups": charts.rows,
}


@pages.get("/reports")
@needs(Permission.SEE_REPORTS)
def index() -> ResponseReturnValue:
    """All figures of a period on one page."""
    period, problem = _period()
    figures = [ask(me(), period, now()) for ask in queries.QUESTIONS.values()]
    audit.viewed(me(), "report", now(), report="overview", **period.as_args())
    drawings = {figure.name: DRAWINGS[figure.name](figure) for figure in figures}
    page = render_template(
        "reports/index.html", figures=figures, drawings=drawings, period=period, problem=problem, choices=_choices(),
        by_week=charts.weeks(queries.kept_by_week(me(), period, now())),
    )
    return page, 400 if problem else 200


@pages.get("/reports/<name>")
@needs(Permission.SEE_REPORTS)
def show(name: str) -> ResponseReturnValue:
    """One report: the finding, the picture, the table, and how it was counted."""
    period, problem = _period()
    figure = _figure(name, period)
    audit.viewed(me(), "report", now(), report=name, **period.as_args())
    page = render_template(
        "reports/show.html", figure=figure, chart=DRAWINGS[name](figure), period=period, problem=problem,
        choices=_choices(),
    )
    return page, 400 if problem else 200


@pages.get("/reports/<name>.csv")
@needs(Permission.SEE_REPORTS)
def export(name: str) -> ResponseReturnValue:
    """The report's table, safe to open in a spreadsheet."""
    period, problem = _period()
    if problem:
        abort(400)
    figure = _figure(name, period)
    audit.viewed(me(), "exported", now(), report=name, **period.as_args())
    rows = [[part.label, figure.count(part), figure.share(part)] for part in figure.parts]
    rows += [[label, value, ""] for label, value in figure.numbers.items()]
    rows += [["Period", period.words, ""], ["How it was counted", figure.definition, ""]]
    return csv_answer(f"{name}-{period.first}-{period.last}.csv", ["What", "Number", "Share"], rows)


@pages.get("/reports/<name>/people")
@needs(Permission.SEE_REPORTS)
def people(name: str) -> ResponseReturnValue:
    """The people behind one number."""
    period, problem = _period()
    figure = _figure(name, period)
    part = figure.part(request.args.get("part", ""))
    if part is None or problem:
        raise Missing
    leads = list(dict.fromkeys(part.leads))  # one lead may have made several promises
    number = request.args.get("page", "1")
    first = (int(number) - 1) * PAGE if number.isdecimal() and 0 < int(number) < 100_000 else 0
    shown = queries.behind(me(), leads[first : first + PAGE])
    audit.viewed(me(), "listed", now(), report=name, part=part.key, page=first // PAGE + 1, **period.as_args())
    return render_template(
        "reports/people.html", figure=figure, part=part, people=shown, period=period, first=first, total=len(leads),
        older=first // PAGE + 2 if first + PAGE < len(leads) else None, newer=first // PAGE if first else None,
    )


def _period() -> tuple[Period, str]:
    try:
        return from_args(request.args, now()), ""
    except BadPeriod as problem:
        return last_days(30, now()), str(problem)


def _figure(name: str, period: Period) -> Figure:
    if name not in queries.QUESTIONS:
        raise Missing
    return queries.QUESTIONS[name](me(), period, now())


def _choices() -> list[tuple[str, dict[str, str]]]:
    return [(words, last_days(days, now()).as_args()) for words, days in
            (("7 days", 7), ("30 days", 30), ("Quarter", 91))]
