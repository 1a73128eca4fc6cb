"""What a request was: put together while it runs, and written to the log and the metrics at its end."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token


class Seen:
    """One request as logs and metrics tell of it. Never a token, a key, a variable or a document's text."""

    __slots__ = ("account", "cached", "client", "code", "cost", "digest", "kind", "name", "request")

    def __init__(self, request: str) -> None:
        self.request = request
        self.digest = ""
        self.name = ""
        self.kind = ""
        self.cost = 0
        self.account = ""
        self.client = ""
        self.code = ""
        self.cached = False

    def operation(self, digest: str, name: str, kind: str, cost: int) -> None:
        """Which operation was asked for: its document's SHA-256, its own name, whether it reads, and its cost."""
        self.digest, self.name, self.kind, self.cost = digest, name[:64], kind, cost

    def caller(self, account: str, client: str) -> None:
        """Whose it is: the codes of an account and of an API client."""
        self.account, self.client = account, client


_seen: ContextVar[Seen | None] = ContextVar("gongzhi_seen", default=None)


def seen() -> Seen:
    """The request that runs; outside of one a new one that nobody looks at."""
    return _seen.get() or Seen("")


def begin(request: Seen) -> Token[Seen | None]:
    """Tell of a request from now on, until `end`."""
    return _seen.set(request)


def end(token: Token[Seen | None]) -> None:
    """Tell of it no more."""
    _seen.reset(token)


@contextmanager
def watched(request: str) -> Iterator[Seen]:
    """Tell of a request of this id within the block."""
    found = Seen(request)
    token = begin(found)
    try:
        yield found
    finally:
        end(token)


def new_id() -> str:
    """A request's id."""
    return secrets.token_hex(8)
