"""A rule is switched off for one line, by its code, with a reason."""

import ast
import re

from tests.style.exemptions import BROAD_EXCEPTS_NEED_NO_REASON
from tests.style.source import PACKAGE, listed, python, text, tree

SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|pyright:\s*ignore|mypy:|ruff:)(.*)")
CODED = re.compile(r"(:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*|\[[a-z-]+(,\s*[a-z-]+)*\])\s+(#|--|-|—)?\s*\S+ \S+")
BROAD = {"Exception", "BaseException"}


def test_every_suppression_has_a_code_and_a_reason() -> None:
    found = []
    for name in python():
        for number, line in enumerate(text(name).splitlines(), start=1):
            for match in SUPPRESSION.finditer(line):
                if not CODED.match(match[2]) and "re.compile" not in line:
                    found.append(f"{name}:{number} {line.strip()}")
    assert not found, listed(found, "Write `# noqa: S311  # why` or `# type: ignore[code]  # why`, or mend the cause.")


def catches_everything(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or ast.unparse(kind) in BROAD for kind in kinds)


def raises_again(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) for node in ast.walk(handler))


def test_every_broad_except_raises_again_or_says_why_not() -> None:
    found = []
    for name in python(PACKAGE):
        lines = text(name).splitlines()
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.ExceptHandler) and catches_everything(node) and not raises_again(node):
                nearby = lines[node.lineno - 1 : node.body[0].lineno]
                if not any("#" in line for line in nearby) and name not in BROAD_EXCEPTS_NEED_NO_REASON:
                    found.append(f"{name}:{node.lineno}")
    assert not found, listed(found, "Name the errors that can come, or say in a comment why everything is caught.")


def test_the_product_does_not_know_that_it_is_tested() -> None:
    sign = re.compile(r"PYTEST_CURRENT_TEST|[\"']pytest[\"'] in|if (not )?(\w+\.)?(is_)?testing\b")
    found = [
        f"{name}:{number} {line.strip()}"
        for name in python(PACKAGE)
        for number, line in enumerate(text(name).splitlines(), start=1)
        if sign.search(line)
    ]
    assert not found, listed(found, "Pass in what the test needs to vary.")
