"""Files that a package brings along: policies, cases, reference data."""

from importlib.resources import files


def packaged(package: str, name: str) -> bytes:
    """The content of a file beside the modules of a package, wherever the package is installed.

    :raises FileNotFoundError: the package brings no such file.
    """
    return files(package).joinpath(name).read_bytes()
