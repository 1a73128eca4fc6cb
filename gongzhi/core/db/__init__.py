"""The database: SQLite or PostgreSQL behind one small API.

    database = connect("sqlite:///gongzhi.db")
    await database.open()
    database.bind([Territory, Organization])
    async with database.transaction():
        await Territory.update({Territory.name: "莲花"}).where(Territory.code == "lianhua")
        await database.after_commit(tell_the_others)

Whatever a driver raises arrives as one of `gongzhi.core.errors`; see `failures`.
"""

from gongzhi.core.db.database import Database, connect, current, using
from gongzhi.core.db.failures import is_retryable
from gongzhi.core.db.statements import StatementCounter, count_statements
from gongzhi.core.db.transaction import Isolation

__all__ = [
    "Database",
    "Isolation",
    "StatementCounter",
    "connect",
    "count_statements",
    "current",
    "is_retryable",
    "using",
]
