"""Connecting to what was checked: names are resolved here, once, and the connection goes to the address that was found.

Nobody resolves the name a second time, so that a server of names which answers differently each time (DNS rebinding)
gains nothing. The certificate is checked for the name all the same. Proxies of the environment are not used.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable

import httpcore

from gongzhi.core.webhooks.addresses import Address, Rules, allowed, parsed

RESOLVE_SECONDS = 3.0


class NotAllowed(Exception):
    """A name leads to an address that nothing may be sent to. The message does not tell which: that is ours to know."""


async def resolve(host: str, port: int, rules: Rules) -> list[Address]:
    """Every address of a host.

    :raises NotAllowed: one of them may not be sent to, or there is none. OSError or TimeoutError: it cannot be found.
    """
    async with asyncio.timeout(RESOLVE_SECONDS):
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = parsed(str(entry[4][0]) for entry in found)
    if not addresses or not all(allowed(address, port, rules) for address in addresses):
        raise NotAllowed("it leads to an address or port that is not public, and not among webhook_networks")
    return addresses


class Checked(httpcore.AsyncNetworkBackend):
    """Opens connections to checked addresses alone."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the name is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """To the first address that answers."""
        try:
            addresses = await resolve(host, port, self._rules)
        except (OSError, UnicodeError) as error:  # TimeoutError is one
            raise httpcore.ConnectError("the name cannot be resolved") from error
        for address in addresses[:-1]:
            try:
                return await self._inner.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._inner.connect_tcp(str(addresses[-1]), port, timeout, local_address, socket_options)


def pool(rules: Rules, context: ssl.SSLContext | None = None) -> httpcore.AsyncConnectionPool:
    """Connections that are checked each time they are made, and not kept."""
    return httpcore.AsyncConnectionPool(
        ssl_context=context or ssl.create_default_context(),
        max_keepalive_connections=0,
        max_connections=64,
        network_backend=Checked(rules),
    )
