"""Editing a draft: single items, or a whole file in and out."""

from uuid import UUID

import msgspec

from gongzhi.core.catalogue import drafts, editions
from gongzhi.core.catalogue.diff import EditionDiff, diff
from gongzhi.core.catalogue.formats import Format, read, write
from gongzhi.core.catalogue.item import Item, ItemContent
from gongzhi.core.catalogue.lists import ListSpec
from gongzhi.core.catalogue.publication import changed_codes
from gongzhi.core.catalogue.records import Edition, EditionState, PutItem
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.errors import IllegalTransition, Invalid
from gongzhi.core.fields import checked
from gongzhi.core.journal import label_of
from gongzhi.core.journal import write as record
from gongzhi.core.permissions import Decision, Principal, require


class ImportFile(msgspec.Struct, frozen=True, kw_only=True):
    """Replace the content of a draft by a file's. A dry run changes nothing and answers the same difference."""

    edition: UUID
    version: int
    data: bytes
    format: Format
    filename: str = ""
    dry_run: bool = False


async def put_item(principal: Principal, catalogue: Catalogue, command: PutItem) -> tuple[Item, int]:
    """Add or replace one item of a draft; answers it with its version."""
    command = checked(command)
    current, spec, decision = await _editable(principal, catalogue, command.edition)
    return await drafts.put_item(principal, decision, current, spec, command.content, command.version)


async def remove_item(principal: Principal, catalogue: Catalogue, edition: UUID, code: str, version: int) -> Edition:
    """Take one item out of a draft; answers the edition."""
    current, _, decision = await _editable(principal, catalogue, edition)
    await drafts.remove_item(principal, decision, current, code, version)
    return await editions.edition(principal, edition)


async def import_file(principal: Principal, catalogue: Catalogue, command: ImportFile) -> tuple[Edition, EditionDiff]:
    """Read the whole file, report every problem at once, or put its items into the draft. Nothing half-imported."""
    current, spec, _ = await _editable(principal, catalogue, command.edition)
    decision = require(principal, "import", editions.RESOURCE, await editions.place_of(current))
    editions.check_seen(current, command.version)
    parsed = read(command.data, command.format, spec, filename=command.filename or None)
    before = await drafts.draft_contents(current.id)
    problems = list(changed_codes(parsed.contents, await editions.contents_before(current)))
    if problems:
        raise Invalid(f"the file changes {len(problems)} codes", problems)
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


async def export_file(
    principal: Principal, catalogue: Catalogue, edition: UUID, fmt: Format, language: str = "zh"
) -> bytes:
    """An edition as a file that `import_file` reads back to the same content."""
    found = await editions.edition(principal, edition)
    slug = (await editions.lists_by_ids([found.service_list]))[found.service_list].slug
    contents: list[ItemContent] = await drafts.draft_contents(edition)
    return write(contents, catalogue.registry.get(slug), fmt, language="en" if language == "en" else "zh")


async def _editable(principal: Principal, catalogue: Catalogue, edition: UUID) -> tuple[Edition, ListSpec, Decision]:
    current = await editions.edition(principal, edition)
    owner = (await editions.lists_by_ids([current.service_list]))[current.service_list]
    decision = require(principal, "edit", editions.RESOURCE, await editions.list_place(owner))
    if current.state is not EditionState.draft:
        raise IllegalTransition(
            f"edition {current.number} is {current.state}; only a draft can be edited, a correction is a new edition",
            state=current.state.value,
            allowed=editions.STEPS[current.state],
        )
    return current, catalogue.registry.get(owner.slug), decision
