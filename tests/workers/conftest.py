"""The working directory, the database and the commands of an operator."""

from tests.cli.conftest import folder, gongzhi, migrated_url

__all__ = ["folder", "gongzhi", "migrated_url"]
