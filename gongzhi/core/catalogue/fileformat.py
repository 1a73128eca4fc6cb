"""The file formats that a list can be read from and written to."""

from enum import StrEnum


class Format(StrEnum):
    """CSV and XLSX are for offices, YAML for keeping a list under version control."""

    csv = "csv"
    xlsx = "xlsx"
    yaml = "yaml"
