"""Describes every operation's refusals in the OpenAPI document."""

from typing import Any

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457 problem document",
    "properties": {
        "type": {"type": "string", "description": "urn:handoff:problem:<code>; the code never changes"},
        "title": {"type": "string", "description": "HTTP phrase"},
        "status": {"type": "integer", "description": "HTTP status"},
        "detail": {"type": "string", "description": "What happened and how to mend it, in the reader's language"},
        "errors": {
            "type": "array",
            "description": "Every fault at once",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string", "description": "Dotted path"},
                    "code": {"type": "string", "description": "Never changes"},
                    "message": {"type": "string", "description": "In the reader's language"},
                },
            },
        },
    },
}
_ALWAYS = {"401": "No or bad credentials", "403": "Known, but not allowed", "404": "Not there, or not visible"}
_WRITES = {
    "400": "Bad input; every fault at once",
    "409": "A lost race or a state that does not allow it",
    "412": "A stale If-Match",
    "413": "The body is too large",
    "422": "The Idempotency-Key was used with another body",
    "429": "Too fast; see Retry-After",
}


class ProblemAutoSchema(AutoSchema):
    """drf-spectacular's schema with the problem documents of every operation."""

    def _get_response_bodies(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        bodies = super()._get_response_bodies(*args, **kwargs)
        refusals = _ALWAYS | (_WRITES if self.method != "GET" else {"400": _WRITES["400"], "429": _WRITES["429"]})
        for status, description in refusals.items():
            bodies.setdefault(
                status,
                {"description": description, "content": {"application/problem+json": {"schema": PROBLEM_SCHEMA}}},
            )
        return bodies


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """`Authorization: Bearer hk_…`."""

    target_class = "accounts.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "hk_<id>_<secret>"}


class BrowserScheme(SessionScheme):
    """The browser session."""

    target_class = "accounts.api.authentication.BrowserAuthentication"
    name = "browserSession"
    priority = 1
