"""Which addresses there are: the core's, and those that plugins add."""

from collections.abc import Sequence

from litestar.handlers import BaseRouteHandler

from gongzhi.core.host import Host


def with_plugins(own: Sequence[BaseRouteHandler], host: Host) -> list[BaseRouteHandler]:
    """The core's handlers and those of the plugins at work; a plugin that claims an address that is taken is off."""
    accepted = list(own)
    taken = {path: "core" for handler in own for path in handler.paths}
    for plugin in host.plugins:
        name = plugin.module.id
        claimed = [path for handler in plugin.routes for path in handler.paths]
        twins = [f"the address {path} is served by {taken[path]} and by {name}" for path in claimed if path in taken]
        if twins:
            host.fail(name, "; ".join(twins))
            continue
        taken |= dict.fromkeys(claimed, name)
        accepted += plugin.routes
    return accepted
