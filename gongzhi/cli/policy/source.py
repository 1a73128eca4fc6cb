"""What a policy command works on: the directory, the words that its files may use, and the territories there are."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import click
import msgspec

from gongzhi.cli.policy import output
from gongzhi.cli.session import exists, opened, run, settings_for
from gongzhi.core.errors import Invalid
from gongzhi.core.migrations import App
from gongzhi.core.permissions import Snapshot, Vocabulary, load
from gongzhi.core.settings import Settings
from gongzhi.core.territory.tables import Territory
from gongzhi.installation import host_of

SHIPPED = "shipped"
"""How a command line names the policy without any directory."""


class Source(msgspec.Struct, frozen=True):
    """One policy as a command was given it. `directory` None is the shipped policy."""

    settings: Settings
    directory: Path | None
    vocabulary: Vocabulary
    plugins: Mapping[str, bytes]
    apps: Sequence[App]
    cases: Mapping[str, bytes] = {}

    @property
    def has_database(self) -> bool:
        """Whether there is a database to ask for territories and accounts."""
        return exists(self.settings.database)

    def known_paths(self) -> set[str] | None:
        """Every territory of the database; None without one, and then it stays unchecked whether they exist."""
        return run(self._paths()) if self.has_database else None

    async def _paths(self) -> set[str]:
        async with opened(self.settings, self.apps):
            return set(await Territory.select(Territory.path).output(as_list=True))

    def load(self, known_paths: Collection[str] | None) -> Snapshot:
        """The policy, compiled; Invalid with problems whose files are named as from the working directory."""
        try:
            return load(self.directory, self.vocabulary, known_paths, plugins=self.plugins)
        except Invalid as error:
            raise Invalid(error.message, output.placed(error.problems, self.directory)) from error

    def loaded(self, as_json: bool) -> Snapshot:
        """The policy, compiled; one with problems ends the command with status 1 after printing them."""
        try:
            return self.load(self.known_paths())
        except Invalid as error:
            output.echo_problems(error.problems, as_json)
            raise click.exceptions.Exit(1) from error

    def at(self, name: str) -> "Source":
        """The same installation with another directory, or with none for `shipped`."""
        return msgspec.structs.replace(self, directory=None if name == SHIPPED else Path(name))


def source(directory: Path | None = None, database: str | None = None) -> Source:
    """The directory given, else the configured one, with the plugins of this installation."""
    settings = settings_for(database)
    if directory is None and settings.policies is not None:
        directory = Path(settings.policies)
    host = host_of(settings)
    return Source(settings, directory, host.vocabulary(), host.policies(), host.apps(), host.cases())
