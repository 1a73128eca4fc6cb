"""The repository's files as the style checks see them: what git tracks, parsed once."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[2]
PACKAGE = "gongzhi/"
TESTS = "tests/"
Definition = ast.FunctionDef | ast.AsyncFunctionDef


class Function(msgspec.Struct, frozen=True):
    """A function or method; `lines` counts from its `def`, without decorators and docstring."""

    file: str
    name: str
    line: int
    lines: int

    def __str__(self) -> str:
        """Where it is, as editors open it."""
        return f"{self.file}:{self.line} {self.name}"


@cache
def files() -> tuple[str, ...]:
    """Every tracked file that is there, relative to the root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return tuple(sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file()))


def python(prefix: str = "") -> list[str]:
    """The Python files below a folder; Piccolo writes migrations, so they are left out."""
    return [name for name in files() if name.endswith(".py") and name.startswith(prefix) and "/migrations/" not in name]


@cache
def text(name: str) -> str:
    """A file's text; a file that is not text is empty."""
    try:
        return (ROOT / name).read_text("utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def tree(name: str) -> ast.Module:
    """A Python file, parsed; one that cannot be, which a test of its own tells, is empty."""
    try:
        return ast.parse(text(name), name)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def functions(name: str) -> Iterator[Function]:
    """Every function of a file."""
    for node in ast.walk(tree(name)):
        if isinstance(node, Definition):
            yield Function(name, node.name, node.lineno, _length(node))


def _length(node: Definition) -> int:
    assert node.end_lineno is not None
    first = node.body[0]
    docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and first.value.value
    inside = (first.end_lineno or first.lineno) - first.lineno + 1 if isinstance(docstring, str) else 0
    return node.end_lineno - node.lineno + 1 - inside


def imports(name: str) -> Iterator[tuple[int, str]]:
    """(line, module) of each import of a file, relative ones resolved, and of `import_module` with a literal name."""
    package = name.removesuffix("/__init__.py").removesuffix(".py").split("/")
    parents = package if name.endswith("/__init__.py") else package[:-1]
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = parents[: len(parents) - node.level + 1] if node.level else []
            module = ".".join([*start, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and node.args:
            literal = node.args[0]
            if isinstance(literal, ast.Constant) and isinstance(literal.value, str):
                yield node.lineno, literal.value


def listed(found: list[str], remedy: str) -> str:
    """A failure's message: every place, then what to do."""
    return "\n".join([f"{len(found)} found:", *found, remedy])
