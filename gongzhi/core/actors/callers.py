"""From an account to the principal that permissions decide about."""

from collections.abc import Iterable
from datetime import date

from gongzhi.core import clock
from gongzhi.core.actors import accounts, memberships
from gongzhi.core.actors.records import Account, ActiveMembership
from gongzhi.core.errors import Forbidden
from gongzhi.core.permissions import Post, Principal, bindings_for


def principal_of(
    account: Account, held: Iterable[ActiveMembership], acting_for: str | None = None, source: str | None = None
) -> Principal:
    """An account with the roles that its posts give. `acting_for` is the code of one of their organizations.

    :raises Forbidden: `acting_for` names an organization in which the account holds no post.
    """
    posts = tuple(held)
    acting = None
    if acting_for is not None:
        acting = next((post.organization_id for post in posts if post.organization_code == acting_for), None)
        if acting is None:
            codes = ", ".join(dict.fromkeys(post.organization_code for post in posts)) or "none"
            raise Forbidden(f"You hold no post in {acting_for[:64]!r}; X-Acting-For may name: {codes}.")
    given = [
        Post(post.kind.value, post.position.value, post.paths, post.membership_id, post.organization_id)
        for post in posts
    ]
    return Principal(
        account_id=account.id,
        account_code=account.code,
        bindings=bindings_for(given),
        acting_for=acting,
        source=source,
    )


async def principal_for(code: str, on: date | None = None) -> Principal:
    """The principal of the account of a code, with the posts that it holds on a day (today if None); or NotFound.

    For the operator, and for callers who may explain what others can do.
    """
    account = await accounts.find(code)
    return principal_of(account, await memberships.active_bindings(account.id, on or clock.today()))
