"""`python -m docs.generate`: writes docs/reference/ from the declarations in the code. `make docs` runs it.

With `--check` it changes nothing and exits with 1 if a page is out of date.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from docs.api import public
from docs.commands import commands
from docs.declarations import errors, resources, settings
from docs.lists import lists
from docs.workflows import workflows

FOLDER = Path(__file__).parent / "reference"
PAGES: dict[str, Callable[[], Iterable[str]]] = {
    "api": public,
    "commands": commands,
    "errors": errors,
    "lists": lists,
    "resources": resources,
    "settings": settings,
    "workflows": workflows,
}
"""Name of the page -> its lines."""


def page(name: str) -> str:
    """A page's text."""
    return "\n".join(PAGES[name]()) + "\n"


def outdated() -> list[Path]:
    """The pages that are missing or differ from what the code says."""
    paths = {FOLDER / f"{name}.md": name for name in PAGES}
    return [path for path, name in paths.items() if not path.exists() or path.read_text("utf-8") != page(name)]


def main() -> None:
    """Write what is out of date, or report it."""
    stale = outdated()
    for path in stale:
        if "--check" not in sys.argv:
            path.write_text(page(path.stem), "utf-8")
        print(f"{path.relative_to(FOLDER.parent.parent)} {'is out of date' if '--check' in sys.argv else 'written'}")
    if stale and "--check" in sys.argv:
        sys.exit("Run `make docs` and look at the difference.")


if __name__ == "__main__":
    main()
