"""The command in this process, and a service of one's own for what only a real program can show."""

import base64
import os
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from config import Config
from crm import create_app
from crm.cli import main
from crm.db import db
from tests.support.postgres import Server
from tests.support.service import Service, a_service

Crm = Callable[..., int]


@pytest.fixture
def crm(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crm]:
    """`crm("jobs", SECRET_KEY="")`: run a command on the test's own database, with these settings; its exit status."""
    before = os.umask(0o022)
    built: list[Flask] = []

    def build(config: Config) -> Flask:
        built.append(create_app(config))
        return built[-1]

    monkeypatch.setattr("crm.cli.create_app", build)  # the real one; remembered, to close its connections
    ours = {"DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"], "SECRET_KEY": "tests only: 0123456789 abcdefghij",
            "FIELD_KEYS": base64.urlsafe_b64encode(b"k" * 32).decode(), "CRM_ENV": "test", "SECOND_FACTOR": "off"}

    def run(*words: str, **settings: str) -> int:
        for name, value in {**ours, **settings}.items():
            monkeypatch.setenv(name, value)
        try:
            return main(words)
        except SystemExit as end:
            return int(end.code or 0)

    yield run
    os.umask(before)
    for one in built:
        with one.app_context():
            db.engine.dispose()


@pytest.fixture(scope="module")
def service(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Service:
    """A real one on SQLite, migrated and empty; the tests of one file share it."""
    return a_service("sqlite", server, tmp_path_factory.mktemp("service"))
