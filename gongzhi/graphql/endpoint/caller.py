"""Who is calling: from what a request carries to the context of its resolvers."""

from collections.abc import Mapping

import msgspec

from gongzhi.core import clock
from gongzhi.core.actors.records import AccountStatus
from gongzhi.core.errors import Forbidden, Unauthenticated
from gongzhi.core.permissions import Principal
from gongzhi.core.signin import TokenVerifier
from gongzhi.graphql.context import Context, Services

SCHEME = "bearer"
MARGIN_SECONDS = 0.1
"""Waking up a moment too early would find the token still good."""


class Credentials(msgspec.Struct, frozen=True):
    """What a caller shows: a token, the organization to act for, an API key; and the address it came from."""

    authorization: str | None = None
    acting_for: str | None = None
    api_key: str | None = None
    source: str | None = None

    def __repr__(self) -> str:
        """Nothing secret: this may end up in a log."""
        return f"Credentials(source={self.source!r})"


def credentials_of(headers: Mapping[str, str], source: str | None) -> Credentials:
    """What the headers of a request show; a WebSocket's first message carries the same names."""
    found = {name.lower(): value for name, value in headers.items()}
    return Credentials(found.get("authorization"), found.get("x-acting-for"), found.get("x-api-key"), source)


def bearer(authorization: str) -> str:
    """The token in an `Authorization` header, or Unauthenticated when it holds something else."""
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != SCHEME or not token.strip():
        raise Unauthenticated("The Authorization header is not `Bearer <token>`.")
    return token.strip()


async def context_of(services: Services, verifier: TokenVerifier, shown: Credentials) -> Context:
    """The context of a request: anonymous without a token, otherwise the account with the posts that it holds today.

    :raises Unauthenticated: the token is not accepted, or its identity has no account here, or a suspended one; or the
        API key is not known.
    :raises Forbidden: `acting_for` names an organization in which the caller holds no post.
    """
    client = services.clients.of_key(shown.api_key) if shown.api_key is not None else None
    if shown.authorization is None:
        return Context(services, Principal(source=shown.source), client=client)
    claims = await verifier.verify(bearer(shown.authorization))
    caller = await services.callers.find(claims.issuer, claims.subject, services.tail.rights)
    if caller is None:
        raise Unauthenticated(f"The identity {claims.subject[:80]!r} has no account here; ask an administrator.")
    if caller.account.status is not AccountStatus.active:
        raise Unauthenticated("This account is suspended; ask an administrator.")
    principal = caller.principal(shown.acting_for, shown.source)
    return Context(services, principal, caller.account, caller.held, client=client)


class Caller:
    """Somebody at the other end of a connection that stays: looked up anew for each operation and event."""

    def __init__(self, services: Services, verifier: TokenVerifier, shown: Credentials) -> None:
        self._services = services
        self._verifier = verifier
        self._shown = shown
        self.ended = False
        """Whether they may not be here any more."""

    async def context(self) -> Context:
        """A context for one operation or one event, with the rights of this moment.

        :raises Unauthenticated: the token has expired, or the account is suspended by now; Forbidden: see `context_of`.
        """
        try:
            return await context_of(self._services, self._verifier, self._shown)
        except (Unauthenticated, Forbidden):
            self.ended = True
            raise

    async def seconds_left(self) -> float | None:
        """How long the token goes on; None for a caller without one."""
        if self._shown.authorization is None:
            return None
        claims = await self._verifier.verify(bearer(self._shown.authorization))
        left = (claims.expires_at - clock.now()).total_seconds()
        return max(0.0, left + self._services.settings.clock_skew_seconds) + MARGIN_SECONDS
