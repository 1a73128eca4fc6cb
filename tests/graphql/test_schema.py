"""The schema as text: described, guarded, and the one that is checked in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    DefinitionNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    build_schema,
    parse,
)

from gongzhi.graphql.errors import camel
from gongzhi.graphql.schema import build_for, sdl
from gongzhi.installation import standard

CHECKED_IN = Path(__file__).parents[2] / "schema.graphql"
Fielded = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode


@pytest.fixture(scope="module")
def text() -> str:
    return sdl(build_for(standard()))


@pytest.fixture(scope="module")
def definitions(text: str) -> list[DefinitionNode]:
    return list(parse(text).definitions)


def object_fields(definitions: list[DefinitionNode]) -> Iterator[tuple[str, FieldDefinitionNode]]:
    """Every field of an object or interface, with `Type.field`."""
    for definition in definitions:
        if isinstance(definition, Fielded):
            for field in definition.fields or ():
                yield f"{definition.name.value}.{field.name.value}", field


def described(definitions: list[DefinitionNode]) -> Iterator[tuple[str, Any]]:
    """Everything that has a description, with its name."""
    for definition in definitions:
        if not hasattr(definition, "name"):
            continue  # `schema { … }`
        name = definition.name.value
        yield name, definition
        if isinstance(definition, EnumTypeDefinitionNode):
            yield from ((f"{name}.{value.name.value}", value) for value in definition.values or ())
        if isinstance(definition, InputObjectTypeDefinitionNode):
            yield from ((f"{name}.{field.name.value}", field) for field in definition.fields or ())
    for name, field in object_fields(definitions):
        yield name, field
        yield from ((f"{name}({argument.name.value})", argument) for argument in field.arguments or ())


def requires(field: FieldDefinitionNode) -> tuple[str, str] | None:
    """The resource and the action that a field needs."""
    for directive in field.directives or ():
        if directive.name.value == "requires":
            found: dict[str, Any] = {each.name.value: each.value for each in directive.arguments}
            return found["resource"].value, found["action"].value
    return None


def test_the_checked_in_schema_is_this_one(text: str) -> None:
    assert CHECKED_IN.read_text("utf-8") == text, "run `make schema`, and tell clients what changed in CHANGELOG.md"


def test_other_tools_can_read_it(text: str) -> None:
    schema = build_schema(text)
    assert schema.query_type is not None
    assert schema.mutation_type is not None
    assert {"serviceLists", "serviceList", "items", "item", "node", "nodes"} <= schema.query_type.fields.keys()


def test_everything_is_described(definitions: list[DefinitionNode]) -> None:
    found = list(described(definitions))
    assert len(found) > 1000
    assert [name for name, each in found if not each.description or not each.description.value.strip()] == []


def test_no_description_is_pythons_own(definitions: list[DefinitionNode]) -> None:
    foreign = [bytes.__doc__, str.__doc__, int.__doc__, float.__doc__, bool.__doc__, tuple.__doc__, dict.__doc__]
    starts = [text.split("\n")[0] for text in foreign if text]
    assert [name for name, each in described(definitions) if each.description.value.startswith(tuple(starts))] == []


def test_every_field_says_who_may_read_it(definitions: list[DefinitionNode]) -> None:
    fields = list(object_fields(definitions))
    said = {
        name: [each.name.value for each in field.directives or () if each.name.value in ("requires", "cacheControl")]
        for name, field in fields
    }
    assert len(said) > 300
    assert {name: names for name, names in said.items() if len(names) != 1} == {}


def test_what_fields_need_is_in_the_vocabulary(definitions: list[DefinitionNode]) -> None:
    pairs = set(standard().vocabulary().pairs())
    needed = {name: need for name, field in object_fields(definitions) if (need := requires(field))}
    assert len(needed) > 30
    assert {name: need for name, need in needed.items() if need not in pairs} == {}


def test_a_field_that_may_be_refused_may_be_null_or_ends_its_object(definitions: list[DefinitionNode]) -> None:
    roots = [
        (name, field)
        for name, field in object_fields(definitions)
        if name.startswith(("Query.", "Mutation.")) and requires(field)
    ]
    assert [name for name, field in roots if field.type.kind == "non_null_type"] == []


def test_guarded_fields_need_their_action(definitions: list[DefinitionNode]) -> None:
    fields = dict(object_fields(definitions))
    guarded = {
        (resource.name, field, action)
        for resource in standard().vocabulary().resources.values()
        for field, action in resource.guarded_fields.items()
    }
    assert {name for name, _, _ in guarded} >= {"actors.account", "mediation.case"}
    for resource, field, action in guarded:
        showing = [found for name, found in fields.items() if name.endswith(f".{camel(field)}")]
        declared = [found for found in showing if requires(found) == (resource, action)]
        assert declared, f"no field shows {field} of {resource} under {action}"
        assert all(found.type.kind != "non_null_type" for found in declared)


def test_mutations_have_one_input_and_a_payload_of_their_name(definitions: list[DefinitionNode]) -> None:
    mutations = [(name[9:], field) for name, field in object_fields(definitions) if name.startswith("Mutation.")]
    assert len(mutations) > 20
    for name, field in mutations:
        base = name[0].upper() + name[1:]
        (argument,) = field.arguments or ()
        assert (argument.name.value, argument.type.kind) == ("input", "non_null_type")
        assert argument.type.type.name.value == f"{base}Input"
        assert field.type.name.value == f"{base}Payload"
        assert requires(field) is not None
