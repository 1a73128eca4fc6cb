"""Every form in which an address that is not public can be written is refused, before and after it is resolved."""

import asyncio
import socket
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from gongzhi.core.errors import Invalid
from gongzhi.core.settings import Settings
from gongzhi.core.webhooks.addresses import Rules, allowed, destination, is_public
from gongzhi.core.webhooks.connecting import NotAllowed, resolve

PRIVATE = {
    "this network": "0.0.0.0",
    "private 10": "10.0.0.1",
    "private 172": "172.31.255.254",
    "private 192": "192.168.1.1",
    "loopback": "127.0.0.1",
    "loopback elsewhere": "127.8.9.10",
    "link-local": "169.254.0.23",
    "metadata": "169.254.169.254",
    "metadata in carrier-grade NAT": "100.100.100.200",
    "metadata in protocol assignments": "192.0.0.192",
    "platform service": "168.63.129.16",
    "carrier-grade NAT": "100.64.0.1",
    "documentation": "203.0.113.7",
    "benchmark": "198.19.0.1",
    "6to4 relay": "192.88.99.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "IPv6 unspecified": "::",
    "IPv6 loopback": "::1",
    "IPv6 link-local": "fe80::1",
    "IPv6 unique local": "fd00:ec2::254",
    "IPv6 site-local": "fec0::1",
    "IPv6 multicast": "ff02::1",
    "IPv6 documentation": "2001:db8::1",
    "IPv6 documentation, new": "3fff::1",
    "IPv6 discard": "100::1",
    "IPv4-mapped": "::ffff:10.0.0.1",
    "IPv4-mapped loopback": "::ffff:7f00:1",
    "IPv4-compatible": "::127.0.0.1",
    "IPv4-translated": "::ffff:0:10.0.0.1",
    "NAT64": "64:ff9b::10.0.0.1",
    "NAT64, local": "64:ff9b:1::808:808",
    "6to4": "2002:7f00:1::1",
    "6to4 of a public address": "2002:808:808::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "ISATAP": "2606:4700:1::5efe:10.0.0.1",
}
PUBLIC = ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]


@pytest.mark.parametrize("text", PRIVATE.values(), ids=PRIVATE)
def test_what_is_not_public_is_refused(text: str) -> None:
    assert not is_public(ip_address(text))
    assert not allowed(ip_address(text), 443, Rules())


@pytest.mark.parametrize("text", PUBLIC)
def test_what_is_public_is_allowed_at_the_ports_of_web_servers(text: str) -> None:
    assert is_public(ip_address(text))
    assert [
        port for port in (22, 25, 80, 443, 5432, 6379, 8080, 8443, 9200) if allowed(ip_address(text), port, Rules())
    ] == [
        80,
        443,
        8080,
        8443,
    ]


def test_networks_that_are_named_are_allowed_and_no_others() -> None:
    rules = Rules((ip_network("10.2.0.0/16"), ip_network("::1/128")))
    found = {
        text: allowed(ip_address(text), 9000, rules) for text in ("10.2.3.4", "::ffff:10.2.3.4", "10.3.0.1", "::1")
    }
    assert found == {"10.2.3.4": True, "::ffff:10.2.3.4": True, "10.3.0.1": False, "::1": True}
    assert not allowed(ip_address("8.8.8.8"), 9000, rules)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "//example.org/",
        "example.org",
        "https://",
        "https:///hooks",
        "https://user@example.org/",
        "https://user:password@example.org/",
        "https://example.org/#part",
        "https://example.org:22/",
        "https://example.org:99999/",
        "https://example.org:x/",
        "https://exa mple.org/",
        "https://example.org\\@127.0.0.1/",
        "https://example.org/\r\nHost: other",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
    ],
)
def test_what_is_no_address_of_a_web_server_is_refused(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        destination(url, Rules())
    assert refused.value.problems[0].field == "url"


def test_an_address_is_taken_apart() -> None:
    found = destination("https://例子.中国/通知?a=1", Rules())
    assert (found.scheme, found.host, found.port) == ("https", "xn--fsqu00a.xn--fiqs8s", 443)
    assert found.target == "/%E9%80%9A%E7%9F%A5?a=1"
    assert destination("http://example.org:8080/", Rules(http=True)).port == 8080


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "017700000001", "0", "::1", "::ffff:127.0.0.1"]
)
async def test_numbers_and_names_of_this_machine_are_found_out(host: str) -> None:
    with pytest.raises(NotAllowed, match="not public"):
        await resolve(host, 443, Rules())


async def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    async def found(host: str, port: int, **options: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port)) for text in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)
    with pytest.raises(NotAllowed):
        await resolve("example.org", 443, Rules())


def test_the_settings_are_checked() -> None:
    wrong = Settings(webhook_networks=("10.2.0.0/16", "*", "nonsense"), webhook_keys=("short",))
    assert [(problem.field, problem.message) for problem in wrong.unsafe()] == [
        ("webhook_networks", "'*' is no address and no network"),
        ("webhook_networks", "'nonsense' is no address and no network"),
        ("webhook_keys", "a key has fewer than 32 characters"),
    ]
