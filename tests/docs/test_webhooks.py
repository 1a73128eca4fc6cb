"""The code of the page on webhooks checks what is really sent; its commands exist, and so do its numbers."""

import base64
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click
import pytest

from gongzhi.cli import main
from gongzhi.core import clock
from gongzhi.core.webhooks.addresses import PORTS
from gongzhi.core.webhooks.secrets import shown
from gongzhi.core.webhooks.signing import headers
from gongzhi.core.webhooks.targets import WAITS
from tests.style.source import ROOT

PAGE = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
KEY, FORMER = b"k" * 32, b"f" * 32
BODY = '{"type":"a","data":{"name":"东园"}}'.encode()
CALL = """
const sent = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
console.log(isGenuine(sent.secret, sent.headers, Buffer.from(sent.body, "base64")));
"""
Check = Callable[[str, dict[str, str], bytes], bool]


def code(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def in_python(secret: str, given: dict[str, str], body: bytes) -> bool:
    names: dict[str, Any] = {}
    exec(code("python"), names)  # the page's own code
    return bool(names["is_genuine"](secret, given, body))


def in_javascript(secret: str, given: dict[str, str], body: bytes) -> bool:
    if shutil.which("node") is None:
        pytest.skip("Node.js is not there")
    sent = json.dumps({"secret": secret, "headers": given, "body": base64.b64encode(body).decode()})
    done = subprocess.run(
        ["node", "-e", code("javascript") + CALL], input=sent, capture_output=True, text=True, check=True
    )
    return {"true": True, "false": False}[done.stdout.strip()]


@pytest.mark.parametrize("check", [in_python, in_javascript])
def test_its_code_tells_what_is_genuine(check: Check) -> None:
    now = clock.now()
    given = headers("1", now, BODY, [KEY, FORMER])
    assert check(shown(KEY), given, BODY)
    assert check(shown(FORMER), given, BODY)
    assert not check(shown(b"x" * 32), given, BODY)
    assert not check(shown(KEY), given, BODY + b" ")
    assert not check(shown(KEY), {**given, "webhook-id": "2"}, BODY)
    assert not check(shown(KEY), headers("1", now - timedelta(minutes=6), BODY, [KEY]), BODY)


def test_its_commands_exist() -> None:
    lines = re.findall(r"^    (gongzhi (?:.+\\\n)*.+)$", PAGE, re.MULTILINE)
    assert len(lines) == 9
    for line in lines:
        words = shlex.split(line.replace("\\\n", " "))[1:]
        command, context = main.get_command(click.Context(main), words[0]), click.Context(main)
        if isinstance(command, click.Group):
            command, words = command.get_command(context, words[1]), words[1:]
        assert command is not None, line
        command.make_context(words[0], words[1:])


def test_its_numbers_are_those_of_the_code() -> None:
    spoken = {"s": "seconds", "min": "minutes", "h": "hours"}
    times = re.findall(r"after ((?:\d+ \w+,? (?:and\s+)?)+\d+ h), each a fifth", PAGE.replace("\n", " "))[0]
    found = [timedelta(**{spoken[unit]: int(number)}) for number, unit in re.findall(r"(\d+) (s|min|h)\b", times)]
    assert tuple(found) == WAITS
    assert f"ports {', '.join(map(str, sorted(PORTS)[:3]))} and {max(PORTS)}" in PAGE
