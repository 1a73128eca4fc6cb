"""Where an attached document may be: at an https address or under a urn, written as the standards say."""

import re
from urllib.parse import urlsplit

from gongzhi.core.errors import Invalid

_CHARACTERS = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
"""What a URI may consist of (RFC 3986, section 2)."""
_URN = re.compile(r"urn:(?!urn:)[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:[^/?#].*", re.IGNORECASE)
"""A name in a namespace (RFC 8141, section 2)."""


def check_uri(uri: str, field: str = "uri") -> str:
    """The same address. It is never fetched.

    :raises Invalid: it is neither https nor urn, is not written as a URI, or carries a user name or password.
    """
    if problem := _problem(uri):
        raise Invalid.at(field, *problem)
    return uri


def _problem(uri: str) -> tuple[str, str] | None:
    """What is wrong, and what to do about it."""
    scheme = uri.partition(":")[0].lower()
    if scheme not in ("https", "urn"):
        return "only https: and urn: can be attached", "put the document where https reaches it"
    if not _CHARACTERS.fullmatch(uri):
        return "this address holds characters that no URI has", "percent-encode them"
    if scheme == "urn":
        return None if _URN.fullmatch(uri) else ("this is no urn", "write it like urn:isbn:9787100000000")
    return _https_problem(uri)


def _https_problem(uri: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "this is no address", "write it like https://example.org/minutes.pdf"
    if "@" in parts.netloc:
        return "this address carries a user name or password", "leave out what stands before the @"
    if not host or not uri[len("https:") :].startswith("//"):
        return "this address names no host", "write it like https://example.org/minutes.pdf"
    return None
