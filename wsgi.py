"""What a web server loads: one call builds the program from the environment."""

from flask import Flask

from config import from_environment
from crm import create_app


def load() -> Flask:
    """The application, ready to serve."""
    return create_app(from_environment())
