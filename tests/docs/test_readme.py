"""What README and CONTRIBUTING show is real: the query and its answer, the commands, the folders, the links."""

import json
import re
import shlex
from collections.abc import AsyncIterator
from typing import Any

import click
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from gongzhi.app import create_app
from gongzhi.cli import main
from gongzhi.cli.demo import settings_of
from tests.style.source import ROOT, files

README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


@pytest.fixture
async def client(demo_sqlite: str) -> AsyncIterator[AsyncTestClient[Litestar]]:
    """The demo's application in this process."""
    async with AsyncTestClient(create_app(settings_of(0, demo_sqlite))) as opened:
        yield opened


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def commands(text: str, program: str) -> list[str]:
    return [line.split("#")[0].strip() for line in text.splitlines() if line.startswith(f"    {program} ")]


async def test_each_query_has_the_answer_that_is_shown(client: AsyncTestClient[Litestar]) -> None:
    queries, answers = blocks("graphql"), blocks("json")
    assert len(queries) == len(answers) >= 1
    for query, shown in zip(queries, answers, strict=True):
        answer: Any = (await client.post("/graphql", json={"query": query})).json()
        assert answer == json.loads(shown), json.dumps(answer, ensure_ascii=False, indent=2)


@pytest.mark.parametrize("line", commands(README, "gongzhi"))
def test_each_command_exists_with_its_options(line: str) -> None:
    command: click.Command = main
    context = click.Context(main)
    words = shlex.split(line)[1:]
    while isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None, line
        command = found
    values, rest, _ = command.make_parser(click.Context(command)).parse_args(args=words)
    assert rest == []
    assert values or not words


def test_each_target_of_make_exists() -> None:
    shown = [line.split()[1] for line in [*commands(README, "make"), *commands(CONTRIBUTING, "make")]]
    assert shown[:2] == ["serve", "test"]
    assert [target for target in shown if not re.search(rf"^{target}:.*##", MAKEFILE, re.MULTILINE)] == []


def test_every_folder_of_the_map_is_there_and_none_is_missing() -> None:
    shown = set(re.findall(r"^\| `([\w/.]+)` \|", README, re.MULTILINE))
    assert [path for path in shown if not (ROOT / path).exists()] == []
    folders = {f"gongzhi/{name.split('/')[1]}/" for name in files() if name.startswith("gongzhi/") and "/" in name[8:]}
    folders |= {f"{name.split('/')[0]}/" for name in files() if "/" in name and not name.startswith(".")}
    assert folders - shown - {"gongzhi/"} == set()


@pytest.mark.parametrize("name", [name for name in files() if name.endswith(".md")])
def test_every_relative_link_leads_somewhere(name: str) -> None:
    page = ROOT / name
    targets = re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize(("name", "limit"), [("README.md", 120), ("CONTRIBUTING.md", 60)])
def test_it_is_short(name: str, limit: int) -> None:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    assert len(lines) <= limit
    assert max(map(len, lines)) <= 160


def test_the_changelog_has_its_form() -> None:
    headings = re.findall(r"^## \[(.+?)\](?: - (\S+))?$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings[0] == ("Unreleased", "")
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", day) for _, day in headings[1:])


def test_make_help_describes_every_target() -> None:
    targets = re.findall(r"^\.PHONY: (\S+)$", MAKEFILE, re.MULTILINE)
    described = re.findall(r"^([a-z]+):.*## \S", MAKEFILE, re.MULTILINE)
    assert sorted(targets) == sorted(described)
    assert {"install", "serve", "test", "check", "bench", "schema", "fuzz"} <= set(targets)
