"""Ida with a password, and what a person does at the gate."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.db import db
from crm.models import Staff
from crm.programme import use
from crm.staff import passwords
from tests.conftest import a_config

PASSWORD = "a lantern in the window at night"


@pytest.fixture
def ida(people, writing) -> Staff:
    """Ida, with a password."""
    with writing():
        ida = db.session.get_one(Staff, people["ida"].id)
        ida.password_hash = passwords.hash_of(PASSWORD)
    return people["ida"]


@pytest.fixture
def required(app: Flask) -> Iterator[None]:
    """The service asks for a second factor."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    use(a_config(url, second_factor="required"))
    yield
    use(a_config(url))


def sign_in(client: FlaskClient, email: str = "ida@example.org", password: str = PASSWORD, going: str = "") -> Any:
    typed = {"email": email, "password": password, "next": going, "csrf_token": token_of(client)}
    return client.post("/sign-in", data=typed)


def token_of(client: FlaskClient, address: str = "/sign-in") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).get_data(as_text=True))
    return found[1] if found else ""


def give_code(browser: FlaskClient, code: str) -> Any:
    return browser.post("/sign-in/code", data={"code": code, "csrf_token": token_of(browser, "/sign-in/code")})
