"""`crm source add KIND --name NAME`: a channel that other programs send through, and its secret; `crm source secret
SLUG`: a new one, beside the old."""

import argparse
import re

from sqlalchemy import select

from crm.cli import Commands, Refusal
from crm.clock import now
from crm.db import commit, db
from crm.models.source import VENDORS, Source
from crm.sources.actions import SlugTaken, add_source, new_secret, slug_of

KINDS = ("json", *VENDORS)
LONGEST_NAME, LONGEST_SLUG = 100, 60  # characters
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def register(commands: Commands) -> None:
    """Add the command to the `crm` program."""
    source = commands.add_parser("source", help="channels that messages come through")
    verbs = source.add_subparsers(dest="verb", required=True)
    add = verbs.add_parser("add", help="add a channel; prints its slug and, this once, its secret")
    add.add_argument("kind", choices=KINDS)
    add.add_argument("--name", required=True)
    add.add_argument("--slug")
    add.set_defaults(run=run)
    another = verbs.add_parser("secret", help="give a channel a new secret; the old one stays good for a week")
    another.add_argument("slug")
    another.set_defaults(run=renew)


def run(args: argparse.Namespace) -> int:
    """Add it, and print its slug and its secret; raises Refusal with the words that say what to change."""
    name = args.name.strip()
    slug = args.slug or slug_of(name)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Refusal(f"--name must have 1 to {LONGEST_NAME} characters.")
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        raise Refusal(f"--slug must be small letters, digits and single dashes, at most {LONGEST_SLUG}.")
    try:
        _source, secret = add_source(args.kind, name, slug, None, now())
    except SlugTaken:
        raise Refusal(f"The slug {slug} is taken; choose another with --slug.") from None
    commit()
    print(f"slug={slug}\nsecret={secret}")
    return 0


def renew(args: argparse.Namespace) -> int:
    """Print a new secret of the channel; raises Refusal when there is no such channel, or it needs none."""
    wanted = select(Source).where(Source.slug == args.slug, Source.kind.in_(KINDS))
    source = db.session.scalars(wanted).one_or_none()
    if source is None:
        raise Refusal(f"There is no source with the slug {args.slug} that has a secret.")
    secret = new_secret(source, None, now())
    commit()
    print(f"slug={source.slug}\nsecret={secret}")
    return 0
