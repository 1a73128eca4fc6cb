"""A page that needs nothing else: the frame, the style and the small pieces of which the pages are made."""

from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.resources import files

from gongzhi.web.policy.wording import Both, Stamp


@cache
def style_element() -> str:
    """What stands within the page's `style`: every page carries its style sheet within itself."""
    return "\n" + (files("gongzhi.web.policy") / "page.css").read_text("utf-8")


def both(words: Both) -> str:
    """Chinese, then English in small letters."""
    zh, en = (escape(word) for word in words)
    if not zh or not en:
        return zh or en
    return f'{zh} <small lang="en">{en}</small>'


def facts(pairs: Iterable[tuple[Both, str]]) -> str:
    """Names with values, in one line where there is room."""
    items = "".join(f"<div><dt>{both(name)}</dt><dd>{value}</dd></div>" for name, value in pairs)
    return f'<dl class="facts">{items}</dl>'


def stamped(stamp: Stamp) -> list[tuple[Both, str]]:
    """The facts that say which policy a page shows."""
    commit = [(("提交", "commit"), f"<code>{escape(stamp.commit[:12])}</code>")] if stamp.commit else []
    return [
        (("策略版本", "policy revision"), f"<code>{escape(stamp.revision)}</code>"),
        *commit,
        (("制表时间", "made at"), escape(stamp.moment)),
    ]


def document(title: Both, lead: str, body: str) -> str:
    """The whole page. `lead` stands below the title; both it and `body` are HTML already."""
    zh, en = (escape(word) for word in title)
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{zh} · {en}</title>\n<style>{style_element()}</style>\n</head>\n<body>\n"
        f'<header>\n<h1>{zh}<small lang="en">{en}</small></h1>\n{lead}\n</header>\n'
        f"<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
