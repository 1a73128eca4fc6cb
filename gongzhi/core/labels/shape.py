"""The shape of the label tables."""

from collections.abc import Mapping
from enum import Enum

Labels = Mapping[type[Enum], Mapping[str, tuple[str, str]]]
"""For each enum, by the name of the member, its label in Chinese and in English.

By name, because members of two StrEnums with the same value are equal and would share one key.
"""
