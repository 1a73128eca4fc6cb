"""`gongzhi audit show`: the newest lines, or those that somebody looks for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import click
import msgspec

from gongzhi.cli.audit.export import MOMENTS, aware
from gongzhi.cli.client import database_option
from gongzhi.cli.session import run, settings_for
from gongzhi.cli.workplace import working
from gongzhi.core.audit.kinds import AuditKind
from gongzhi.core.audit.trail import AuditLine, LineSeal, TrailFilter, lines, seals_of
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import SYSTEM

PAGE = 100
KINDS = click.Choice([kind.value for kind in AuditKind])


@click.command()
@click.option("--account", metavar="CODE", help="Only of this account; or system, or anonymous.")
@click.option("--record", metavar="TYPE:ID", help="Only about this record.")
@click.option("--resource", help="Only about this resource: catalogue.edition.")
@click.option("--within", metavar="PATH", help="Only at or below this place.")
@click.option("--kind", type=KINDS, help="Only of this kind.")
@click.option("--since", type=click.DateTime(MOMENTS), help="From then on, in Chinese time unless it says.")
@click.option("--until", type=click.DateTime(MOMENTS), help="Before then.")
@click.option("-n", "most", metavar="N", type=click.IntRange(1), default=50, show_default=True, help="The newest N.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
@database_option
def show(
    account: str | None,
    record: str | None,
    resource: str | None,
    within: str | None,
    kind: str | None,
    since: datetime | None,
    until: datetime | None,
    most: int,
    as_json: bool,
    database: str | None,
) -> None:
    """List who did what, on which authority.

    Oldest first: number in the chain, time, who, what, on which record, where, and the rule that decided.
    """
    wanted = TrailFilter(
        within, account, record, resource, aware(since), aware(until), AuditKind(kind) if kind else None
    )

    async def work() -> tuple[list[AuditLine], Mapping[UUID, LineSeal]]:
        async with working(settings_for(database)):
            found = await _newest(wanted, most)
            return found, await seals_of([line.id for line in found])

    found, seals = run(work())
    for line in found:
        seal = seals.get(line.id)
        click.echo(_as_json(line, seal) if as_json else _as_text(line, seal))


async def _newest(wanted: TrailFilter, most: int) -> list[AuditLine]:
    found: list[AuditLine] = []
    before = None
    while len(found) < most:
        page = await lines(SYSTEM, wanted, PageRequest(last=min(PAGE, most - len(found)), before=before))
        found = [*page.rows, *found]
        if not page.has_previous:
            break
        before = page.cursors[0]
    return found


def _as_json(line: AuditLine, seal: LineSeal | None) -> str:
    numbered = {"sequence": seal.sequence if seal else None, "hash": seal.hash if seal else None}
    return msgspec.json.encode({**numbered, **msgspec.structs.asdict(line)}).decode()


def _as_text(line: AuditLine, seal: LineSeal | None) -> str:
    parts: Sequence[str] = (
        str(seal.sequence) if seal else "-",
        f"{line.at:%Y-%m-%d %H:%M:%S}",
        line.account_label,
        line.source or "-",
        line.kind.value,
        f"{line.resource} {line.action}",
        line.record or "-",
        line.path,
        line.rule or "-",
        ",".join(line.changed) or "-",
    )
    return "\t".join(parts)
