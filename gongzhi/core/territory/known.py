"""Which places there are: what policy files may name. In memory, since policies are read outside the event loop."""

from collections.abc import Collection

from gongzhi.core.territory import tables


class KnownPlaces:
    """The paths of all places, closed ones too. None until they were read, and where there is no place at all."""

    def __init__(self) -> None:
        self._paths: frozenset[str] | None = None

    def __call__(self) -> Collection[str] | None:
        """The paths as they were last read; None leaves names of places unchecked."""
        return self._paths

    async def refresh(self) -> bool:
        """Read them again: one statement. Answers whether they changed."""
        rows = await tables.Territory.select(tables.Territory.path)
        paths = frozenset(row["path"] for row in rows) or None
        changed = paths != self._paths
        self._paths = paths
        return changed
