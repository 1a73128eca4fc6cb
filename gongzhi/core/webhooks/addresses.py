"""Which addresses may be sent to: public ones, and the networks that the operator names (SSRF, CWE-918).

What is not public is what the IANA special-purpose registries say (RFC 6890), with all forms in which an IPv6 address
carries an IPv4 one: the latter is looked at. Of IPv6 only what is given out globally (2000::/3) is public.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx
import msgspec

from gongzhi.core.errors import Invalid
from gongzhi.core.settings import Settings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS = frozenset({80, 443, 8080, 8443})
"""At public addresses. What else listens somewhere (databases, mail) is not to be spoken to."""

NOT_PUBLIC = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT; some clouds have their metadata there
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # the platform service of a cloud, which listens at a public address
        "169.254.0.0/16",  # link-local, with the metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_GLOBAL = ip_network("2000::/3")
_CARRIERS = tuple(ip_network(text) for text in ("::ffff:0:0/96", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96"))
"""Networks whose last 32 bits are an IPv4 address: mapped, compatible, translated (RFC 2765), NAT64 (RFC 6052)."""
_ISATAP = frozenset({b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe"})
"""What stands before the IPv4 address in an interface identifier of RFC 5214."""
_UNFIT = re.compile(r"[\x00-\x20\x7f\\]")


class Rules(msgspec.Struct, frozen=True):
    """What the operator allows beyond the public internet: networks that are not public, and http without TLS."""

    networks: tuple[Network, ...] = ()
    http: bool = False

    @classmethod
    def of(cls, settings: Settings) -> "Rules":
        """Those of the settings."""
        return cls(tuple(ip_network(text, strict=False) for text in settings.webhook_networks), settings.webhook_http)


class Destination(msgspec.Struct, frozen=True):
    """An address taken apart. `host` is a name or an IP address without brackets, as certificates are checked for it.

    `target` is its path with the query.
    """

    scheme: str
    host: str
    port: int
    target: str


def destination(url: str, rules: Rules, field: str = "url") -> Destination:
    """Where a URL leads; names are not resolved yet.

    :raises Invalid: it is no address that anything may be sent to, whatever its name resolves to.
    """

    def refused(message: str, remedy: str) -> Invalid:
        return Invalid.at(field, message, remedy)

    try:
        if _UNFIT.search(url):
            raise ValueError(url)
        parts = httpx.URL(url)
        host = parts.raw_host.decode("ascii")
    except (ValueError, httpx.InvalidURL):
        raise refused("this is no address", "write it like https://example.org/hooks") from None
    if parts.scheme not in ("https", "http") or not host or "%" in host:
        raise refused("this is no address of a web server", "write it like https://example.org/hooks")
    if parts.scheme == "http" and not rules.http:
        raise refused("what is sent over http can be read on the way", "use https, or have webhook_http set")
    if parts.userinfo or parts.fragment:
        raise refused("it has a user, a password or a fragment", "leave them out; what is sent is signed")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    chosen = Destination(parts.scheme, host, port, parts.raw_path.decode("ascii"))
    if chosen.port not in PORTS and not rules.networks:
        raise refused(f"port {chosen.port} is none of a web server", f"use one of {', '.join(map(str, sorted(PORTS)))}")
    return chosen


def allowed(address: Address, port: int, rules: Rules) -> bool:
    """Whether anything may be sent to a port of an address."""
    inner = carried(address)
    if any(inner in network or address in network for network in rules.networks):
        return True
    return port in PORTS and is_public(address)


def is_public(address: Address) -> bool:
    """Whether an address is given out globally, to somebody outside of all private networks."""
    inner = carried(address)
    if any(each in network for network in NOT_PUBLIC for each in {address, inner}):
        return False
    return isinstance(inner, IPv4Address) or inner in _GLOBAL


def carried(address: Address) -> Address:
    """The IPv4 address that an IPv6 one carries, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if any(address in network for network in _CARRIERS) or address.packed[8:12] in _ISATAP:
        return IPv4Address(address.packed[12:])
    return address


def parsed(texts: Iterable[str]) -> list[Address]:
    """Addresses as a resolver tells them; a zone, which only link-local ones have, is left out."""
    return [ip_address(text.partition("%")[0]) for text in dict.fromkeys(texts)]
