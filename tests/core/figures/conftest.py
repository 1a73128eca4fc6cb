"""A small district with lists, on a fixed day, by the shipped policy."""

from tests.core.catalogue.conftest import catalogue

__all__ = ["catalogue"]
