"""Small plugins, each made of the hooks that a test gives it."""

from collections.abc import Mapping
from typing import Any

from gongzhi.core.hooks import Module, hookimpl
from gongzhi.core.host import Candidate, Host

VERSION = "0.1.0"


class Sample:
    """A plugin whose hooks are set as attributes."""


def module(name: str, **more: Any) -> Module:
    return Module(id=name, name=f"模块{name}", name_en=f"module {name}", version="1.0", **more)


def plugin(name: str, hooks: Mapping[str, Any] | None = None, **more: Any) -> Candidate:
    """A plugin that answers each hook with a value, or with what a function returns."""
    found = Sample()
    answers: dict[str, Any] = {"gongzhi_module": module(name, **more), **(hooks or {})}
    for hook, answer in answers.items():
        setattr(found, hook, hookimpl(answer if callable(answer) else lambda answer=answer: answer))
    return Candidate(name, "tests", lambda: found)


def broken(name: str, error: Exception) -> Candidate:
    """A plugin that cannot be imported."""

    def load() -> object:
        raise error

    return Candidate(name, "tests", load)


def host(*candidates: Candidate, **more: Any) -> Host:
    return Host(candidates, VERSION, **more)


def reasons(found: Host) -> dict[str, str]:
    """Why plugins are not at work, by id."""
    return {status.id: status.reason for status in found.statuses if status.reason}
