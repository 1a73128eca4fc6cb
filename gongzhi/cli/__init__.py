"""The command `gongzhi`. Each subcommand is a module of this folder, imported when it is called and not before."""

import gc

import click

from gongzhi import __version__
from gongzhi.cli.group import LazyGroup

# Importing makes many objects and no garbage: looking for it costs a fifth of a start. The application switches the
# collector on again when it begins to serve; the other commands end before it would matter.
gc.disable()

COMMANDS = {
    "demo": ("gongzhi.cli.demo:demo", "Serve the demo data: the fastest way to look around."),
    "serve": ("gongzhi.cli.serve:serve", "Serve the API with the settings in force."),
    "worker": ("gongzhi.cli.worker:worker", "Deliver events and webhooks, and meet deadlines, without serving."),
    "migrate": ("gongzhi.cli.migrate:migrate", "Bring the database's tables up to date."),
    "backup": ("gongzhi.cli.backup:backup", "Copy the SQLite database to a file while the server goes on."),
    "restore": ("gongzhi.cli.backup:restore", "Let a backup be the SQLite database again."),
    "doctor": ("gongzhi.cli.doctor:doctor", "Check settings, database, policy, plugins and records."),
    "setup": ("gongzhi.cli.setup:setup", "Enter the district, its office and its first administrator."),
    "settings": ("gongzhi.cli.settings:settings", "Show the settings in force and where each was set."),
    "token": ("gongzhi.cli.token:token", "Sign tokens for development."),
    "account": ("gongzhi.cli.account:account", "Erase people."),
    "client": (
        "gongzhi.cli.client:client",
        "Register API clients and their keys.",
    ),
    "documents": (
        "gongzhi.cli.documents:documents",
        "Register trusted documents.",
    ),
    "webhook": ("gongzhi.cli.webhook:webhook", "Register webhooks: other systems that are told of events."),
    "catalogue": ("gongzhi.cli.catalogue:catalogue", "Import and export service lists."),
    "policy": ("gongzhi.cli.policy:policy", "Check, explain and compare permission policies."),
    "audit": ("gongzhi.cli.audit:audit", "Verify, export and show the audit log."),
    "plugin": ("gongzhi.cli.plugin:plugin", "List, write and check plugins."),
    "schema": ("gongzhi.cli.schema:schema", "Print or write the GraphQL schema."),
}
"""Name -> (where it is, what `gongzhi --help` says of it). A test compares the second with the command's own help."""


@click.group(cls=LazyGroup, commands_at=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gongzhi", message="%(prog)s %(version)s")
def main() -> None:
    """Service lists and permissions of a community (共治), over GraphQL.

    Settings come from gongzhi.toml and GONGZHI_* variables; `gongzhi settings` shows them.
    """
