"""Column shapes that several tables share, so that they are declared once."""

from typing import Any

from piccolo.columns import UUID, Varchar

from gongzhi.core.ids import uuid7
from gongzhi.core.territory.path import MAX_LENGTH


class PathColumn(Varchar):
    """A territory path, compared byte by byte on both engines.

    PostgreSQL sorts text by the database's locale unless told otherwise, and then `path >= '/a/'` neither means what it
    says nor uses the index; collation "C" is what SQLite does anyway.
    """

    def __init__(self, length: int = MAX_LENGTH, **options: Any) -> None:
        super().__init__(length=length, **options)

    @property
    def column_type(self) -> str:
        """The SQL type on the engine in use."""
        plain = f"VARCHAR({self.length})"
        return plain if self._meta.engine_type == "sqlite" else f'{plain} COLLATE "C"'


class CodeColumn(PathColumn):
    """A stable code or slug: likewise compared byte by byte, so that keyset pages agree on both engines."""

    def __init__(self, length: int = 64, **options: Any) -> None:
        super().__init__(length=length, **options)


def primary_key() -> UUID:
    """The id of every table: a UUID version 7."""
    return UUID(primary_key=True, default=uuid7)
