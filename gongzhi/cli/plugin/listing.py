"""`gongzhi plugin list`: the plugins of this installation, and why one is not at work."""

import click
import msgspec

from gongzhi.core.host import State
from gongzhi.core.settings import Settings


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def listing(as_json: bool) -> None:
    """List the plugins of this installation.

    Those that fail are named with the reason, and the exit status is 1.
    """
    from gongzhi.installation import host_of

    host = host_of(msgspec.structs.replace(Settings.load(), strict=False))
    if as_json:
        click.echo(msgspec.json.encode(host.statuses).decode())
    else:
        for status in host.statuses:
            line = f"{status.id:<16} {status.version:<10} {status.state.value:<7} {status.source}"
            more = f"{status.name} {status.name_en}" if status.state is State.on else status.reason
            click.echo(f"{line}  {more}")
    if host.failures:
        raise click.exceptions.Exit(1)
