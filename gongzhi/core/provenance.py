"""Where a record comes from, so that no reference or synthetic text is taken for an official one."""

from enum import StrEnum


class Provenance(StrEnum):
    """`official`: entered or imported by the authority itself; `reference`: compiled from public sources, of the
    published size but not the official text; `synthetic`: invented for a demonstration."""

    official = "official"
    reference = "reference"
    synthetic = "synthetic"
