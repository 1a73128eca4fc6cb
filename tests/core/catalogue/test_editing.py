"""Whole files in and out of a draft."""

import asyncio

import pytest

from gongzhi.core import db
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.catalogue import editions, formats
from gongzhi.core.catalogue.commands import ImportFile
from gongzhi.core.catalogue.editing import export_file, import_file
from gongzhi.core.catalogue.fileformat import Format
from gongzhi.core.catalogue.item import ItemContent
from gongzhi.core.catalogue.records import Edition
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.errors import Conflict, Forbidden, IllegalTransition, Invalid, NotFound, Unauthenticated
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions import ANONYMOUS, SYSTEM
from tests.core.catalogue.contents import content
from tests.core.catalogue.editing import SLUG, codes, drafted, everything, published, put, submitted
from tests.core.places import holding, traces


def file(catalogue: Catalogue, *contents: ItemContent, fmt: Format = Format.csv) -> bytes:
    return formats.write(list(contents), catalogue.registry.get(SLUG), fmt)


def command(edition: Edition, data: bytes, fmt: Format = Format.csv, *, dry_run: bool = False) -> ImportFile:
    return ImportFile(
        edition=edition.id, version=edition.version, data=data, format=fmt, filename=f"list.{fmt}", dry_run=dry_run
    )


@pytest.mark.parametrize("fmt", list(Format))
async def test_a_file_replaces_the_content_of_a_draft(catalogue: Catalogue, fmt: Format) -> None:
    edition = await drafted(catalogue, content("a"), content("b"), content("c"))
    begun = await traces()
    wanted = [content("c"), content("b", "新", keywords=("甲", "乙")), content("d")]
    changed, difference = await import_file(SYSTEM, catalogue, command(edition, file(catalogue, *wanted, fmt=fmt), fmt))
    assert (difference.added, difference.removed, [each.code for each in difference.changed]) == (("d",), ("a",), ["b"])
    assert (changed.item_count, changed.version) == (3, edition.version + 1)
    assert await codes(edition) == ["c", "b", "d"]
    assert await traces() == (begun[0] + 1, begun[1] + 1)
    line = (await AuditEntry.select().order_by(AuditEntry.id))[-1]
    assert (line["action"], line["record"]) == ("import", f"Edition:{edition.id}")
    exported = await export_file(SYSTEM, catalogue, edition.id, fmt)
    assert list(formats.read(exported, fmt, catalogue.registry.get(SLUG)).contents) == wanted
    _, again = await import_file(SYSTEM, catalogue, command(changed, exported, fmt))
    assert not again


async def test_a_dry_run_tells_the_same_and_changes_nothing(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue, content("a"))
    data = file(catalogue, content("a", "新"), content("b"))
    before = await everything()
    found, tried = await import_file(SYSTEM, catalogue, command(edition, data, dry_run=True))
    assert found.version == edition.version
    assert await everything() == before
    _, done = await import_file(SYSTEM, catalogue, command(edition, data))
    assert tried == done


async def test_a_file_with_problems_tells_them_all_and_changes_nothing(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue, content("a"))
    head, *lines = file(catalogue, content("a"), content("b"), content("c")).decode("utf-8-sig").splitlines()
    lines[0] = lines[0].replace("a", "no spaces", 1)
    lines[2] = lines[2].replace("c", "b", 1)
    before = await everything()
    with pytest.raises(Invalid) as refused:
        await import_file(SYSTEM, catalogue, command(edition, "\n".join([head, *lines]).encode()))
    assert {problem.row for problem in refused.value.problems} == {2, 4}
    assert {problem.file for problem in refused.value.problems} == {"list.csv"}
    assert await everything() == before


async def test_a_file_that_changes_a_code_is_refused(catalogue: Catalogue) -> None:
    await published(catalogue, content("a", "养老"))
    edition = await drafted(catalogue, content("a", "养老"))
    before = await everything()
    for dry_run in (True, False):
        with pytest.raises(Invalid, match="养老 had the code a|changes 1 codes"):
            await import_file(
                SYSTEM, catalogue, command(edition, file(catalogue, content("x", "养老")), dry_run=dry_run)
            )
    assert await everything() == before


async def test_only_a_draft_at_its_version_takes_a_file(catalogue: Catalogue) -> None:
    data = file(catalogue, content("b"))
    review = await submitted(catalogue, content("a"))
    done = await published(catalogue, content("v"), slug="value-added-services")
    before = await everything()
    for edition in (review, done):
        with pytest.raises(IllegalTransition):
            await import_file(SYSTEM, catalogue, command(edition, data))
    with pytest.raises(NotFound):
        await import_file(SYSTEM, catalogue, ImportFile(edition=uuid7(), version=1, data=data, format=Format.csv))
    assert await everything() == before
    draft = await drafted(catalogue, content("a"), slug="committee-functions")
    stale = ImportFile(edition=draft.id, version=9, data=data, format=Format.csv)
    with pytest.raises(Conflict, match="version 1"):
        await import_file(SYSTEM, catalogue, stale)
    assert await codes(draft) == ["a"]


async def test_of_two_files_at_once_one_wins(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue, content("a"))

    async def attempt(code: str) -> None:
        async with db.current().transaction():
            await import_file(SYSTEM, catalogue, command(edition, file(catalogue, content(code))))

    results = await asyncio.gather(attempt("x"), attempt("y"), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    assert await codes(edition) == ["x" if results[0] is None else "y"]


async def test_a_file_and_an_editor_at_once_lose_nothing(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue, content("a"))

    async def edit() -> None:
        async with db.current().transaction():
            await put(catalogue, edition, content("a", "改"), version=1)

    async def replace() -> None:
        async with db.current().transaction():
            await import_file(SYSTEM, catalogue, command(edition, file(catalogue, content("a", "文件"))))

    results = await asyncio.gather(edit(), replace(), return_exceptions=True)
    refused = [result for result in results if result is not None]
    assert all(isinstance(result, Conflict) for result in refused)
    assert len(refused) <= 1
    found = await editions.edition(SYSTEM, edition.id)
    assert (found.item_count, await codes(edition)) == (1, ["a"])


async def test_importing_needs_its_permission_and_drafts_are_exported_for_their_readers_only(
    catalogue: Catalogue,
) -> None:
    edition = await drafted(catalogue, content("a"))
    data = file(catalogue, content("b"))
    before = await everything()
    for stranger in (ANONYMOUS, holding("resident", "/futian")):
        with pytest.raises(NotFound):
            await import_file(stranger, catalogue, command(edition, data))
        with pytest.raises(NotFound):
            await export_file(stranger, catalogue, edition.id, Format.csv)
    for reader in (holding("supervisor", "/futian"), holding("department.officer", "/futian", uuid7())):
        with pytest.raises(Forbidden):
            await import_file(reader, catalogue, command(edition, data))
        assert await export_file(reader, catalogue, edition.id, Format.csv)
    assert await everything() == before
    done = await published(catalogue, content("v"), slug="value-added-services")
    assert await export_file(ANONYMOUS, catalogue, done.id, Format.yaml)
    with pytest.raises(Unauthenticated):
        await import_file(ANONYMOUS, catalogue, command(done, data))
