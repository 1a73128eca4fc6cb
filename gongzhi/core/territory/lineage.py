"""Splitting and merging places: the old ones close and stay readable, and the lineage says what became of them."""

from datetime import date

from gongzhi.core import clock, journal
from gongzhi.core.errors import Invalid, Problem
from gongzhi.core.fields import checked
from gongzhi.core.permissions import Principal, require
from gongzhi.core.records import check_version
from gongzhi.core.territory import path as paths
from gongzhi.core.territory import service, tables
from gongzhi.core.territory.records import ChangeKind, MergeTerritories, SplitTerritory, Territory
from gongzhi.core.validity import check_day


async def split(principal: Principal, command: SplitTerritory) -> list[Territory]:
    """One place becomes several, all at its level and below its parent, from the day on. Answers the new ones."""
    command = checked(command)
    source = await service.territory(principal, command.path)
    decision = require(principal, "split", service.RESOURCE, source.path)
    check_version(source.version, command.version, "territory")
    await service.check_closable(source, check_day(command.effective_on, "effective_on"))
    parent_path = paths.parent_of(source.path)
    day = max(command.effective_on, clock.today())
    parent = await service.find(parent_path, day) if parent_path else None
    parts = []
    for index, part in enumerate(command.parts):
        if part.level != source.level or part.parent_path not in (None, parent_path):
            raise Invalid.at(f"parts.{index}", f"a part of {source.path} is a {source.level} below {parent_path}")
        path = paths.parse(f"{parent_path or ''}/{part.slug}", f"parts.{index}.slug")
        row = service.row_of(part, parent, path)
        row.valid_from = command.effective_on
        await service.check_free(path, part.code)
        parts.append(await journal.insert(principal, decision, row, Territory))
    await journal.amend(principal, decision, tables.Territory, source, {"valid_to": command.effective_on})
    await _record(ChangeKind.split, [(source, part) for part in parts], command.effective_on, command.note)
    return parts


async def merge(principal: Principal, command: MergeTerritories) -> Territory:
    """Several places become part of `into`, an open place of the same level. Answers `into`."""
    command = checked(command)
    target = await service.find(command.into, check_day(command.effective_on, "effective_on"))
    sources = [await service.territory(principal, path) for path in dict.fromkeys(command.paths) if path != target.path]
    require(principal, "merge", service.RESOURCE, target.path)
    decisions = [require(principal, "merge", service.RESOURCE, source.path) for source in sources]
    if not sources:
        raise Invalid.at("paths", "name at least one place other than the one they become part of")
    wrong = [
        Problem(message=f"{source.path} is a {source.level}, {target.path} a {target.level}", field=f"paths.{index}")
        for index, source in enumerate(sources)
        if source.level != target.level
    ]
    if wrong:
        raise Invalid("only places of one level can merge", wrong)
    for source, decision in zip(sources, decisions, strict=True):
        await service.check_closable(source, command.effective_on)
        await journal.amend(principal, decision, tables.Territory, source, {"valid_to": command.effective_on})
    await _record(ChangeKind.merge, [(source, target) for source in sources], command.effective_on, command.note)
    return target


async def _record(kind: ChangeKind, pairs: list[tuple[Territory, Territory]], day: date, note: str) -> None:
    await tables.TerritoryChange.insert(
        *(
            tables.TerritoryChange(
                kind=kind.value,
                source=source.id,
                target=target.id,
                effective_on=day,
                note=note,
                recorded_at=clock.now(),
            )
            for source, target in pairs
        )
    )
