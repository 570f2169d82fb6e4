"""The OpenAPI document of the intake API, made from the model that checks the entries."""

from typing import Any

from pydantic import BaseModel

SCHEMAS = "#/components/schemas/"

ANSWERS = {
    "201": ("Kept. It is answered like every other message.", "Kept"),
    "200": ("The same again (same Idempotency-Key and body, or same external_id): the first answer, word for word.",
            "Kept"),
    "400": ("The body is not JSON, or names a field twice.", "Problem"),
    "401": ("No secret of a source, or a wrong one.", "Problem"),
    "413": ("More than 128 kB.", "Problem"),
    "415": ("The body must be application/json.", "Problem"),
    "422": ("A field cannot be used (errors say which), or the Idempotency-Key came with another body before.",
            "Problem"),
    "503": ("Busy for a moment; nothing was kept. Send it again after Retry-After.", "Problem"),
}

KEPT = {
    "type": "object",
    "required": ["id", "received_at"],
    "properties": {
        "id": {"type": "string"},
        "received_at": {"type": "string", "format": "date-time"},
    },
}

PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


def document(entry: type[BaseModel]) -> dict[str, Any]:
    """OpenAPI 3.1 for one address: what may be sent, and every answer."""
    schema = entry.model_json_schema(ref_template=SCHEMAS + "{model}")
    parts = schema.pop("$defs", {})
    return {
        "openapi": "3.1.0",
        "info": {"title": "Intake", "version": "1"},
        "paths": {"/api/v1/submissions": {"post": _post()}},
        "components": {
            "schemas": {"Submission": schema, **parts, "Kept": KEPT, "Problem": PROBLEM},
            "securitySchemes": {"source": {"type": "http", "scheme": "bearer"}},
        },
    }


def _post() -> dict[str, Any]:
    key = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255}}
    return {
        "operationId": "createSubmission",
        "summary": "Hand over a message from somebody who looks for help",
        "security": [{"source": []}],
        "parameters": [key],
        "requestBody": {"required": True, "content": _content("application/json", "Submission")},
        "responses": {code: _response(*answer) for code, answer in ANSWERS.items()},
    }


def _response(description: str, schema: str) -> dict[str, Any]:
    kind = "application/json" if schema == "Kept" else "application/problem+json"
    return {"description": description, "content": _content(kind, schema)}


def _content(kind: str, schema: str) -> dict[str, Any]:
    return {kind: {"schema": {"$ref": SCHEMAS + schema}}}
