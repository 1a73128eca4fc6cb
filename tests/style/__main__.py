"""`python -m tests.style`: the sizes of the package."""

from tests.style.test_size import summary

print(summary())  # noqa: T201  # it is what the command is for
