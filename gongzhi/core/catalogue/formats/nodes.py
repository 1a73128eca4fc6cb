"""YAML to plain values with their lines, without YAML's guesses: a scalar is its text, and only null is null.

PyYAML's resolver would make dates, booleans and octal numbers of what an editor wrote as text. The events of libyaml's
parser carry the text and the place of everything, so that the tree is built from those, within bounds.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import yaml
from yaml.events import AliasEvent, Event, MappingStartEvent, ScalarEvent, SequenceStartEvent

from gongzhi.core.catalogue.formats.limits import MAX_DEPTH, MAX_NODES
from gongzhi.core.catalogue.formats.problems import Problems, refusal
from gongzhi.core.errors import Limited

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Node(msgspec.Struct, frozen=True):
    """A value where it stands: str, None, a list of nodes, or a dict of nodes by key. `line` counts from 1."""

    value: Any
    line: int
    column: int

    def plain(self) -> Any:
        """The value with everything in it, without places."""
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        return self.value


class Builder:
    """Builds the tree of the first document of a text."""

    def __init__(self, text: str, problems: Problems) -> None:
        self.problems = problems
        self.events = self._checked(text)
        self.count = 0

    def build(self) -> Node:
        """The document. Invalid where it is not YAML, holds an alias or a second document; Limited when too large."""
        self._skip("StreamStartEvent")
        self._skip("DocumentStartEvent")
        root = self._node(next(self.events), 0)
        self._skip("DocumentEndEvent")
        self._skip("StreamEndEvent")
        return root

    def _checked(self, text: str) -> Iterator[Event]:
        try:
            yield from yaml.parse(text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = {"row": mark.line + 1, "column": str(mark.column + 1)} if mark else {}
            raise refusal(
                f"this is not YAML: {error.problem}", "check indents, quotes and colons", self.problems.file, **place
            ) from None
        except yaml.YAMLError as error:
            raise refusal(f"this is not YAML: {error}", "remove control characters", self.problems.file) from None

    def _skip(self, expected: str) -> None:
        event = next(self.events)
        if type(event).__name__ != expected:
            line = _place(event)[0]
            file = self.problems.file
            if expected == "DocumentStartEvent":
                raise refusal("the file is empty", "write `list:` and `items:`", file, row=line)
            raise refusal("a second document begins here", "keep one document in a file", file, row=line)

    def _node(self, event: Event, depth: int) -> Node:
        self.count += 1
        line, column = _place(event)
        if self.count > MAX_NODES or depth > MAX_DEPTH:
            limit = "import_depth" if depth > MAX_DEPTH else "import_nodes"
            value = MAX_DEPTH if depth > MAX_DEPTH else MAX_NODES
            raise Limited(f"the YAML is too large or too deep at line {line}", limit=limit, value=value)
        if isinstance(event, AliasEvent):
            raise refusal(
                f"the alias *{event.anchor} is not read",
                "write the value out",
                self.problems.file,
                row=line,
                column=str(column),
            )
        if isinstance(event, ScalarEvent):
            return Node(self._scalar(event), line, column)
        if isinstance(event, SequenceStartEvent):
            return Node(list(self._sequence(depth + 1)), line, column)
        if isinstance(event, MappingStartEvent):
            return Node(self._mapping(depth + 1), line, column)
        raise refusal("this is no value", "write text, a list or keys", self.problems.file, row=line)

    def _scalar(self, event: ScalarEvent) -> str | None:
        if "\x00" in event.value:
            line, column = _place(event)
            self.problems.add("this text holds a NUL", row=line, column=str(column), remedy="remove it")
        is_plain = event.style in (None, "")
        return None if is_plain and event.value in _NULLS else event.value

    def _sequence(self, depth: int) -> Iterator[Node]:
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            yield self._node(event, depth)

    def _mapping(self, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            key = self._node(event, depth)
            value = self._node(next(self.events), depth)
            if not isinstance(key.value, str):
                self.problems.add(
                    "this key is no text", row=key.line, column=str(key.column), remedy="write a plain key"
                )
            elif key.value in found:
                first = found[key.value].line
                self.problems.add(
                    f"the key {key.value[:60]} stands here twice, first in line {first}",
                    row=key.line,
                    column=str(key.column),
                    remedy="delete one of the two",
                )
            else:
                found[key.value] = value
        return found


def _place(event: Event) -> tuple[int, int]:
    """Line and column where an event begins, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
