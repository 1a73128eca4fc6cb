"""The guide to the API: what it shows is of the schema, and the limits that it tells are those of the settings."""

import re

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from gongzhi.core.settings import Settings
from tests.style.source import ROOT

PAGE = (ROOT / "docs" / "graphql.md").read_text("utf-8")
SHOWN = re.findall(r"^    ((?:subscription|mutation|query|\{ ).*)$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text("utf-8"))


@pytest.mark.parametrize("text", [text for text in SHOWN if not text.startswith('{"')])
def test_an_operation_is_of_the_schema(schema: GraphQLSchema, text: str) -> None:
    assert validate(schema, parse(text)) == []


def test_there_are_such_operations() -> None:
    assert len(SHOWN) >= 3


def test_the_limits_are_those_of_the_settings() -> None:
    settings = Settings()
    assert f"may cost {settings.cost_limit:,}, anybody else's {settings.cost_limit_anonymous:,}" in PAGE.replace(
        "\n", " "
    )
