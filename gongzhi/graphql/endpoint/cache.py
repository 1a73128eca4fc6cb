"""Answers that were given before, as the bytes that were sent.

An answer is kept when each field in it is declared to be shared (`sharing`), when nothing went wrong, nothing was
denied, and when no statement was sent to a database for it: then it was made from what this process holds in memory, of
which there is another one after each publication, each change of the policy and each midnight. Which one it was is part
of the key. So nothing is ever out of date here, and nothing needs to be forgotten; what is not asked for any more makes
room for what is.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from hashlib import sha256
from typing import Any, Final

import msgspec

from gongzhi.core.permissions import Principal, current
from gongzhi.graphql.access import CacheScope
from gongzhi.graphql.context import Context

ENTRY_BYTES: Final = 1_000
"""What an entry takes beside its answer and its variables, at most."""
LARGEST_SHARE: Final = 8
"""One answer takes at most this part of the whole."""


class Shared(msgspec.Struct, frozen=True):
    """An answer's bytes, how far it may be shared, whether the operation began, and a digest where one was made."""

    body: bytes
    scope: CacheScope
    begun: bool = True
    digest: str = ""

    @property
    def tag(self) -> str:
        """A digest of the bytes, in hexadecimal."""
        return self.digest or digest_of(self.body)


def encoded(answer: Mapping[str, Any], scope: CacheScope) -> Shared:
    """An answer as bytes; one with errors is for its caller alone."""
    shared = CacheScope.private if "errors" in answer else scope
    return Shared(msgspec.json.encode(answer), shared, "data" in answer)


def digest_of(body: bytes) -> str:
    """128 bits of the SHA-256, in hexadecimal."""
    return sha256(body).hexdigest()[:32]


class ResponseCache:
    """The answers of one process; `limit` is in bytes, 0 keeps none."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[Hashable, tuple[Shared, int]] = OrderedDict()
        self.size = 0
        """In bytes, at most the limit."""

    @property
    def on(self) -> bool:
        """Whether any answer is kept."""
        return self._limit > 0

    def get(self, key: Hashable) -> Shared | None:
        """The answer that was kept, which is then the last to be dropped."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, answer: Shared, variables: bytes) -> None:
        """Keep an answer; one that takes too large a part of the whole is not kept."""
        size = len(answer.body) + len(variables) + ENTRY_BYTES
        if size * LARGEST_SHARE > self._limit or key in self._kept:
            return
        self._kept[key] = (answer, size)
        self.size += size
        while self.size > self._limit:
            _, (_, dropped) = self._kept.popitem(last=False)
            self.size -= dropped

    def clear(self) -> None:
        """Keep none of those that are here."""
        self._kept.clear()
        self.size = 0


def key_of(digest: str, name: str | None, variables: bytes, scope: CacheScope, context: Context) -> Hashable:
    """What an answer depends on: the operation, its variables, the class of its viewer, and what is held in memory."""
    held = context.snapshot
    viewer = viewer_class(context.principal) if scope is CacheScope.viewer else None
    return (digest, name, variables, viewer, held.revision, held.day, current().revision)


def viewer_class(principal: Principal) -> Hashable:
    """What callers share who are answered the same: the roles that they hold, where, in and for which organization.

    Those that a policy file gives to an account are among them.
    """
    held = frozenset((each.role, each.path, each.organization_id) for each in current().held(principal))
    return (principal.anonymous, held, principal.acting_for)


def variables_of(variables: dict[str, Any] | None) -> bytes:
    """Variables in one form, whatever the order in which they were sent."""
    return msgspec.json.encode(variables, order="deterministic") if variables else b""
