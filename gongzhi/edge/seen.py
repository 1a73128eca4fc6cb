"""What a request was: put together while it runs, and written to the log and the metrics at its end."""

import os
import random
from contextvars import ContextVar

from gongzhi.core.within import Within


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


_random = random.Random()  # noqa: S311  # ids are no secrets
os.register_at_fork(after_in_child=_random.seed)
_seen: ContextVar[Seen | None] = ContextVar("gongzhi_seen", default=None)


def seen() -> Seen:
    """The request that runs; outside of one a new one that nobody looks at."""
    return _seen.get() or Seen("")


def watched(request: str) -> Within[Seen]:
    """Tell of a request of this id within the block."""
    return Within(_seen, Seen(request))


def new_id() -> str:
    """A request's id: no other has it, and nothing depends on its being hard to guess."""
    return f"{_random.getrandbits(64):016x}"
