"""A test that cannot fail is a defect."""

import ast
from collections.abc import Iterator

from tests.style.source import TESTS, Definition, listed, python, tree

CHECKS = ("pytest.raises", "pytest.warns", "pytest.fail")


def definitions() -> Iterator[tuple[str, Definition]]:
    for name in python(TESTS):
        for node in ast.walk(tree(name)):
            if isinstance(node, Definition):
                yield name, node


def called(node: ast.AST) -> set[str]:
    calls = (inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call))
    return {ast.unparse(function).rpartition(".")[2] for function in calls}


def checks(node: ast.AST) -> bool:
    return any(
        isinstance(inner, ast.Assert) or (isinstance(inner, ast.Call) and ast.unparse(inner.func) in CHECKS)
        for inner in ast.walk(node)
    )


def checking_names() -> set[str]:
    """The names of functions in tests that check something, themselves or through others."""
    everything = [node for _, node in definitions() if not node.name.startswith("test_")]
    found = {node.name for node in everything if checks(node)}
    while more := {node.name for node in everything if node.name not in found and called(node) & found}:
        found |= more
    return found


def test_every_test_checks_something() -> None:
    checking = checking_names()
    found = [
        f"{name}:{node.lineno} {node.name}"
        for name, node in definitions()
        if node.name.startswith("test_") and not checks(node) and not called(node) & checking
    ]
    assert not found, listed(found, "Assert on what should have happened, or remove the test.")


def vacuous(check: ast.expr) -> bool:
    if isinstance(check, ast.Constant) or (isinstance(check, ast.Tuple) and check.elts):
        return bool(not isinstance(check, ast.Constant) or check.value)
    if isinstance(check, ast.Compare) and len(check.ops) == 1 and isinstance(check.ops[0], ast.Eq | ast.Is):
        # Two calls may answer differently: that they do not is worth a test.
        return not called(check) and ast.dump(check.left) == ast.dump(check.comparators[0])
    if isinstance(check, ast.BoolOp) and isinstance(check.op, ast.Or):
        return any(vacuous(part) for part in check.values)
    return False


def test_no_assertion_is_always_true() -> None:
    found = [
        f"{name}:{node.lineno} {ast.unparse(node)}"
        for name in python(TESTS)
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Assert) and vacuous(node.test)
    ]
    assert not found, listed(found, "Compare with what is expected.")


def test_our_own_code_is_not_mocked() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name in python(TESTS)
        for node in ast.walk(tree(name))
        if isinstance(node, ast.ImportFrom | ast.Import) and "mock" in ast.unparse(node).split()
    ]
    found += [
        name
        for name in python(TESTS)
        if name != "tests/style/test_assertions.py" and "unittest.mock" in open_text(name)
    ]
    assert not found, listed(found, "Use the real thing: the `database` fixture, tmp_path, a local server.")


def open_text(name: str) -> str:
    return "\n".join(
        ast.unparse(node) for node in ast.walk(tree(name)) if isinstance(node, ast.ImportFrom | ast.Import)
    )


def test_vacuous_assertions_are_recognised() -> None:
    for source in ("True", "1", "('a', 'b')", "x == x", "x or True"):
        assert vacuous(ast.parse(source, mode="eval").body), source
    for source in ("False", "x == y", "x", "x or y", "()", "f() == f()"):
        assert not vacuous(ast.parse(source, mode="eval").body), source
