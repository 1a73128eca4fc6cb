"""Database addresses."""

import sqlite3

import pytest

from gongzhi.core.db import connect
from gongzhi.core.db.statements import reads_only
from gongzhi.core.errors import Invalid


@pytest.mark.parametrize(
    ("url", "dialect", "shown"),
    [
        ("sqlite:///gongzhi.db", "sqlite", "sqlite:///gongzhi.db"),
        ("sqlite:////var/lib/gongzhi.db", "sqlite", "sqlite:////var/lib/gongzhi.db"),
        ("postgresql://ann:s3cret@db:6432/g", "postgresql", "postgresql://ann@db:6432/g"),
        ("postgres://db/g?sslmode=require", "postgresql", "postgresql://db/g"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, dialect: str, shown: str) -> None:
    database = connect(url)
    assert (database.dialect, database.address.shown, repr(database.address)) == (dialect, shown, shown)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gongzhi.db",
        "mysql://ann:s3cret@db/g",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite://host/gongzhi.db",
        "sqlite:///gongzhi.db?mode=ro",
        "postgresql://ann:s3cret@db",
        "postgresql://ann:s3cret@db/a/b",
        "postgresql://ann:s3cret@db:port/g",
        "postgresql://ann:s3cret@[db/g",
    ],
)
def test_a_wrong_address_is_invalid_with_a_remedy_and_without_its_password(url: str) -> None:
    with pytest.raises(Invalid) as caught:
        connect(url)
    (problem,) = caught.value.problems
    assert problem.field == "database"
    assert problem.remedy is not None
    assert "s3cret" not in str(caught.value.extensions())


def test_sqlite_has_no_replicas() -> None:
    with pytest.raises(Invalid, match="replicas"):
        connect("sqlite:///gongzhi.db", replicas=["postgresql://db/g"])


@pytest.mark.parametrize(
    ("sql", "reads"),
    [
        ("SELECT 1", True),
        ("  select 1", True),
        ("VALUES (1)", True),
        ("WITH a AS (SELECT 1) SELECT * FROM a", True),
        ("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", False),
        ("EXPLAIN SELECT 1", True),
        ("INSERT INTO t VALUES (1)", False),
        ("PRAGMA user_version = 1", False),
        ("CREATE TABLE t (a)", False),
    ],
)
def test_only_what_cannot_write_goes_to_a_reader(sql: str, reads: bool) -> None:
    assert reads_only(sql) is reads


def test_sqlite_is_new_enough_here() -> None:
    assert sqlite3.sqlite_version_info >= (3, 35)
