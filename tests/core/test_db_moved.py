"""SQLite's file is moved away while it is in use: nothing is written into what nobody would find again."""

from pathlib import Path

import pytest

from gongzhi.core.db import connect
from gongzhi.core.errors import Unavailable


@pytest.mark.parametrize("replaced", [False, True])
async def test_nothing_is_written_while_the_file_is_away(tmp_path: Path, replaced: bool) -> None:
    path, aside = tmp_path / "here.db", tmp_path / "aside.db"
    async with connect(f"sqlite:///{path}") as database:
        await database.execute("CREATE TABLE thing (name TEXT)")
        path.rename(aside)
        if replaced:
            path.touch()
        with pytest.raises(Unavailable, match="moved, deleted or replaced"):
            await database.execute("INSERT INTO thing VALUES ('lost')")
        with pytest.raises(Unavailable, match="moved, deleted or replaced"):
            await database.run_in_transaction(lambda: database.execute("INSERT INTO thing VALUES ('lost')"))
        with pytest.raises(Unavailable):
            await database.ping()
        assert await database.execute("SELECT * FROM thing") == []
        path.unlink(missing_ok=True)
        aside.rename(path)
        await database.ping()
        await database.execute("INSERT INTO thing VALUES ('kept')")
        assert await database.execute("SELECT * FROM thing") == [{"name": "kept"}]
