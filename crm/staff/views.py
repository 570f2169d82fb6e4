"""Signing in and out, the second factor, one's own account, and one's notices."""

from datetime import timedelta

from flask import Blueprint, abort, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from werkzeug import Response

from crm import clock
from crm.access import Permission
from crm.models import SignIn, Staff
from crm.outbox import read_all
from crm.programme import programme
from crm.staff import actions, codes, cookies, passwords, queries, signins, throttle
from crm.staff.forms import ChangePasswordForm, CodeForm, PasswordForm, SignInForm, own_path
from crm.web import me, needs, public, save, someone
from crm.web.context import now

pages = Blueprint("staff", __name__)

HOMES = {"intake": "/queue", "admin": "/queue", "coach": "/my-day"}
WRONG = "That e-mail and password do not belong together."


@pages.app_context_processor
def _idle() -> dict[str, int]:
    return {"idle_seconds": int(signins.IDLE.total_seconds())}


@pages.get("/")
@public
def home() -> ResponseReturnValue:
    """Where a person's work begins; a stranger is asked to sign in."""
    viewer = someone()
    return redirect(HOMES[viewer.role] if viewer else "/sign-in", 303)


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """E-mail and password. The same words, whatever was wrong."""
    form = SignInForm()
    if request.method == "GET" or not form.validate_on_submit():
        return _ask(form), 200 if request.method == "GET" else 422
    email = form.email.data or ""
    place = cookies.place_of(email)
    if wait := throttle.wait_for(email, place, now()):
        form.form_errors.append(_too_many(wait))
        return _ask(form), 429
    staff = actions.check_password(email, form.password.data or "", place, now())
    if staff is None:
        save()
        form.form_errors.append(WRONG)
        return _ask(form), 422
    session["next"] = own_path(request.values.get("next", ""))
    if actions.needs_code(staff):
        return _go_on("/sign-in/code", actions.begin_proving(staff, _token(), now()))
    return _enter(staff)


@pages.route("/sign-in/code", methods=["GET", "POST"])
@public
def code() -> ResponseReturnValue:
    """The second factor: a code; at the first sign-in the app is set up with it."""
    waiting = signins.find_unfinished(_token(), now())
    if waiting is None:
        return redirect("/sign-in", 303)
    form = CodeForm()
    if not form.validate_on_submit():
        return _ask_code(waiting, form), 200 if request.method == "GET" else 422
    place = cookies.place_of(waiting.staff.email)
    if wait := actions.wait_for_code(waiting, place, now()):
        form.form_errors.append(_too_many(wait))
        return _ask_code(waiting, form), 429
    if not actions.check_code(waiting, form.code.data or "", place, now()):
        save()
        form.code.errors = ["That code is not right, or was used already. Wait for the next one."]
        return _ask_code(waiting, form), 422
    return _enter(waiting.staff)


@pages.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """The sign-in ends on the server, and the browser forgets what it has kept."""
    actions.sign_out(someone(), _token(), now())
    save()
    session.clear()
    response = redirect("/sign-in", 303)
    cookies.take_back(response)
    return response


@pages.route("/welcome/<token>", methods=["GET", "POST"])
@public
def welcome(token: str) -> ResponseReturnValue:
    """A one-time link: choose a password, once."""
    staff = actions.find_link(token, now())
    if staff is None:
        return render_template("staff/link_ended.html"), 404
    form = PasswordForm()
    if form.validate_on_submit():
        problem = passwords.problem_with(form.password.data or "", staff.email)
        if problem is None:
            spent = actions.spend_link(token, form.password.data or "", now())
            save()
            return redirect("/sign-in", 303) if spent else (render_template("staff/link_ended.html"), 404)
        form.password.errors = [problem]
    return render_template("staff/welcome.html", form=form, email=staff.email), 422 if form.errors else 200


@pages.route("/account", methods=["GET", "POST"])
@needs(Permission.RUN_ACCOUNT)
def account() -> ResponseReturnValue:
    """One's own account; a new password ends every other sign-in."""
    form, staff = ChangePasswordForm(), me()
    if form.validate_on_submit() and _may_change(form, staff):
        actions.choose_password(staff, form.password.data or "", now())
        return _go_on("/account?changed=1", signins.begin(staff, now(), complete=True))
    if form.is_submitted():
        save()  # a wrong guess at the password is counted
    page = render_template(
        "staff/account.html", form=form, sign_ins=queries.sign_ins(staff, now()), this=g.sign_in,
        rule=programme().second_factor,
    )
    return page, 422 if form.errors else 200


@pages.post("/account/second-factor")
@needs(Permission.RUN_ACCOUNT)
def set_up() -> ResponseReturnValue:
    """Where it is optional: set one up, by proving it as at a first sign-in."""
    if programme().second_factor == "off" or me().totp_secret_sealed is not None:
        abort(400)
    return _go_on("/sign-in/code", actions.begin_proving(me(), _token(), now()))


@pages.post("/account/sign-ins")
@needs(Permission.RUN_ACCOUNT)
def end_others() -> ResponseReturnValue:
    """Sign out everywhere else."""
    staff = me()
    signins.end_all(staff)
    return _go_on("/account", signins.begin(staff, now(), complete=True))


@pages.get("/notifications")
@needs(Permission.SEE_NOTICES)
def notifications() -> ResponseReturnValue:
    """What I was told, newest first. It stays until I have read it."""
    before = request.args.get("before", "")
    is_number = before.isascii() and before.isdecimal() and len(before) < 18
    shown, further = queries.notices(me(), now(), int(before) if is_number else None)
    page = {
        "previous_url": "/notifications" if before else None,
        "next_url": f"/notifications?before={further}" if further else None,
    }
    return render_template("staff/notifications.html", notices=shown, page=page)


@pages.post("/notifications/read")
@needs(Permission.SEE_NOTICES)
def read() -> ResponseReturnValue:
    """I have seen them all."""
    read_all(me(), now())
    save()
    return redirect("/notifications", 303)


def _enter(staff: Staff) -> ResponseReturnValue:
    where = own_path(session.get("next") or "") or HOMES[staff.role]
    session.clear()
    response = _go_on(where, actions.complete_sign_in(staff, _token(), now()))
    cookies.remember_device(response, staff.email)
    return response


def _go_on(where: str, token: str) -> Response:
    save()
    response = redirect(where, 303)
    cookies.give(response, token)
    return response


def _may_change(form: ChangePasswordForm, staff: Staff) -> bool:
    """Whether the old password is right and the new one will do; says in the form what is not."""
    place = cookies.place_of(staff.email)
    if wait := throttle.wait_for(staff.email, place, now()):
        form.current.errors = [_too_many(wait)]
    elif actions.check_password(staff.email, form.current.data or "", place, now()) is None:
        form.current.errors = ["That is not the password you use now."]
    elif problem := passwords.problem_with(form.password.data or "", staff.email):
        form.password.errors = [problem]
    return not form.errors


def _too_many(wait: int) -> str:
    if wait < 60:
        return f"Too many tries. Please wait {wait} seconds, then try again."
    over = clock.time_words(now() + timedelta(seconds=wait + 59), programme().time_zone)  # a full minute later
    return f"Too many tries. Please wait until {over}, then try again."


def _ask(form: SignInForm) -> str:
    wanted = own_path(request.values.get("next", ""))
    return render_template("staff/sign_in.html", form=form, wanted=wanted)


def _ask_code(waiting: SignIn, form: CodeForm) -> str:
    setting_up = waiting.staff.totp_secret_sealed is None
    secret = waiting.pending_secret or "" if setting_up else ""
    picture = codes.picture_of(secret, waiting.staff.email) if setting_up else ""
    return render_template(
        "staff/code.html", form=form, secret=codes.in_fours(secret) if setting_up else "", picture=picture
    )


def _token() -> str:
    return request.cookies.get(cookies.cookie_name(), "")
