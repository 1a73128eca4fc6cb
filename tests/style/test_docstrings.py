"""Docstrings say what the signature cannot. That public things have one is ruff's D1."""

import ast
import re

from tests.style.source import PACKAGE, Definition, listed, python, tree

FILLER = {
    "a",
    "an",
    "the",
    "of",
    "for",
    "to",
    "and",
    "or",
    "this",
    "that",
    "is",
    "it",
    "returns",
    "return",
    "get",
    "gets",
}


def words(sentence: str) -> set[str]:
    split = re.sub(r"([a-z])([A-Z])", r"\1 \2", sentence)
    return {word.lower().rstrip("s") for word in re.findall(r"[A-Za-z]+", split)} - FILLER


def test_no_docstring_repeats_the_name() -> None:
    found = []
    for name in python(PACKAGE):
        for node in ast.walk(tree(name)):
            if isinstance(node, Definition | ast.ClassDef):
                docstring = ast.get_docstring(node) or ""
                said = words(docstring)
                if docstring.isascii() and said and said <= words(node.name):
                    found.append(f"{name}:{node.lineno} {node.name}: {docstring!r}")
    assert not found, listed(found, "Say what the name does not: units, what is raised, what holds, why it is there.")


def test_every_module_says_what_it_is_for() -> None:
    product = [*python(PACKAGE), *python("bench/"), *python("faults/"), *python("docs/"), *python("examples/")]
    found = [name for name in product if tree(name).body and not ast.get_docstring(tree(name))]
    assert not found, listed(found, "Begin the module with a sentence on what it holds.")
