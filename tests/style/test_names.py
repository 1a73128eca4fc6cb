"""Modules are named after what they hold."""

from pathlib import PurePath

from tests.style.source import listed, python

FORBIDDEN = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "base", "misc", "tools", "stuff"}


def test_no_module_has_a_name_that_says_nothing() -> None:
    found = [name for name in python() if FORBIDDEN & {part.removesuffix(".py") for part in PurePath(name).parts}]
    assert not found, listed(found, "Name the module after the one thing that it holds: a plain noun.")


def test_names_are_plain_words() -> None:
    found = [
        name for name in python("gongzhi/") if any(len(word) < 2 for word in PurePath(name).stem.split("_") if word)
    ]
    assert not found, listed(found, "Write the words out.")
