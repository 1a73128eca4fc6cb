"""Who is calling: from the request's headers to the context of its resolvers."""

from gongzhi.core import clock
from gongzhi.core.actors import accounts, memberships
from gongzhi.core.actors.callers import principal_of
from gongzhi.core.actors.records import AccountStatus
from gongzhi.core.errors import Unauthenticated
from gongzhi.core.permissions import Principal
from gongzhi.core.signin import TokenVerifier
from gongzhi.graphql.context import Context, Services

SCHEME = "bearer"


def bearer(authorization: str) -> str:
    """The token in an `Authorization` header, or Unauthenticated when it holds something else."""
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != SCHEME or not token.strip():
        raise Unauthenticated("The Authorization header is not `Bearer <token>`.")
    return token.strip()


async def context_of(
    services: Services, verifier: TokenVerifier, authorization: str | None, acting_for: str | None, source: str | None
) -> Context:
    """The context of a request: anonymous without a token, otherwise the account with the posts that it holds today.

    :raises Unauthenticated: the token is not accepted, or its identity has no account here, or a suspended one.
    :raises Forbidden: `acting_for` names an organization in which the caller holds no post.
    """
    if authorization is None:
        return Context(services, Principal(source=source))
    claims = await verifier.verify(bearer(authorization))
    account = await accounts.find_identity(claims.issuer, claims.subject)
    if account is None:
        raise Unauthenticated(f"The identity {claims.subject[:80]!r} has no account here; ask an administrator.")
    if account.status is not AccountStatus.active:
        raise Unauthenticated("This account is suspended; ask an administrator.")
    held = tuple(await memberships.active_bindings(account.id, clock.today()))
    return Context(services, principal_of(account, held, acting_for, source), account, held)
