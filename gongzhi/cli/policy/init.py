"""`gongzhi policy init`: something to start from."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from gongzhi.cli.policy import options, output

EXAMPLE = files("gongzhi") / "policies" / "example"


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@options.as_json
def init(directory: Path, as_json: bool) -> None:
    """Write an example policy with a test and instructions.

    A commented CSV file, a test case and a README for administrators. What is there already is never overwritten:
    then nothing is written and the exit status is 1.
    """
    wanted = {directory / name: content for name, content in example(EXAMPLE)}
    if taken := sorted(str(path) for path in wanted if path.exists()):
        raise click.ClickException(f"Nothing was written: there is already {', '.join(taken)}. Name another directory.")
    for path, content in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    if as_json:
        output.echo_json({"written": [str(path) for path in wanted]})
    else:
        click.echo("\n".join(f"{path} written" for path in wanted))


def example(folder: Traversable, prefix: str = "") -> list[tuple[str, bytes]]:
    """The files of the example with their places below the directory."""
    found: list[tuple[str, bytes]] = []
    for each in sorted(folder.iterdir(), key=lambda entry: (entry.is_dir(), entry.name)):
        if each.is_dir():
            found.extend(example(each, f"{prefix}{each.name}/"))
        else:
            found.append((prefix + each.name, each.read_bytes()))
    return found
