"""`crm staff add|disable|reset`: accounts, from the operator's side."""

import argparse
import sys

from email_validator import EmailNotValidError, validate_email

from crm.access import ADMIN, COACH, INTAKE
from crm.cli import Commands, Refusal
from crm.clock import STATES, now
from crm.db import commit
from crm.models import Staff
from crm.staff import actions, passwords

LONGEST_NAME = 100  # characters
SHORTEST_TYPED = 8  # characters (NIST SP 800-63B: the floor for any password)


def register(commands: Commands) -> None:
    """Add the commands to the `crm` program."""
    staff = commands.add_parser("staff", help="people who sign in")
    verbs = staff.add_subparsers(metavar="VERB", required=True)
    add = verbs.add_parser("add", help="add an account; without a password it prints a one-time link")
    add.add_argument("email")
    add.add_argument("--name", required=True)
    add.add_argument("--role", required=True, choices=(INTAKE, COACH, ADMIN))
    add.add_argument("--states", help="where they are licensed, such as CO,TX; without it: everywhere")
    add.add_argument("--languages", default="en", help="such as en,es")
    add.add_argument("--caseload", type=int, help="how many people at the most")
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    add.set_defaults(run=run_add)
    for verb, words, run in (("disable", "end every sign-in, put their people back", run_disable),
                             ("reset", "forget password and second factor; prints a link", run_reset)):
        one = verbs.add_parser(verb, help=words)
        one.add_argument("email")
        one.set_defaults(run=run)


def run_add(args: argparse.Namespace) -> int:
    """Add the account; raises Refusal with the words that say what to change."""
    email, name = _email(args.email), " ".join(args.name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Refusal(f"--name must have 1 to {LONGEST_NAME} characters.")
    if args.caseload is not None and not 1 <= args.caseload <= 1000:
        raise Refusal("--caseload must be between 1 and 1000.")
    if actions.find_by_email(email):
        raise Refusal(f"There is an account for {email} already.")
    password = _password(email) if args.password_stdin else None
    staff = actions.add(email, name, args.role, now(), _states(args.states), _languages(args.languages), args.caseload)
    if password is None:
        link = actions.new_link(staff, now(), actions.WELCOME)
        commit()
        print(f"{email} can choose a password within 24 hours, once: {link}")
    else:
        staff.password_hash = passwords.hash_of(password)
        commit()
        print(f"{email} can sign in.")
    return 0


def run_disable(args: argparse.Namespace) -> int:
    """Disable the account; the last administrator cannot be."""
    staff = _known(args.email)
    if staff.disabled_at:
        raise Refusal(f"{staff.email} is disabled already.")
    try:
        people = actions.disable(staff, now())
    except actions.LastAdministrator:
        raise Refusal("This is the last administrator; add another one first.") from None
    commit()
    print(f"{staff.email} is disabled and signed out; {people} people are back in the queue.")
    return 0


def run_reset(args: argparse.Namespace) -> int:
    """Clear password and second factor, and print the link to begin again with."""
    staff = _known(args.email)
    if staff.disabled_at:
        raise Refusal(f"{staff.email} is disabled.")
    link = actions.reset(staff, now())
    commit()
    print(f"{staff.email} is signed out and can choose a password within 20 minutes, once: {link}")
    return 0


def _known(email: str) -> Staff:
    staff = actions.find_by_email(email)
    if staff is None:
        raise Refusal(f"There is no account for {email}.")
    return staff


def _email(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        raise Refusal(f"{text} is not an e-mail address.") from None


def _password(email: str) -> str:
    try:
        password = sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise Refusal("The password is not UTF-8 text.") from None
    # An operator's word: what a program typed is refused only when it is no password at all, else it is a warning.
    if not SHORTEST_TYPED <= len(password) <= passwords.LONGEST:
        raise Refusal(f"The password must have {SHORTEST_TYPED} to {passwords.LONGEST} characters.")
    if problem := passwords.problem_with(password, email):
        print(f"crm: this password works, but is weak. {problem}", file=sys.stderr)
    return password


def _states(text: str | None) -> list[str] | None:
    if text is None:
        return None
    states = [word.strip().upper() for word in text.split(",") if word.strip()]
    unknown = [state for state in states if state not in STATES]
    if unknown or not states:
        raise Refusal(f"--states: {', '.join(unknown) or 'nothing'} is not a two-letter state such as CO,TX.")
    return states


def _languages(text: str) -> list[str]:
    languages = [word.strip().lower() for word in text.split(",") if word.strip()]
    if not languages or any(not (2 <= len(word) <= 3 and word.isalpha()) for word in languages):
        raise Refusal("--languages must be short codes such as en,es.")
    return languages
