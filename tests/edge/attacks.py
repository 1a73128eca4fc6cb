"""Requests of somebody who means harm, each with the status and the code that it is to get.

The tests send them, and `python -m bench edge` tells how long each takes.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
ROOT = "{ %s }"
BACK = "query($n: Int) { items(first: $n, last: 50) { nodes { offerings(first: $n, last: 50) { nodes { id } } } } }"
POINT = "query($n: Int) { items(first: $n) { nodes { offerings(first: 100) { nodes { id } } } } }"
BEFORE = "query($n: Int) { items(first: $n) { totalCount } }"
KIN = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Territory { children(first: 100) { nodes { id } } } } }"
FRAGMENTS = "{ ...A } fragment A on Query { ... { s: __schema { types { name } } } }"
PLACE = '{ territory(path: "/futian") { %s } }'


class Attack(msgspec.Struct, frozen=True, kw_only=True):
    """A request and what it is to get. Without a code the answer is one of success, and harmless."""

    name: str
    status: int
    code: str | None
    body: bytes | str = b""
    method: str = "POST"
    path: str = "/graphql"
    headers: dict[str, str] = {}

    async def sent(self, client: httpx.AsyncClient) -> httpx.Response:
        """The answer to it."""
        headers = {"Content-Type": JSON, "Accept": GRAPHQL, **self.headers}
        content = self.body.encode("utf-8", "surrogatepass") if isinstance(self.body, str) else self.body
        return await client.request(self.method, self.path, content=content or None, headers=headers)


def document(name: str, text: str, code: str | None = "LIMITED", status: int | None = None, **variables: Any) -> Attack:
    """An attack by a document; one that breaks a limit is 429, one that is invalid 400."""
    status = status or {"LIMITED": 429, "INVALID": 400, None: 200}[code]
    return Attack(name=name, status=status, code=code, body=json.dumps({"query": text, "variables": variables}))


def attacks() -> list[Attack]:
    """All of them."""
    return [*documents(), *pages(), *validation(), *bodies(), *forgeries(), *requests()]


def documents() -> Iterator[Attack]:
    """Documents that are small and ask for much."""
    doubling = " ".join(f"fragment F{n} on Territory {{ ...F{n + 1} ...F{n + 1} }}" for n in range(24))
    yield document("fragments that double", PLACE % "...F0" + doubling + " fragment F24 on Territory { code }")
    aliased = " ".join(
        f"fragment F{n} on Territory {{ a: parent {{ ...F{n + 1} }} b: parent {{ ...F{n + 1} }} }}" for n in range(12)
    )
    yield document("aliases that double", PLACE % "...F0" + aliased + " fragment F12 on Territory { code }")
    yield document("500 levels", PLACE % ("parent { " * 300 + "code" + " }" * 300))
    yield document("20,000 brackets", "{ a" * 20_000)
    yield document("5,000 aliases", PLACE % " ".join(f"a{n}: code" for n in range(5_000)))
    yield document("980 equal fields", PLACE % ("code " * 980))
    yield document("400 equal objects", PLACE % ("parent { code name } " * 300))
    nested = "parent { code name nameEn level path } " * 8
    yield document("equal objects within equal objects", PLACE % f"parent {{ {nested} }} " * 20)
    spreads = "...F " * 300
    yield document(
        "a fragment 300 times", PLACE % spreads + "fragment F on Territory { parent { code name } children { code } }"
    )
    yield document("10,000 directives", PLACE % ("code " + "@include(if: true) " * 480))
    yield document("200 operations", " ".join(f"query Q{n} {{ __typename }}" for n in range(200)))
    yield document(
        "60 lists at once", ROOT % " ".join(f"a{n}: items(first: 100) {{ nodes {{ id }} }}" for n in range(21))
    )
    yield document("100 kB of blanks", "{ __typename }" + " " * 100_000)
    yield document("90 kB of comments", "# x\n" * 22_000 + "{ __typename }", None)
    yield document("3,000 words", "{ " + "x " * 3_000 + "}")
    types = "types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } }"
    yield document("introspection in circles", ROOT % f"__schema {{ {types} }}", "INVALID")


def pages() -> Iterator[Attack]:
    """Documents that hide how many rows they ask for."""
    inner = "offerings(first: 100) { nodes { item { offerings(first: 100) { nodes { id } } } } }"
    wide = ROOT % f"items(first: 100) {{ nodes {{ {inner} }} }}"
    yield document("pages within pages", wide)
    sized = "query($n: Int) { items(first: $n) { nodes { offerings(first: $n) { nodes { id } } } } }"
    yield document("pages by variables", sized, n=100)
    yield document(
        "a page of two billion", "query($n: Int!) { items(first: $n) { nodes { id } } }", status=200, n=2_000_000_000
    )
    yield document("10,000 ids", "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["x"] * 10_000)
    yield document("pages by null and backwards", BACK, n=None)
    yield document("pages by numbers with a point", POINT, n=100.0)
    yield document("a page before the first", BEFORE, "INVALID", 200, n=-1)
    yield document("lists within lists", PLACE % ("children { nodes { " * 4 + "id" + " } }" * 4))
    yield document("250 ids with pages", KIN, ids=["x"] * 250)


def validation() -> Iterator[Attack]:
    """Documents that are costly to refuse."""
    yield document("900 unknown fields", PLACE % " ".join(f"x{n}" for n in range(900)), "INVALID")
    yield document("900 unknown fragments", PLACE % " ".join(f"...F{n}" for n in range(900)), "INVALID")
    yield document(
        "fragments in a circle",
        PLACE % "...A" + "fragment A on Territory { ...B } fragment B on Territory { ...A }",
        "INVALID",
    )
    ring = " ".join(f"fragment F{n} on Territory {{ ...F{(n + 1) % 200} }}" for n in range(200))
    yield document("a circle of 200 fragments", PLACE % "...F0" + ring)
    variables = ", ".join(f"$v{n}: Int" for n in range(450))
    yield document("450 variables that nobody uses", f"query({variables}) {{ __typename }}")
    arguments = ", ".join(f"x{n}: 1" for n in range(450))
    yield document("450 unknown arguments", f"{{ items({arguments}) {{ totalCount }} }}", "INVALID")
    yield document("a number of 5,000 digits", "{ items(first: %s) { totalCount } }" % ("9" * 5_000), "INVALID")
    yield document("a name of 90,000 characters", ROOT % ("x" * 90_000), "INVALID")
    long = " ".join(character * 18_000 for character in "abcde")
    yield document("complaints that quote 18,000 characters each", ROOT % long, "INVALID")
    yield document("a directive that there is not", "{ __typename @defer @stream @live @x(y: 1) }", "INVALID")
    yield document("a directive twice", "{ __typename @skip(if: false) @skip(if: false) }", "INVALID")
    yield document("introspection by fragments", FRAGMENTS, "INVALID")
    yield document("a type by its name", '{ t: __type(name: "Account") { fields { name } } }', "INVALID")
    yield document("a field that is nearly right", "{ itemz { totalCount } }", "INVALID")
    yield document("a variable that is not declared", "{ items(first: $n) { totalCount } }", "INVALID", n=1)
    yield document("variables nobody declared", "{ __typename }", None, __proto__={"first": 100}, constructor=1)
    yield document("a zero in a name", "{ it\0ems { totalCount } }", "INVALID")
    yield document("blanks that no eye sees", "{ \u200b\u2028__typename }", "INVALID")
    yield document("a string that does not end", '{ territory(path: "' + "\\\\" * 40_000, "INVALID")
    yield document("a block of 90,000 lines", '{ territory(path: """' + "\n" * 90_000 + '""") { id } }', "INVALID", 200)
    yield document("half a surrogate in a literal", '{ territory(path: "\\ud800") { id } }', "INVALID")
    nested = "[" * 900 + "]" * 900
    yield document("900 brackets as a value", ROOT % f"nodes(ids: {nested}) {{ id }}")
    conflicting = " ".join(f"...on Territory {{ a: {'code' if n % 2 else 'name'} }}" for n in range(25))
    yield document("fields in conflict", PLACE % conflicting, "INVALID")


def bodies() -> Iterator[Attack]:
    """Bodies that are no requests."""
    yield Attack(name="a body of 2 MB", status=413, code="LIMITED", body=b'{"query": "' + b" " * 2_000_000 + b'"}')
    yield Attack(name="100,000 brackets of JSON", status=400, code="INVALID", body=b"[" * 100_000)
    deep = b'{"query": "{ __typename }", "variables": {"x": ' + b"[" * 900 + b"]" * 900 + b"}}"
    yield Attack(name="deep variables", status=400, code="INVALID", body=deep)
    number = b'{"query": "{ __typename }", "variables": {"x": ' + b"9" * 5_000 + b"}}"
    yield Attack(name="a variable of 5,000 digits", status=400, code="INVALID", body=number)
    beyond = b'{"query": "query($n: Int) { items(first: $n) { totalCount } }", "variables": {"n": 1e400}}'
    yield Attack(name="a number beyond numbers", status=400, code="INVALID", body=beyond)
    yield Attack(name="a number that is none", status=400, code="INVALID", body=beyond.replace(b"1e400", b"NaN"))
    twice = b'{"query": "{ __typename }", "query": "{ nothing }"}'
    yield Attack(name="a name twice", status=400, code="INVALID", body=twice)
    many = json.dumps({f"k{n}": n for n in range(60_000)} | {"query": "{ __typename }"})
    yield Attack(name="60,000 members", status=200, code=None, body=many)
    wide = {"query": "{ __typename }", "variables": {"x": [0] * 100_000}}
    yield Attack(name="100,000 members in a variable", status=429, code="LIMITED", body=json.dumps(wide))
    yield Attack(name="nothing", status=400, code="INVALID", body=b"")
    yield Attack(name="zeros", status=400, code="INVALID", body=bytes(100_000))
    yield Attack(name="a mark of byte order", status=400, code="INVALID", body=b"\xef\xbb\xbf" + twice)
    yield Attack(name="UTF-16", status=400, code="INVALID", body=twice.decode().encode("utf-16"))
    yield Attack(
        name="a batch of 1,000", status=400, code="INVALID", body=json.dumps([{"query": "{ __typename }"}] * 1000)
    )
    yield Attack(name="bytes that are no UTF-8", status=400, code="INVALID", body=b'{"query": "{ __typename \xff }"}')
    yield Attack(name="half a surrogate", status=400, code="INVALID", body='{"query": "{ __typename } # \ud800"}')
    zero = json.dumps({"query": "query($s: String) { items(search: $s) { totalCount } }", "variables": {"s": "a\0b"}})
    yield Attack(name="a zero in a search", status=200, code=None, body=zero)
    quoted = {"s": "'; DROP TABLE item; --"}
    injected = {"query": "query($s: String) { items(search: $s) { totalCount } }", "variables": quoted}
    yield Attack(name="SQL in a search", status=200, code=None, body=json.dumps(injected))
    long = {**injected, "variables": {"s": "养老" * 20_000}}
    yield Attack(name="a search of 40,000 characters", status=200, code="INVALID", body=json.dumps(long))


def forgeries() -> Iterator[Attack]:
    """Tokens, keys and ids that were made up."""
    typename = json.dumps({"query": "{ __typename }"})
    head, claims = (_part({"alg": "none"}), _part({"iss": "gongzhi", "sub": "demo-admin", "exp": 9_999_999_999}))
    for name, token in {
        "a token without signature": f"{head}.{claims}.",
        "a token by a public key": f"{_part({'alg': 'HS256', 'jwk': {'kty': 'oct', 'k': 'AA'}})}.{claims}.AAAA",
        "a token with a key's address": f"{_part({'alg': 'RS256', 'jku': 'http://127.0.0.1/'})}.{claims}.AAAA",
        "a token of 8 kB": "a." * 4_000,
    }.items():
        headers = {"Authorization": f"Bearer {token}"}
        yield Attack(name=name, status=401, code="UNAUTHENTICATED", body=typename, headers=headers)
    yield Attack(
        name="a guessed API key", status=401, code="UNAUTHENTICATED", body=typename, headers={"X-API-Key": "a" * 43}
    )
    forged = {"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {"id": "QWNjb3VudDonIE9SIDE9MSAtLQ=="}}
    yield Attack(name="SQL in an id", status=200, code="INVALID", body=json.dumps(forged))
    cursor = {"query": "query($c: String) { items(after: $c) { totalCount } }", "variables": {"c": "W251bGxd" * 99}}
    yield Attack(name="a made-up cursor", status=200, code="INVALID", body=json.dumps(cursor))


def requests() -> Iterator[Attack]:
    """Requests that a page of another origin makes in the name of its visitor, and addresses that lead elsewhere."""
    typename = json.dumps({"query": "{ __typename }"})
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        headers = {"Content-Type": kind, **elsewhere}
        yield Attack(
            name=f"a form as {kind.partition(';')[0]}", status=415, code="INVALID", body=typename, headers=headers
        )
    stream = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/event-stream", **elsewhere}
    yield Attack(name="a stream by a form", status=415, code="INVALID", body=typename, headers=stream)
    charset = {"Content-Type": "application/json; charset=utf-16"}
    yield Attack(name="another charset", status=415, code="INVALID", body=typename, headers=charset)
    query = "/graphql?query=%7B__typename%7D"
    yield Attack(
        name="a query by another origin's image",
        status=403,
        code="INVALID",
        method="GET",
        path=query,
        headers=elsewhere,
    )
    change = "/graphql?query=mutation%7B__typename%7D"
    yield Attack(name="a mutation by GET", status=405, code="INVALID", method="GET", path=change)
    override = {"X-HTTP-Method-Override": "POST"}
    yield Attack(name="a method in a header", status=405, code="INVALID", method="GET", path=change, headers=override)
    follow = json.dumps({"query": "subscription { catalogueChanged { cursor } }"})
    yield Attack(name="a subscription by POST", status=406, code="INVALID", body=follow)
    head = {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "localhost", "X-Real-IP": "127.0.0.1"}
    yield Attack(name="a forged address", status=200, code=None, body=typename, headers=head)
    yield Attack(
        name="a file outside of the folder", status=404, code="NOT_FOUND", method="GET", path="/static/..%2f..%2fapp.py"
    )
    yield Attack(
        name="a document by a wrong digest", status=404, code="NOT_FOUND", method="GET", path="/graphql/d/" + "0" * 64
    )


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
