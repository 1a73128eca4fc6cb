"""YAML: a list with its items as they are named in the code, for keeping a list under version control."""

import difflib
import typing
from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec
import yaml

from gongzhi.core.catalogue.formats import hints
from gongzhi.core.catalogue.formats.limits import check_items
from gongzhi.core.catalogue.formats.nodes import Builder, Node
from gongzhi.core.catalogue.formats.problems import Problems, complaint, refusal
from gongzhi.core.catalogue.formats.table import Numbered
from gongzhi.core.catalogue.item import ItemContent
from gongzhi.core.catalogue.lists import ListSpec

KEYS = ("list", "label", "label_en", "note", "provenance", "items")
"""What a file may say. Only `items` becomes content; the others belong to the list and its edition."""


def read(data: bytes, spec: ListSpec, problems: Problems) -> list[Numbered]:
    """The items of the file; what is wrong is added to `problems`, or raised where the file cannot be read at all."""
    root = Builder(_text(data, problems.file), problems).build()
    if not isinstance(root.value, dict):
        problems.add("the file does not consist of keys", row=root.line, remedy="write `list:` and `items:`")
        return []
    _report_unknown(root.value, KEYS, problems)
    slug = root.value.get("list")
    if slug is not None and slug.value != spec.slug:
        problems.add(
            f"this is the list {slug.plain()}, not {spec.slug}", row=slug.line, remedy="import it into its own list"
        )
    items = root.value.get("items")
    if items is None or not isinstance(items.value, list) or not items.value:
        problems.add("there are no items", row=items.line if items else root.line, remedy="write them under `items:`")
        return []
    check_items(len(items.value))
    found = [_item(node, spec, problems) for node in items.value]
    return [item for item in found if item is not None]


def write(contents: Iterable[ItemContent], spec: ListSpec) -> bytes:
    """The file: same contents, same bytes."""
    document = {
        "list": spec.slug,
        "label": spec.name,
        "label_en": spec.name_en,
        "items": [msgspec.to_builtins(content) for content in contents],
    }
    text = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return str(text).encode()


class _Dumper(yaml.CSafeDumper):
    """Writes every value out, since aliases are not read back."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(data: bytes, file: str | None) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refusal("the file is not in UTF-8", "save it in UTF-8", file, row=line) from None


def _item(node: Node, spec: ListSpec, problems: Problems) -> Numbered | None:
    """One item, checked field by field so that every mistake is reported and not only the first."""
    before = problems.count
    if not isinstance(node.value, dict):
        problems.add("this item does not consist of keys", row=node.line, remedy="write `code:`, `name:` and so on")
        return None
    fields = _fields(node, ItemContent, problems)
    attributes = node.value.get("attributes") or Node({}, node.line, node.column)
    if isinstance(attributes.value, dict):
        checked = _fields(attributes, spec.attributes, problems)
        fields["attributes"] = {name: msgspec.to_builtins(value) for name, value in checked.items()}
    return Numbered(node.line, ItemContent(**fields)) if problems.count == before else None


def _fields(node: Node, kind: type[msgspec.Struct], problems: Problems) -> dict[str, Any]:
    """The fields of a struct that a mapping gives, each converted to its type."""
    _report_unknown(node.value, kind.__struct_fields__, problems)
    found: dict[str, Any] = {}
    for name, declared, is_required in _declared(kind):
        given = node.value.get(name)
        if given is not None:
            found[name] = _value(given, declared, name, problems)
        elif is_required:
            problems.add(f"the key {name} is missing", row=node.line, column=name, remedy="add it")
    return found


def _value(node: Node, declared: Any, name: str, problems: Problems) -> Any:
    plain = node.plain()
    _report_nested(node, hints.bare(declared), problems)
    try:
        return msgspec.convert(plain, declared, strict=False)
    except msgspec.ValidationError as error:
        at = _inner(node, str(error).partition(" - at `$")[2])
        problems.add(complaint(error), row=at.line, column=name, remedy=hints.expected(declared))
        return None


def _inner(node: Node, path: str) -> Node:
    """The node that a path of msgspec points to, such as `[0].kind`, as far as the tree goes."""
    for step in path.rstrip("`").replace("[", ".").replace("]", "").split(".")[1:]:
        if isinstance(node.value, list) and step.isdigit() and int(step) < len(node.value):
            node = node.value[int(step)]
        elif isinstance(node.value, dict) and step in node.value:
            node = node.value[step]
    return node


@cache
def _declared(kind: type[msgspec.Struct]) -> tuple[tuple[str, Any, bool], ...]:
    annotations = typing.get_type_hints(kind, include_extras=True)
    return tuple((field.name, annotations[field.name], field.required) for field in msgspec.structs.fields(kind))


def _report_nested(node: Node, inner: Any, problems: Problems) -> None:
    """Unknown keys inside a field, which a struct would drop without a word."""
    kind = hints.struct(inner)
    if kind is not None and isinstance(node.value, dict):
        _report_unknown(node.value, kind.__struct_fields__, problems)
    elif (each := hints.element(inner)) is not None and isinstance(node.value, list):
        for child in node.value:
            _report_nested(child, each, problems)


def _report_unknown(found: dict[str, Node], known: Iterable[str], problems: Problems) -> None:
    names = tuple(known)
    for key, node in found.items():
        if key not in names:
            near = difflib.get_close_matches(key, names, n=1)
            remedy = (
                f"did you mean {near[0]}?" if near else f"write one of {', '.join(names)}" if names else "delete it"
            )
            problems.add(f"there is no key {key[:60]!r} here", row=node.line, remedy=remedy)
