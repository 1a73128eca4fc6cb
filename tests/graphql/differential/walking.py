"""Random valid documents: a walk over the schema, written down as a client would write it.

A response key says which field with which arguments it stands for, so that fields that are selected several times can
always be merged.
"""

import json
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)

from tests.graphql.differential.values import Values

DEEPEST = 6
FIELDS = 45
"""Selections of one document, about."""
INTROSPECTION = (
    "__schema { queryType { name } directives { name args { name type { kind name } } } }",
    '__type(name: "Offering") { kind name fields { name type { kind name ofType { name } } args { defaultValue } } }',
    '__type(name: "TerritoryLevel") { enumValues { name description isDeprecated } possibleTypes { name } }',
    '__type(name: "Nothing") { name }',
)


class Walk:
    """One document in the making."""

    def __init__(self, schema: GraphQLSchema, values: Values, random: Random) -> None:
        self._schema, self._values, self._random = schema, values, random
        self._left = FIELDS
        self._fragments: list[str] = []
        self._declared: list[str] = []
        self._keys: dict[str, str] = {}
        self.variables: dict[str, Any] = {}

    def document(self) -> str:
        """Its text; `variables` go with it."""
        root = self._schema.query_type
        assert root is not None
        chosen = self._random.sample(list(root.fields), self._random.choice((1, 1, 1, 2, 3)))
        selections = [self._field(root, name, 1) for name in chosen]
        if self._random.random() < 0.05:
            selections.append(self._random.choice(INTROSPECTION))
        if self._random.random() < 0.3:
            selections.insert(0, self._typename())
        declared = f"({', '.join(self._declared)})" if self._declared else ""
        return "\n".join([f"query Walk{declared} {{ {' '.join(selections)} }}", *self._fragments])

    def _set(self, kind: Any, depth: int) -> str:
        """The selections of a type, in braces, with some of them in fragments."""
        parts: list[str] = []
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            parts = self._fields(kind, depth)
        if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
            possible = list(self._schema.get_possible_types(kind))
            for each in self._random.sample(possible, min(len(possible), self._random.choice((1, 2, 4)))):
                parts.append(self._fragment(each, depth))
        elif self._random.random() < 0.2:
            parts.append(self._fragment(self._random.choice([kind, *kind.interfaces]), depth))
        if not parts or self._random.random() < 0.35:
            parts.insert(self._random.randrange(len(parts) + 1), self._typename())
        if self._random.random() < 0.15:
            parts.append(self._random.choice(parts))
        return f"{{ {' '.join(parts)} }}"

    def _fields(self, kind: Any, depth: int) -> list[str]:
        names = list(kind.fields)
        if depth >= DEEPEST or self._left <= 0:
            names = [name for name in names if is_leaf_type(get_named_type(kind.fields[name].type))]
        chosen = self._random.sample(names, min(len(names), self._random.choice((1, 2, 3, 4, 6))))
        again = self._random.choice(chosen) if chosen and self._random.random() < 0.15 and self._left > 0 else None
        return [self._field(kind, name, depth) for name in (*chosen, *([again] if again else []))]

    def _field(self, kind: Any, name: str, depth: int) -> str:
        self._left -= 1
        field = kind.fields[name]
        arguments = ", ".join(
            f"{key}: {self._argument(key, argument, name)}"
            for key, argument in field.args.items()
            if is_required_argument(argument) or self._wanted(key)
        )
        given = f"({arguments})" if arguments else ""
        alias = f"{self._key(given)}_{name}: " if given or self._random.random() < 0.1 else ""
        inner = "" if is_leaf_type(get_named_type(field.type)) else self._set(get_named_type(field.type), depth + 1)
        return f"{alias}{name}{given}{self._switch()} {inner}".rstrip()

    def _wanted(self, key: str) -> bool:
        """A page is nearly always narrowed, other arguments are given now and then."""
        likely = {"first": 0.8, "last": 0.05, "after": 0.08, "before": 0.03}
        return self._random.random() < likely.get(key, 0.25)

    def _key(self, given: str) -> str:
        return self._keys.setdefault(given, f"a{len(self._keys)}")

    def _typename(self) -> str:
        return self._random.choice(("__typename", "__typename", "kind_of_it: __typename"))

    def _argument(self, key: str, argument: GraphQLArgument, owner: str) -> str:
        value = self._values.value(self._random, key, argument.type, owner)
        if self._random.random() < 0.25:
            return self._variable(argument, value)
        return literal(value, argument.type)

    def _variable(self, argument: GraphQLArgument, value: Any) -> str:
        name = f"v{len(self._declared)}"
        if is_non_null_type(argument.type) and self._random.random() < 0.2:
            self._declared.append(f"${name}: {argument.type.of_type} = {literal(value, argument.type)}")
            if self._random.random() < 0.3:
                self.variables[name] = None
            return f"${name}"
        self._declared.append(f"${name}: {argument.type}")
        if is_non_null_type(argument.type) or self._random.random() < 0.8:
            self.variables[name] = value
        return f"${name}"

    def _switch(self) -> str:
        """Sometimes a directive that keeps a selection or leaves it out."""
        if self._random.random() > 0.1:
            return ""
        directive, kept = self._random.choice((("include", True), ("skip", False)))
        decided = kept if self._random.random() < 0.7 else not kept
        if self._random.random() < 0.4:
            return f" @{directive}(if: {json.dumps(decided)})"
        name = f"v{len(self._declared)}"
        if self._random.random() < 0.2:
            self._declared.append(f"${name}: Boolean = {json.dumps(decided)}")
            if self._random.random() < 0.15:
                self.variables[name] = None
        else:
            self._declared.append(f"${name}: Boolean!")
            self.variables[name] = decided
        return f" @{directive}(if: ${name})"

    def _fragment(self, kind: Any, depth: int) -> str:
        inner = self._set(kind, depth)
        if self._random.random() < 0.5:
            return f"... on {kind.name}{self._switch()} {inner}"
        name = f"F{len(self._fragments)}"
        self._fragments.append(f"fragment {name} on {kind.name} {inner}")
        return f"...{name}{self._switch()}"


def literal(value: Any, kind: Any) -> str:
    """A value as it is written in a document."""
    if is_non_null_type(kind):
        kind = kind.of_type
    if value is None:
        return "null"
    if is_list_type(kind):
        return f"[{', '.join(literal(each, kind.of_type) for each in value)}]"
    if isinstance(kind, GraphQLEnumType):
        return str(value)
    if isinstance(kind, GraphQLInputObjectType):
        return f"{{{', '.join(f'{key}: {literal(each, kind.fields[key].type)}' for key, each in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)
