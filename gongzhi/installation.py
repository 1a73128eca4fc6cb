"""Which plugins this installation has: the built-in ones, and those of installed packages."""

from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pkgutil import iter_modules

from gongzhi import __version__, plugins
from gongzhi.core.errors import Invalid, Problem
from gongzhi.core.host import Candidate, Host, installed
from gongzhi.core.settings import Settings

SOURCE = "built-in"


def builtin() -> Iterator[Candidate]:
    """Each folder of `gongzhi.plugins`, by name; its module `plugin` implements the hooks."""
    for found in sorted(iter_modules(plugins.__path__), key=lambda each: each.name):
        if found.ispkg:
            yield Candidate(found.name, SOURCE, partial(import_module, f"{plugins.__name__}.{found.name}.plugin"))


def standard() -> Host:
    """A host with the built-in plugins and no others: what the checked-in schema and reference pages describe."""
    return Host(builtin(), __version__)


def host_of(settings: Settings) -> Host:
    """The host of these settings with the built-in plugins and those of installed packages.

    :raises Invalid: with the setting `strict`, when a plugin fails, naming each with its reason.
    """
    host = Host([*builtin(), *installed()], __version__, settings.plugins_disabled)
    refuse_failures(settings, host)
    return host


def refuse_failures(settings: Settings, host: Host) -> None:
    """:raises Invalid: with the setting `strict`, when a plugin has failed by now."""
    if settings.strict and host.failures:
        problems = [Problem(message=status.reason, field=status.id) for status in host.failures]
        raise Invalid(f"Refusing to start: {'; '.join(map(str, problems))}", problems)
