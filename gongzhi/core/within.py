"""A context variable that has a value within a block: what a request holds, for all that it calls."""

from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Within(Generic[T]):
    """Sets a variable on entry and answers the value; puts back what it was on exit. For one block each.

    A class, because it is entered several times in every request, and a generator costs three times as much.
    """

    __slots__ = ("_token", "_value", "_variable")

    def __init__(self, variable: "ContextVar[Any]", value: T) -> None:
        self._variable = variable
        self._value = value

    def __enter__(self) -> T:
        self._token: Token[Any] = self._variable.set(self._value)
        return self._value

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._variable.reset(self._token)
