"""Every account with the posts that it holds: for looking at a whole policy, never for deciding a request."""

from datetime import date
from typing import Any
from uuid import UUID

from gongzhi.core import clock
from gongzhi.core.actors import tables
from gongzhi.core.actors.records import AccountStatus
from gongzhi.core.permissions import Post, Principal, bindings_for

_ROSTER = """
SELECT a.id AS account_id, a.code AS account_code, m.id AS membership_id, o.id AS organization_id, o.kind AS kind,
       m.position AS position, o.path AS path, s.path AS served
FROM account a
LEFT JOIN membership m ON m.account = a.id AND m.valid_from <= {} AND (m.valid_to IS NULL OR m.valid_to > {})
LEFT JOIN organization o ON o.id = m.organization
     AND (o.valid_from IS NULL OR o.valid_from <= {}) AND (o.valid_to IS NULL OR o.valid_to > {})
LEFT JOIN service_area s ON s.organization = o.id
     AND (s.valid_from IS NULL OR s.valid_from <= {}) AND (s.valid_to IS NULL OR s.valid_to > {})
WHERE a.status = {}
ORDER BY a.code, m.id, s.path
"""


async def principals(on: date | None = None) -> list[Principal]:
    """The active accounts by code, with their posts of a day (today if None): one statement, whatever their number."""
    day = on or clock.today()
    rows = await tables.Account.raw(_ROSTER, *[day] * 6, AccountStatus.active.value)
    accounts: dict[UUID, str] = {}
    posts: dict[UUID, list[Post]] = {}
    for row in rows:
        account = _id(row["account_id"])
        accounts[account] = row["account_code"]
        posts.setdefault(account, []).extend(_posts(row))
    return [
        Principal(account_id=account, account_code=code, bindings=bindings_for(posts[account]))
        for account, code in accounts.items()
    ]


def _posts(row: dict[str, Any]) -> list[Post]:
    """The post of a row at the organization's own place and at the one that it serves; none without organization."""
    if row["organization_id"] is None:
        return []
    paths = (row["path"],) if row["served"] is None else (row["path"], row["served"])
    return [Post(row["kind"], row["position"], paths, _id(row["membership_id"]), _id(row["organization_id"]))]


def _id(value: object) -> UUID:
    """SQLite gives text where PostgreSQL gives a UUID."""
    return UUID(str(value))
