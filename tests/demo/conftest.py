"""The commands that make a demo clinic and bulk data, and the real way in."""

import argparse
import re

import pytest

from crm.cli import demo, seed


@pytest.fixture
def crm(app, capsys):
    """`crm("demo", "--if-empty")`: run the command on the test's database; what it printed."""

    def run(*words):
        parser = argparse.ArgumentParser()
        commands = parser.add_subparsers()
        demo.register(commands)
        seed.register(commands)
        args = parser.parse_args(words)
        with app.app_context():
            assert args.run(args) == 0
        return capsys.readouterr().out

    return run


@pytest.fixture
def sign_in(app):
    """`sign_in("priya@example.org", password)`: a browser that went through the real sign-in page; None if refused."""

    def enter(email, password):
        client = app.test_client()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text).group(1)
        answer = client.post("/sign-in", data={"email": email, "password": password, "csrf_token": token})
        return client if answer.status_code == 303 else None

    return enter
