"""The OpenAPI document is complete: generated without a warning, everything summarised and described."""

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def schema():
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        return SchemaGenerator().get_schema(request=None, public=True)


def operations(schema):
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def test_schema_is_valid_openapi(schema):
    validate_schema(schema)


def test_generating_raises_no_warning(schema):
    assert [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache] == []


def test_every_operation_has_a_summary(schema):
    assert [name for name, operation in operations(schema) if not operation.get("summary")] == []


def test_every_operation_documents_its_refusals(schema):
    assert [name for name, operation in operations(schema) if "401" not in operation["responses"]] == []


def test_every_field_is_described(schema):
    missing = [
        f"{name}.{field}"
        for name, component in schema["components"]["schemas"].items()
        if not name.startswith("Paginated")
        for field, shape in component.get("properties", {}).items()
        if "description" not in shape and "$ref" not in shape
    ]
    assert missing == []
