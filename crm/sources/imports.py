"""The pages that bring people in from a file: choose it, match its columns, try it, watch it, see what became of it."""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm import audit
from crm.access import Permission
from crm.intake.keeping import source_of
from crm.models import ImportRun
from crm.sources import handed, runs
from crm.sources.choosing import MEANINGS, FileForm, chosen_meanings
from crm.sources.tables import BEGINNING, NotATable, Shape, shape_of
from crm.web import me, needs, save
from crm.web.context import now
from crm.web.csvs import csv_answer

pages = Blueprint("imports", __name__)

STEP_OF = {  # where a run of each state is looked at
    "chosen": "imports.match", "trying": "imports.progress", "tried": "imports.trial", "running": "imports.progress",
    "stopped": "imports.result", "failed": "imports.result", "done": "imports.result",
}
EXAMPLE = (
    ("Name", "Phone", "Email", "State", "Message", "Best way to reach you", "Date"),
    ("Nadia Example", "303-555-0161", "nadia@example.org", "CO", "Is there room in December?", "call, text",
     "2026-11-20 14:05"),
    ("Gabe Example", "(305) 555-0124", "", "FL", "Evenings are best.", "call", "11/21/2026 9:30 AM"),
)


@pages.get("/settings/import")
@needs(Permission.RUN_SETTINGS)
def index() -> ResponseReturnValue:
    """Choose a file; the imports there were."""
    return _choose(FileForm(handed.sources_to_choose(me())))


@pages.post("/settings/import")
@needs(Permission.RUN_SETTINGS)
def create() -> ResponseReturnValue:
    """Keep the file, and go on to its columns; nobody comes in yet."""
    form = FileForm(handed.sources_to_choose(me()))
    if not form.validate_on_submit():
        return _choose(form), 422
    shape = _shape(form)
    if shape is None:
        return _choose(form), 422
    run = runs.choose(
        source_of(form.source.data, now()), form.file.data.stream, form.file.data.filename or "", shape,
        form.form.data or "", form.zone.data, bool(form.waiting.data), by=me(), at=now(),
    )
    save()
    return redirect(url_for("imports.match", ref=run.ref), 303)


@pages.get("/settings/import/example.csv")
@needs(Permission.RUN_SETTINGS)
def example() -> ResponseReturnValue:
    """A small file as we like them."""
    return csv_answer("example.csv", EXAMPLE[0], EXAMPLE[1:])


@pages.get("/settings/import/<ref>")
@needs(Permission.RUN_SETTINGS)
def show(ref: str) -> ResponseReturnValue:
    """Wherever it stands now."""
    return _where_it_stands(handed.find_run(me(), ref))


@pages.get("/settings/import/<ref>/columns")
@needs(Permission.RUN_SETTINGS)
def match(ref: str) -> ResponseReturnValue:
    """What each column becomes, with the first rows."""
    run = handed.find_run(me(), ref)
    if run.state not in ("chosen", "tried"):
        return _where_it_stands(run)
    return _match(run, [])


@pages.post("/settings/import/<ref>/columns")
@needs(Permission.RUN_SETTINGS)
def matched(ref: str) -> ResponseReturnValue:
    """Keep what was said of the columns, and try the whole file without saving anybody."""
    run = handed.find_run(me(), ref)
    said, problems = chosen_meanings(handed.columns_of(me(), run), request.form.to_dict())
    if problems:
        return _match(run, problems, said), 422
    if run.state in ("chosen", "tried"):
        runs.match(run, said)
        runs.start(run, is_trial=True, by=me(), at=now())
        save()
    return _where_it_stands(run)


@pages.get("/settings/import/<ref>/trial")
@needs(Permission.RUN_SETTINGS)
def trial(ref: str) -> ResponseReturnValue:
    """What it would do."""
    run = handed.find_run(me(), ref)
    if run.state != "tried":
        return _where_it_stands(run)
    return render_template("settings/import_trial.html", run=run, reasons=handed.reasons(me(), run))


@pages.post("/settings/import/<ref>/start")
@needs(Permission.RUN_SETTINGS)
def start(ref: str) -> ResponseReturnValue:
    """Bring them in, or go on where it was stopped."""
    run = handed.find_run(me(), ref)
    runs.start(run, is_trial=False, by=me(), at=now())
    save()
    return _where_it_stands(run)


@pages.get("/settings/import/<ref>/progress")
@needs(Permission.RUN_SETTINGS)
def progress(ref: str) -> ResponseReturnValue:
    """How far it is. Asked again by the page itself every few seconds, with a script or without."""
    run = handed.find_run(me(), ref)
    if not run.is_at_work:
        return _where_it_stands(run)
    return render_template("settings/import_progress.html", run=run, left=_left_words(run))


@pages.post("/settings/import/<ref>/stop")
@needs(Permission.RUN_SETTINGS)
def stop(ref: str) -> ResponseReturnValue:
    """No further rows; what is in stays in."""
    run = handed.find_run(me(), ref)
    if run.is_at_work and not run.by_command:
        runs.stop(run, by=me(), at=now())
        save()
    return _where_it_stands(run)


@pages.get("/settings/import/<ref>/result")
@needs(Permission.RUN_SETTINGS)
def result(ref: str) -> ResponseReturnValue:
    """How many came in, and what was handed back and why."""
    run = handed.find_run(me(), ref)
    if STEP_OF[run.state] != "imports.result":
        return _where_it_stands(run)
    return render_template("settings/import_result.html", run=run, reasons=handed.reasons(me(), run))


@pages.get("/settings/import/<ref>/people")
@needs(Permission.RUN_SETTINGS)
def people(ref: str) -> ResponseReturnValue:
    """Who came in, a page at a time."""
    run = handed.find_run(me(), ref)
    after = request.args.get("after", "")
    rows, further = handed.people(me(), run, int(after[:15]) if after.isdecimal() else 0)
    audit.viewed(me(), "viewed-list", now(), run=run.ref, leads=[row.lead_id for row in rows])
    further_url = url_for("imports.people", ref=ref, after=further) if further else None
    return render_template("settings/import_people.html", run=run, rows=rows, page={"next_url": further_url})


@pages.get("/settings/import/<ref>/handed-back.csv")
@needs(Permission.RUN_SETTINGS)
def handed_back(ref: str) -> ResponseReturnValue:
    """The rows that were handed back, each with why, to be corrected and brought in again."""
    run = handed.find_run(me(), ref)
    audit.viewed(me(), "exported", now(), run=run.ref, file="handed back")
    headings, *rows = handed.handed_back(me(), run)
    return csv_answer("handed-back.csv", headings, rows)


def _choose(form: FileForm) -> str:
    return render_template("settings/import.html", form=form, runs=handed.latest_runs(me()))


def _shape(form: FileForm) -> Shape | None:
    stream = form.file.data.stream
    try:
        shape = shape_of(stream.read(BEGINNING))
    except NotATable as error:
        form.file.errors = [str(error)]
        return None
    stream.seek(0)
    return shape


def _match(run: ImportRun, problems: list[str], said: dict[str, str] | None = None) -> str:
    columns = handed.columns_of(me(), run)
    return render_template(
        "settings/import_columns.html", run=run, columns=columns, meanings=MEANINGS, problems=problems,
        said=said or {one.name: one.means for one in columns},
        rows=list(zip(*(one.shown for one in columns), strict=False)),
    )


def _where_it_stands(run: ImportRun) -> Response:
    address = url_for(STEP_OF[run.state], ref=run.ref)
    if "HX-Request" not in request.headers:
        return make_response(redirect(address, 303))
    answer = make_response("", 204)  # a piece of a page was asked for: the page itself has to go there
    answer.headers["HX-Redirect"] = address
    return answer


def _left_words(run: ImportRun) -> str:
    left: Any = handed.time_left(run, now())
    if left is None:
        return "reading the file"
    minutes, seconds = divmod(int(left.total_seconds()), 60)
    if minutes:
        return f"about {minutes + 1} minutes left"
    else:
        return f"about {max(seconds // 10 * 10, 10)} seconds left"
