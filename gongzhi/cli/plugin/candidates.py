"""Finding the plugin that somebody means: installed by its id, or a directory with a package."""

import sys
import tomllib
from functools import partial
from importlib import import_module
from pathlib import Path

from gongzhi.core.errors import Invalid, NotFound
from gongzhi.core.host import Candidate, installed
from gongzhi.core.host.plugin import GROUP
from gongzhi.installation import builtin


def found(name: str) -> Candidate:
    """The candidate of an id, or of the directory of a package.

    :raises NotFound: there is none. Invalid: the directory's pyproject.toml names no plugin.
    """
    if (Path(name) / "pyproject.toml").is_file():
        return _in_folder(Path(name).resolve())
    for candidate in (*builtin(), *installed()):
        if candidate.id == name:
            return candidate
    raise NotFound(f"there is no plugin {name!r}; name one of `gongzhi plugin list`, or the directory of its package")


def _in_folder(folder: Path) -> Candidate:
    try:
        declared = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"{folder}/pyproject.toml cannot be read: {error}") from error
    entries: dict[str, str] = declared.get("project", {}).get("entry-points", {}).get(GROUP, {})
    if len(entries) != 1:
        remedy = f'add [project.entry-points."{GROUP}"] with one line'
        raise Invalid(f"{folder}/pyproject.toml names no plugin; {remedy}")
    ((name, module),) = entries.items()
    source = folder / "src"
    sys.path.insert(0, str(source if source.is_dir() else folder))
    return Candidate(name, str(folder), partial(import_module, module))
