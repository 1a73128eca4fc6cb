"""The page on `gongzhi.api`: every name that a plugin may import, with what it is and where it is explained."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

from docs.markdown import code, heading, table
from gongzhi import api, testing
from gongzhi.testing import plugin
from gongzhi.testing.calling import Callers


def public() -> Iterator[str]:
    """Every name of `gongzhi.api`."""
    yield from heading(
        "What a plugin may import",
        "`gongzhi.api` re-exports all of this and is stable within a range of host versions (`Module.host`); nothing "
        "else of gongzhi is. A name that leaves it is announced one minor version before. "
        "`docs/tutorial-plugin.md` shows most of them at work.",
    )
    yield from table(("name", "from", "what it is"), (row(name) for name in api.__all__))
    yield from ("", "## What its tests may use", "")
    yield "`gongzhi.testing` is as stable. Its fixtures are there wherever `gongzhi[testing]` is installed."
    yield ""
    helpers = ((code(name), code("gongzhi.testing"), meaning(getattr(testing, name), name)) for name in testing.__all__)
    given = ((code(name), "fixture", _first(value)) for name, value in fixtures())
    asking = ((code(f"api.{name}"), code("gongzhi_api"), _first(value)) for name, value in public_methods(Callers))
    yield from table(("name", "from", "what it is"), (*helpers, *given, *asking))


def public_methods(kind: type) -> list[tuple[str, Any]]:
    """The methods of a class that callers use, as declared."""
    return [(name, value) for name, value in vars(kind).items() if inspect.isfunction(value) and name[0] != "_"]


def fixtures() -> list[tuple[str, Any]]:
    """The fixtures for the tests of plugins, by name."""
    return sorted((name, value) for name, value in vars(plugin).items() if name.startswith("gongzhi_"))


def _first(value: Any) -> str:
    return " ".join((inspect.getdoc(value) or "").split("\n\n")[0].split())


def row(name: str) -> tuple[str, str, str]:
    """A name, the module that explains it, and the first sentence of its documentation."""
    value = getattr(api, name)
    return code(name), code(home(value, name)), meaning(value, name)


def home(value: Any, name: str) -> str:
    """The module that a thing is defined in; of a value, the one that the API imports it from."""
    if inspect.ismodule(value):
        return value.__name__
    module = getattr(value, "__module__", None)
    if module and module.startswith("gongzhi"):
        return str(module)
    return imported()[name][0]


@cache
def imported() -> dict[str, tuple[str, str]]:
    """The module that the API imports each name from, and what it is called there."""
    nodes = [node for node in ast.parse(inspect.getsource(api)).body if isinstance(node, ast.ImportFrom)]
    return {each.asname or each.name: (str(node.module), each.name) for node in nodes for each in node.names}


def meaning(value: Any, name: str) -> str:
    """The first paragraph of the documentation of a class, function or module; of a value, what stands below it."""
    if inspect.isclass(value) or inspect.isroutine(value) or inspect.ismodule(value):
        return _first(value)
    return _described(value) or _noted(name)


def _described(value: Any) -> str:
    for meta in getattr(value, "__metadata__", ()):
        if text := getattr(meta, "description", None):
            return str(text)
    return ""


def _noted(name: str) -> str:
    """The text that stands below the assignment of a name, in the module that defines it."""
    place, name = imported()[name]
    module = importlib.import_module(place)
    for path in (module, *(value for value in vars(module).values() if inspect.ismodule(value))):
        body = ast.parse(inspect.getsource(path)).body
        for statement, below in pairwise(body):
            targets = [each.id for each in getattr(statement, "targets", ()) if isinstance(each, ast.Name)]
            if name in targets and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
                return " ".join(str(below.value.value).split())
    return ""
