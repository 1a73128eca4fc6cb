"""What `gongzhi demo` says before it serves: where to look, what to try, who to be."""

import json
from collections.abc import Iterable, Mapping

from gongzhi.demo import DemoAccount

EXAMPLES = {
    "the district's basic services": (
        '{ serviceList(slug: "basic-services") { currentEdition { items(first: 3) '
        "{ totalCount edges { node { code name nameEn } } } } } }"
    ),
    "services for older people, by pinyin": (
        '{ items(search: "yanglao", first: 3) { edges { node { code name nameEn } } } }'
    ),
    "the communities of a subdistrict": (
        '{ territories(within: "/futian/nanyuan", level: COMMUNITY, first: 3) { edges { node { path name nameEn } } } }'
    ),
}
"""What -> an operation that anybody may send. A test sends each."""


def welcome(url: str, accounts: Iterable[DemoAccount], tokens: Mapping[str, str]) -> str:
    """The text for a terminal; `tokens` by account code."""
    lines = [
        "",
        f"  Look around   {url}/",
        f"  Try queries   {url}/graphiql",
        f"  Who may what  {url}/access",
        f"  Example page  {url}/example/",
        "",
        "Try, for instance:",
    ]
    for title, operation in EXAMPLES.items():
        lines += ["", f"  # {title}", f"  {curl(url, operation)}"]
    lines += ["", "Sign in with one of these, as `Authorization: Bearer TOKEN`; they last for a day:"]
    for account in accounts:
        lines += ["", f"  {account.code}: {account.title_en}, {account.may_en}", f"  {tokens[account.code]}"]
    return "\n".join([*lines, "", "Ctrl-C stops it. The data stay; --reset starts afresh.", ""])


def curl(url: str, operation: str) -> str:
    """The command that sends an operation."""
    body = json.dumps({"query": operation}, ensure_ascii=False)
    return f"curl -s {url}/graphql -H 'Content-Type: application/json' -d '{body}'"
