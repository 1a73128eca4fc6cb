"""Addresses of attached documents."""

import pytest

from gongzhi.core.errors import Invalid
from gongzhi.core.notes.addresses import check_uri

GOOD = (
    "https://example.org",
    "https://example.org/minutes%20of%20may.pdf?page=2#top",
    "HTTPS://EXAMPLE.ORG:8443/a",
    "https://[2001:db8::1]/a",
    "https://example.org/people/@name",
    "urn:isbn:9787100000000",
    "URN:uuid:0190f9a0-0000-7000-8000-000000000000",
)
BAD = {
    "javascript:alert(1)": "only https",
    "data:text/plain,hello": "only https",
    "file:///etc/passwd": "only https",
    "http://example.org/a.pdf": "only https",
    "ftp://example.org/a.pdf": "only https",
    " https://example.org": "only https",
    "/a.pdf": "only https",
    "": "only https",
    "https://user:secret@example.org/a.pdf": "user name or password",
    "https://user@example.org/a.pdf": "user name or password",
    "https://@example.org/a.pdf": "user name or password",
    "https:///a.pdf": "no host",
    "https:example.org": "no host",
    "https://:443/a.pdf": "no host",
    "https://example.org:port/": "no address",
    "https://example.org:99999/": "no address",
    "https://[2001:db8::1/a": "no address",
    "https://example.org/a b.pdf": "characters",
    "https://example.org/a\n": "characters",
    "https://example.org/文件.pdf": "characters",
    "https://example.org\\@evil.example/": "characters",
    "https://example.org/%zz": "characters",
    'https://example.org/"><script>': "characters",
    "urn:isbn": "no urn",
    "urn:isbn:": "no urn",
    "urn:-x:1": "no urn",
    "urn:urn:1": "no urn",
}


@pytest.mark.parametrize("uri", GOOD)
def test_https_and_urn_are_kept_as_they_are(uri: str) -> None:
    assert check_uri(uri) == uri


@pytest.mark.parametrize(("uri", "why"), BAD.items(), ids=[f"{number}" for number in range(len(BAD))])
def test_everything_else_is_refused_with_its_reason(uri: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_uri(uri)
    (problem,) = refused.value.problems
    assert problem.field == "uri"
    assert why in problem.message
    assert problem.remedy
