"""A house like ours with a few throw-away rooms, for what every page must do."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, redirect, request
from flask.testing import FlaskClient

from crm import create_app
from crm.access import Permission
from crm.clock import now
from crm.db import commit, db
from crm.models import Setting
from crm.web import needs, public, save
from tests.conftest import a_config

CANARY = "canary: Sam Poe, (720) 555-0118"


def a_house(url: str, **settings: Any) -> Flask:
    """The application on this database, with the rooms below /odd."""
    house = create_app(a_config(url, **settings))
    house.add_url_rule("/odd/page", view_func=_page)
    house.add_url_rule("/odd/form", view_func=_form, methods=["POST"])
    house.add_url_rule("/odd/elsewhere", view_func=_elsewhere)
    house.add_url_rule("/odd/broken", view_func=_broken)
    house.add_url_rule("/odd/look", view_func=_look)
    house.add_url_rule("/odd/writing-look", view_func=_writing_look)
    return house


@pytest.fixture
def open_house(app: Flask) -> Iterator[Callable[..., Flask]]:
    """`open_house(base_url=…)`: a house on the test's own database, with these fields of Config changed."""
    opened: list[Flask] = []

    def make(url: str = "", **settings: Any) -> Flask:
        opened.append(a_house(url or app.config["SQLALCHEMY_DATABASE_URI"], **settings))
        return opened[-1]

    yield make
    for house in opened:
        with house.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def _houses() -> dict[str, Flask]:
    return {}


@pytest.fixture
def house(app: Flask, _houses: dict[str, Flask]) -> Iterator[Flask]:
    """One with the settings of the tests; it stays from test to test, as the application itself does."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    if url not in _houses:
        _houses[url] = a_house(url)
    yield _houses[url]
    with _houses[url].app_context():
        db.engine.dispose()


@pytest.fixture
def visit(house: Flask, as_: Callable[[str | None], FlaskClient]) -> Callable[[str | None], FlaskClient]:
    """`visit("ida")`: a browser in the house, in which Ida is signed in; `visit(None)`: a stranger's."""

    def enter(name: str | None) -> FlaskClient:
        browser, client = as_(name), house.test_client()
        if name:
            (cookie,) = browser._cookies.values()  # type: ignore[union-attr]
            client.set_cookie(cookie.key, cookie.value, domain="localhost")
        return client

    return enter


@needs(Permission.OPEN_LEAD)
def _page() -> str:
    return "a page of the staff's"


@needs(Permission.OPEN_LEAD)
def _form() -> str:
    db.session.add(Setting(key="typed", value={"words": request.form.get("words", "")}))
    save()
    return "saved"


@public
def _elsewhere() -> Any:
    return redirect("/contact")


@public
def _broken() -> str:
    raise ValueError(CANARY)


@public
def _look() -> str:
    db.session.get(Setting, "typed")
    return "looked"


@public
def _writing_look() -> str:
    db.session.add(Setting(key="typed", value={"at": now().isoformat()}))
    commit()
    return "written"
