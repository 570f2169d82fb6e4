"""The OpenAPI document is true to the code: what it allows and forbids is tried, and every answer is one it names."""

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from crm.intake import openapi

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
TRIED = 60  # requests for each kind of the document's rules


@pytest.fixture
def tried(app: Flask, partner: str):
    """`tried()`: the document's address, tried with what it allows and what it does not."""

    def try_() -> None:
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
        operation = schema["/api/v1/submissions"]["POST"]

        @settings(max_examples=TRIED, deadline=None, derandomize=True, database=None,
                  suppress_health_check=list(HealthCheck))
        @_given(operation)
        def one(case: schemathesis.Case) -> None:
            case.call_and_validate(headers={"Authorization": f"Bearer {partner}"}, checks=CHECKS)

        one()

    return try_


def _given(operation):
    from hypothesis import given
    from schemathesis import GenerationMode

    return given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
                 | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))


def test_every_answer_is_one_that_the_document_names(tried):
    tried()


def test_an_answer_that_the_document_forgets_is_caught(tried, monkeypatch):
    """The known-bad variant: the document keeps quiet about bodies that cannot be read."""
    monkeypatch.setattr(openapi, "ANSWERS", {code: said for code, said in openapi.ANSWERS.items() if code == "201"})

    with pytest.raises((AssertionError, BaseExceptionGroup)):
        tried()
