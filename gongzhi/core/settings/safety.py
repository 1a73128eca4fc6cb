"""What must not be started with, and what to set instead."""

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gongzhi.core.errors import Problem

if TYPE_CHECKING:
    from gongzhi.core.settings.declaration import Settings


SHORTEST_KEY = 32


def is_loopback(host: str) -> bool:
    """Whether a host name or an address (IPv6 with or without brackets) is this machine alone."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_private_channel(url: str) -> bool:
    """Whether nobody on the way can change what is fetched from there: https, or http within this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))


def issuer_problems(settings: "Settings") -> list[Problem]:
    """What is wrong with the issuer, wherever the server listens."""
    if settings.issuer is None:
        if settings.jwks_url is None:
            return []
        return [Problem("keys without an issuer would not be used", field="jwks_url", remedy="set issuer too")]
    addresses = {"issuer": settings.issuer, "jwks_url": settings.jwks_url}
    return [
        Problem("anybody on the way could replace its keys", field=name, remedy="use an https:// address")
        for name, address in addresses.items()
        if address is not None and not is_private_channel(address)
    ]


def exposure_problems(settings: "Settings") -> list[Problem]:
    """What is wrong because others than this machine can reach the server."""
    listens = f"listening on {settings.host}" if not is_loopback(settings.host) else "behind a proxy"
    found = []
    if settings.demo:
        remedy = "set demo = false, or host = '127.0.0.1' and no trusted_proxies"
        found.append(
            Problem(f"everybody knows the demo's accounts, and the server is {listens}", "demo", remedy=remedy)
        )
    if settings.introspection == "on":
        remedy = "set introspection = 'signed-in' or 'off'"
        found.append(Problem(f"the schema is open to everybody while {listens}", "introspection", remedy=remedy))
    if settings.issuer is None:
        remedy = "set issuer (and audience) to your identity provider's, or host = '127.0.0.1' and no trusted_proxies"
        found.append(Problem(f"only the development key signs tokens while {listens}", "issuer", remedy=remedy))
    if "*" in settings.cors_origins:
        remedy = "name the origins, such as https://example.org"
        found.append(Problem(f"any page may call the API while {listens}", "cors_origins", remedy=remedy))
    if "*" in settings.trusted_proxies:
        remedy = "name the proxies' addresses or networks"
        found.append(Problem("anybody could claim to come from any address", "trusted_proxies", remedy=remedy))
    if any(_everybody(network) for network in settings.metrics_from):
        remedy = "name the network of your Prometheus, or leave it to this machine"
        found.append(Problem(f"metrics are for everybody while {listens}", "metrics_from", remedy=remedy))
    return found


def form_problems(settings: "Settings") -> list[Problem]:
    """What can mean nothing, and would silently protect nothing."""
    found = []
    for origin in settings.cors_origins:
        parts = urlsplit(origin)
        if origin != "*" and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query):
            remedy = "write it like https://example.org, without a path or a slash at its end"
            found.append(Problem(f"{origin[:80]!r} is no origin", "cors_origins", remedy=remedy))
    lists = ("metrics_from", "trusted_proxies", "webhook_networks")
    for name, networks in ((name, getattr(settings, name)) for name in lists):
        for network in networks:
            if (network != "*" or name == "webhook_networks") and not _is_network(network):
                remedy = "write it like 10.0.0.7 or 10.0.0.0/8"
                found.append(Problem(f"{network[:80]!r} is no address and no network", name, remedy=remedy))
    if any(len(key) < SHORTEST_KEY for key in settings.webhook_keys):
        remedy = "make one with `openssl rand -hex 32`"
        found.append(Problem(f"a key has fewer than {SHORTEST_KEY} characters", "webhook_keys", remedy=remedy))
    if settings.cost_limit_anonymous > settings.cost_limit:
        remedy = "set cost_limit to as much, or cost_limit_anonymous to less"
        found.append(Problem("who signs in could ask for less than who does not", "cost_limit", remedy=remedy))
    return found


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _everybody(text: str) -> bool:
    return _is_network(text) and ip_network(text, strict=False).prefixlen == 0
