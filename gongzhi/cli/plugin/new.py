"""`gongzhi plugin new`: a package that passes its own tests at once, made from the shipped example."""

import keyword
import re
from pathlib import Path

import click

from gongzhi.core.errors import Invalid
from gongzhi.web.examples import folder

EXAMPLE = "plugins/shared-tools"
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_TITLE = re.compile(r"[^\x00-\x1f\x7f\"\\]{1,20}")
LONGEST = 24
"""Characters of a name: with more, lines of the package would be too long."""
_LEFT_OUT = re.compile(r"\..*|__pycache__|.*\.egg-info|build|dist")
"""What tools leave in the example's directory when somebody works on it."""


@click.command()
@click.argument("name")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Where to write it.")
@click.option("--title", default="", help="What it is called in Chinese; the name if left out.")
def new(name: str, into: Path, title: str) -> None:
    """Write a package with a plugin to start from.

    NAME is the plugin's id, such as tool_library: lower-case words joined by underscores. The package is written to
    gongzhi-NAME in the directory of --into: tables with a migration, permissions with cases, a workflow, use cases,
    GraphQL types and tests. It lends things, so that every part has something to do; change it into what you need.
    """
    check_name(name)
    if title and not _TITLE.fullmatch(title):
        raise Invalid(
            f"{title!r} is no title; use at most 20 characters on one line, no quotation mark and no backslash"
        )
    target = into / f"gongzhi-{name.replace('_', '-')}"
    if target.exists():
        raise Invalid(f"{target} exists already; choose another name or directory")
    written = write(name, target, title)
    click.echo(f"{len(written)} files written to {target}. Next:")
    for line in (f"cd {target}", "pip install -e '.[test]'", f"gongzhi plugin check {name}", "pytest"):
        click.echo(f"  {line}")


def check_name(name: str) -> None:
    """:raises Invalid: the name is none for a plugin, or taken."""
    from gongzhi.core.host import installed
    from gongzhi.core.permissions.vocabulary import CORE_FOLDERS
    from gongzhi.installation import builtin

    if not _NAME.fullmatch(name) or len(name) > LONGEST:
        remedy = f"write lower-case words joined by underscores, at most {LONGEST} characters: tool_library"
        raise Invalid(f"{name!r} is no name for a plugin; {remedy}")
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise Invalid(f"{name!r} is a word of Python; choose another name")
    taken = {candidate.id: candidate.source for candidate in (*builtin(), *installed())}
    taken |= dict.fromkeys(("core", *CORE_FOLDERS), "core")
    if name in taken:
        raise Invalid(f"there is a plugin {name} already ({taken[name]}); choose another name")


def write(name: str, target: Path, title: str) -> list[Path]:
    """The files of the package, written; the example's with the names exchanged."""
    example = folder(EXAMPLE)
    words = renaming(name, title)
    written: list[Path] = []
    for source in sorted(example.rglob("*")):
        place = source.relative_to(example)
        if source.is_dir() or any(_LEFT_OUT.fullmatch(part) for part in place.parts):
            continue
        path = target / exchanged(str(place), words)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(exchanged(source.read_text("utf-8"), words), "utf-8")
        written.append(path)
    return written


def renaming(name: str, title: str) -> dict[str, str]:
    """What stands in the example -> what stands in the new package.

    The new words sort like those that they replace, so that imports stay sorted; and what the whole schema shares
    begins with the plugin's name and goes on, so that it is nobody else's.
    """
    camel = "".join(part.capitalize() for part in name.split("_"))
    small = camel[0].lower() + camel[1:]
    english = name.replace("_", " ").capitalize()
    return {
        "gongzhi_shared_tools": f"gongzhi_{name}",
        "gongzhi-shared-tools": f"gongzhi-{name.replace('_', '-')}",
        "def shared_tools": f"def {name}_things",
        "def shared_tool_": f"def {name}_thing_",
        "sharedTools": f"{small}Things",
        "sharedTool": f"{small}Thing",
        "shared_tools": name,
        "shared-tools": name.replace("_", "-"),
        "SharedTools": camel,
        "SharedTool": f"{camel}Thing",
        "askForTool": f"askFor{camel}Thing",
        "AskForTool": f"AskFor{camel}Thing",
        "shareTool": f"share{camel}Thing",
        "ShareTool": f"Share{camel}Thing",
        "Shared tools": english,
        "共享工具": title or english,
        "[tool.": "[tool.",
        "Tool": "Thing",
        "tool": "thing",
        "TOOL": "THING",
    }


def exchanged(text: str, words: dict[str, str]) -> str:
    """A text with each word of the example replaced, all at once."""
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    return pattern.sub(lambda found: words[found[0]], text)
