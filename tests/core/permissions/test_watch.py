"""Policy files are followed whatever happens to them or around them."""

import asyncio
from pathlib import Path

from gongzhi.core.permissions import PolicyStore, core_vocabulary

RULE = "p, role:resident, /, actors.account, read, any, allow\n"
PATIENCE = 200
"""Looks at the store, 20 ms apart."""


async def becomes(store: PolicyStore, rules: int, *, failed: bool) -> bool:
    for _ in range(PATIENCE):
        if store.status.rules == rules and bool(store.status.error) is failed:
            return True
        await asyncio.sleep(0.02)
    return False


async def test_following_survives_what_it_cannot_read(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    failing: list[Exception] = []

    def known_paths() -> None:
        if failing:
            raise failing[0]

    store = PolicyStore(core_vocabulary(), folder, known_paths=known_paths)
    before = len(store.load().rules)
    watching = asyncio.create_task(store.watch(interval=0.02))
    try:
        failing.append(RuntimeError("no database"))
        (folder / "own.csv").write_text(RULE)
        assert await becomes(store, before, failed=True)
        assert "no database" in str(store.status.error)
        failing.clear()
        assert await becomes(store, before + 1, failed=False)
        assert not watching.done()
    finally:
        watching.cancel()
        await asyncio.wait([watching])


async def test_a_git_folder_that_cannot_be_read_means_no_commit(tmp_path: Path) -> None:
    (tmp_path / ".git").write_bytes(b"\xff\xfe")
    assert PolicyStore(core_vocabulary(), tmp_path).load().commit is None
