"""Database addresses: what is accepted, and how they are shown."""

from urllib.parse import SplitResult, urlsplit

import msgspec

from gongzhi.core.errors import Invalid

_REMEDY = "write sqlite:///gongzhi.db, sqlite:////var/lib/gongzhi/gongzhi.db or postgresql://user:password@host/name"


class Address(msgspec.Struct, frozen=True):
    """Where a database is. `target` is SQLite's path or PostgreSQL's URL, with its password; `shown` is without."""

    dialect: str
    target: str
    shown: str

    def __repr__(self) -> str:
        """Without the password."""
        return self.shown


def parse(url: str) -> Address:
    """Read a database URL.

    :raises Invalid: with what to write instead; the message never quotes the URL, which may hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Invalid.at("database", "the address cannot be read", _REMEDY) from error
    if parts.scheme == "sqlite":
        return _sqlite(parts)
    if parts.scheme in ("postgresql", "postgres"):
        return _postgresql(url, parts, port)
    raise Invalid.at("database", "the address begins with neither sqlite: nor postgresql:", _REMEDY)


def _sqlite(parts: SplitResult) -> Address:
    path = parts.path.removeprefix("/")
    if parts.netloc or parts.query or parts.fragment:
        raise Invalid.at("database", "a SQLite address has three or four slashes, a path and nothing else", _REMEDY)
    if path in ("", ":memory:"):
        raise Invalid.at(
            "database",
            "SQLite in memory is not supported: each connection would see a database of its own",
            "name a file, for instance sqlite:///gongzhi.db",
        )
    return Address(dialect="sqlite", target=path, shown=f"sqlite:///{path}")


def _postgresql(url: str, parts: SplitResult, port: int | None) -> Address:
    name = parts.path.removeprefix("/")
    if not name or "/" in name:
        raise Invalid.at("database", "the PostgreSQL address names no database", _REMEDY)
    user = f"{parts.username}@" if parts.username else ""
    host = f"{parts.hostname or ''}{f':{port}' if port else ''}"
    return Address(dialect="postgresql", target=url, shown=f"postgresql://{user}{host}/{name}")
