"""The real servers, started once and asked for a moment: everybody answers the same, and what is written is there."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import pace
from bench.http import cases, contests, database, memory
from bench.http.checking import agreed
from bench.http.field import OURS, RAW, STOCK, UNCACHED, Field, without_cache
from bench.http.servers import NODE
from gongzhi.testing import databases

pytestmark = pytest.mark.xdist_group("contest")  # the servers are started once
NOBODY = "no node, npm or installed packages for the peers on Node.js"


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """Everybody at work, those on Node.js where their packages are, or where it is CI."""
    if not databases.server_answers():
        pytest.skip("no PostgreSQL")
    with pytest.MonkeyPatch.context() as patch, database.filled() as (url, items):
        patch.setenv(pace.VARIABLE, "1")
        found = Field(url, items, tmp_path_factory.mktemp("field"))
        if not os.environ.get("CI") and not (NODE / "node_modules").exists() or not shutil.which("node"):
            found.__dict__["nodeless"] = NOBODY
        with found.everybody():
            yield found


def test_everybody_answers_the_same_to_every_question(field: Field) -> None:
    codes = [item["code"] for items in field.items.values() for item in items]
    assert len(codes) == 110
    places = database.paths(field.database, cases.PAGE)
    assert len(places) == 95
    servers = [server for name, server in field.servers.items() if name != RAW]
    assert {OURS, UNCACHED, STOCK, *field.peers} == {server.name for server in servers}
    stored = [field.reading(name) for name in ("Mercurius", "Yoga") if name in field.peers]
    sizes = agreed(cases.public_list(), [*field.servers.values(), *stored])
    agreed(cases.one_item(codes[::30]), [*servers, *stored])
    agreed(cases.offerings_page(places[::30]), servers)
    answer = (field.folder / "answer.json").read_bytes()
    assert abs(sizes[RAW] - len(answer)) < 400
    assert len(json.loads(answer)["data"]["basic"]["currentEdition"]["items"]["nodes"]) == 87


def test_what_mutations_and_bare_transactions_write_is_counted(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contests, "turns", lambda: 1)
    before = database.counted(field.database, contests.TABLES)
    found = contests._written(field)
    after = database.counted(field.database, contests.TABLES)
    assert [each.name for each in found] == [OURS, contests.BEHIND, contests.BARE]
    assert [each.invalid for each in found] == [None] * 3
    grown = {now - then for now, then in zip(after, before, strict=True)}
    assert len(grown) == 1, "an offering has one audit line and one event, however it is written"


def test_an_answer_whose_rows_are_missing_does_not_count(field: Field) -> None:
    nothing = contests._kept(field, contests.putting(field.servers[RAW], ["{}"], "/graphql"))
    load = nothing(1)
    assert load.errors == load.requests > 0


def test_memory_is_measured_at_every_tenth(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "choose", lambda full, short: 1)
    monkeypatch.setattr(memory, "STEPS", 2)
    found = memory.measured(field)
    assert [len(each.steps) for each in found] == [2, 2]
    for (_, held, unit, _), (_, ratio, _, target) in zip(*[iter(memory.rows(found))] * 2, strict=True):
        assert held > 50
        assert unit == "MB"
        assert 0.9 < ratio < 1.5
        assert target == memory.FLAT
    assert memory.lines(found)[2].count("|") == 4


def test_the_response_cache_is_off_where_there_is_one() -> None:
    assert without_cache() in ({}, {"response_cache_bytes": "0"})


def test_packages_of_the_peers_are_locked_without_addresses() -> None:
    lock = json.loads((Path(NODE) / "package-lock.json").read_text("utf-8"))
    wanted = json.loads((Path(NODE) / "package.json").read_text("utf-8"))["dependencies"]
    assert lock["packages"][""]["dependencies"] == wanted
    assert not any("resolved" in package for package in lock["packages"].values())
    assert all(version[0].isdigit() for version in wanted.values())
