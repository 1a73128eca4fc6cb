"""How commands are found, and how a refusal is shown: the message and the remedy, never a traceback."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from gongzhi.core.errors import GongzhiError, Invalid, Unavailable


class LazyGroup(click.Group):
    """A group that knows its commands' places and help, and imports one only to run it or to show its own help.

    `gongzhi --help` and `gongzhi token issue` would otherwise wait for the web server's imports. A command whose module
    is not installed is left out.
    """

    def __init__(self, *args: Any, commands_at: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = {name: at for name, at in commands_at.items() if find_spec(at[0].partition(":")[0]) is not None}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which somebody new needs them."""
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in self._places:
            return None
        module, _, attribute = self._places[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name; for a misspelt one, the nearest is proposed."""
        nearest = get_close_matches(args[0], self._places, n=1)
        if args[0] not in self._places and nearest:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {nearest[0]!r}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, written without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self._places.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a refusal, or a file that cannot be used, is a message on standard error and status 1."""
        try:
            return super().invoke(ctx)
        except GongzhiError as error:
            raise Refusal(error) from error
        except OSError as error:
            if error.filename is None:
                raise
            raise click.ClickException(f"{error.filename}: {error.strerror}") from error


class Refusal(click.ClickException):
    """A coded error as a person at a terminal reads it: what is wrong, every place of it, and what to do."""

    exit_code = 1

    def __init__(self, error: GongzhiError) -> None:
        super().__init__(error.message)
        self.error = error

    def format_message(self) -> str:
        """The message, a line for each problem unless it names them all, and the code's remedy.

        What is Invalid or Unavailable says in its own message what to do; the codes' remedies are for API clients.
        """
        problems = self.error.problems if isinstance(self.error, Invalid) else ()
        lines = [self.message]
        if any(str(problem) not in self.message for problem in problems):
            lines += [str(problem) for problem in problems]
        if not isinstance(self.error, Invalid | Unavailable):
            lines.append(self.error.remedy)
        return "\n".join(lines)
