"""Every argument of every query with values that nobody expects: coded answers, never a defect."""

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLArgument, GraphQLField, GraphQLObjectType, build_schema, get_named_type, is_composite_type

from gongzhi.graphql.schema import build_for, sdl
from gongzhi.installation import standard
from gongzhi.testing.serving import served, settings_for
from tests.graphql.asking import ask, codes

ODD: dict[str, tuple[Any, ...]] = {
    "String": (
        "",
        " ",
        "\u0000",
        "/futian\u0000",
        "'; DROP TABLE item; --",
        "%",
        "_",
        "\\",
        "/",
        "//",
        "福" * 3000,
        "\ufffe",
    ),
    "ID": ("", "\u0000", "福" * 3000),
    "Int": (-1, 0, 2**31 - 1, -(2**31)),
    "Date": ("0001-01-01", "9999-12-31"),
}
USUAL: dict[str, Any] = {"String": "/futian", "ID": "x", "Int": 1, "Date": "2015-12-31"}
EXPECTED = {"INVALID", "NOT_FOUND", "FORBIDDEN", "LIMITED"}


def queries() -> dict[str, GraphQLField]:
    """The fields of Query that take arguments."""
    schema = build_schema(sdl(build_for(standard())))
    assert schema.query_type is not None
    return {name: field for name, field in schema.query_type.fields.items() if field.args}


def document(name: str, field: GraphQLField) -> str:
    """Asks for one scalar, with every argument as a variable of its name."""
    declared = ", ".join(f"${argument}: {each.type}" for argument, each in field.args.items())
    passed = ", ".join(f"{argument}: ${argument}" for argument in field.args)
    kind = get_named_type(field.type)
    inside = "{ __typename }" if is_composite_type(kind) else ""
    if isinstance(kind, GraphQLObjectType) and "totalCount" in kind.fields:
        inside = "{ totalCount edges { cursor } }"
    return f"query ({declared}) {{ {name}({passed}) {inside} }}"


def variables(arguments: dict[str, GraphQLArgument]) -> Iterator[dict[str, Any]]:
    """Usual values where they must be, and each argument in turn with each odd one."""
    usual = {
        name: [USUAL[str(get_named_type(each.type))]]
        if "[" in str(each.type)
        else USUAL[str(get_named_type(each.type))]
        for name, each in arguments.items()
        if str(each.type).endswith("!") and each.default_value is not None and str(get_named_type(each.type)) in USUAL
    }
    for name, each in arguments.items():
        for odd in ODD.get(str(get_named_type(each.type)), ()):
            yield {**usual, name: [odd] if "[" in str(each.type) else odd}


async def test_odd_arguments_get_coded_answers(demo_url: str) -> None:
    asked = 0
    wrong: list[str] = []
    async with served(settings_for(demo_url)) as client:
        for name, field in queries().items():
            for sent in variables(field.args):
                found = await ask(client, document(name, field), sent, "demo-district-admin")
                asked += 1
                if not set(codes(found)) <= EXPECTED:
                    wrong.append(f"{name} {str(sent)[:100]}: {str(found)[:200]}")
    assert not wrong, "\n".join(wrong)
    assert asked > 400
