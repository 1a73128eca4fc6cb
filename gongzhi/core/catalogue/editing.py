"""Editing a draft: single items, or a whole file in and out."""

import asyncio
from uuid import UUID

import msgspec

from gongzhi.core.catalogue import drafts, editions
from gongzhi.core.catalogue.commands import ImportFile, PutItem, RemoveItem
from gongzhi.core.catalogue.diff import EditionDiff, diff
from gongzhi.core.catalogue.formats import Format, ParsedFile, read, write
from gongzhi.core.catalogue.item import Item, ItemContent
from gongzhi.core.catalogue.lists import ListSpec
from gongzhi.core.catalogue.publication import changed_codes
from gongzhi.core.catalogue.records import Edition, EditionState
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.errors import IllegalTransition, Invalid, Problem
from gongzhi.core.fields import checked
from gongzhi.core.journal import label_of
from gongzhi.core.journal import write as record
from gongzhi.core.permissions import Decision, Principal


async def put_item(principal: Principal, catalogue: Catalogue, command: PutItem) -> tuple[Item, int]:
    """Add or replace one item of a draft; answers it with its version."""
    command = checked(command)
    current, spec, decision = await _editable(principal, catalogue, command.edition)
    return await drafts.put_item(principal, decision, current, spec, command.content, command.version)


async def remove_item(principal: Principal, catalogue: Catalogue, command: RemoveItem) -> Edition:
    """Take one item out of a draft; answers the edition."""
    command = checked(command)
    current, _, decision = await _editable(principal, catalogue, command.edition)
    await drafts.remove_item(principal, decision, current, command.code, command.version)
    return await editions.edition(principal, command.edition)


async def import_file(principal: Principal, catalogue: Catalogue, command: ImportFile) -> tuple[Edition, EditionDiff]:
    """Read the whole file, report every problem at once, or put its items into the draft. Nothing half-imported."""
    current, spec, decision = await _editable(principal, catalogue, command.edition, "import")
    editions.check_seen(current, command.version)
    # In a thread: five thousand rows take seconds, and other requests go on meanwhile.
    parsed = await asyncio.to_thread(read, command.data, command.format, spec, command.filename or None)
    before = await drafts.draft_contents(current.id)
    problems = list(changed_codes(parsed.contents, await editions.contents_before(current)))
    if problems:
        raise Invalid(f"the file changes {len(problems)} codes", [_placed(each, parsed) for each in problems])
    difference = diff(before, parsed.contents)
    if command.dry_run:
        return current, difference
    await drafts.replace_all(current, list(parsed.contents))
    changed = await editions.touch(current)
    await record(
        principal,
        decision,
        label_of(current),
        before={"items": len(before)},
        after={"items": len(parsed.contents), "file": command.filename},
    )
    return changed, difference


def _placed(problem: Problem, parsed: ParsedFile) -> Problem:
    """A problem of `items.<index>.code` where the editor of the file finds it."""
    _, index, field = str(problem.field).split(".")
    row = parsed.rows[int(index)]
    return msgspec.structs.replace(problem, field=field, file=parsed.filename, sheet=parsed.sheet, row=row)


async def export_file(
    principal: Principal, catalogue: Catalogue, edition: UUID, fmt: Format, language: str = "zh"
) -> bytes:
    """An edition as a file that `import_file` reads back to the same content."""
    _, owner, _ = await editions.authorized(principal, edition, "export")
    contents: list[ItemContent] = await drafts.draft_contents(edition)
    spec = catalogue.registry.get(owner.slug)
    return await asyncio.to_thread(write, contents, spec, fmt, "en" if language == "en" else "zh")


async def _editable(
    principal: Principal, catalogue: Catalogue, edition: UUID, action: str = "edit"
) -> tuple[Edition, ListSpec, Decision]:
    current, owner, decision = await editions.authorized(principal, edition, action)
    if current.state is not EditionState.draft:
        raise IllegalTransition(
            f"edition {current.number} is {current.state}; only a draft can be edited, a correction is a new edition",
            state=current.state.value,
            allowed=editions.STEPS[current.state],
        )
    return current, catalogue.registry.get(owner.slug), decision
