"""Files and functions stay small enough to be read at once."""

from statistics import median

from tests.style.exemptions import LONG_FILES, LONG_FUNCTIONS
from tests.style.source import PACKAGE, files, functions, listed, python, text, tree

MAX_FILE = 300
MAX_FUNCTION = 40
MEDIAN_FILE = 120
MEDIAN_FUNCTION = 12


def lines(name: str) -> int:
    return text(name).count("\n")


def long_files() -> dict[str, int]:
    return {name: lines(name) for name in python() if lines(name) > MAX_FILE}


def long_functions() -> dict[str, int]:
    return {
        f"{function.file}:{function.name}": function.lines
        for name in python()
        for function in functions(name)
        if function.lines > MAX_FUNCTION
    }


def test_no_python_file_is_too_long() -> None:
    found = [f"{name}: {count} lines" for name, count in long_files().items() if name not in LONG_FILES]
    assert not found, listed(found, f"Split the file by subject: {MAX_FILE} lines at most, about 90 is usual.")


def test_no_function_is_too_long() -> None:
    found = [f"{name}: {count} lines" for name, count in long_functions().items() if name not in LONG_FUNCTIONS]
    assert not found, listed(
        found, f"Give its steps names of their own: {MAX_FUNCTION} lines at most, docstring aside."
    )


def test_exemptions_are_needed_and_reasoned() -> None:
    needless = [*(LONG_FILES.keys() - long_files().keys()), *(LONG_FUNCTIONS.keys() - long_functions().keys())]
    assert not needless, listed(sorted(needless), "Remove these from tests/style/exemptions.py.")
    assert all(len(reason.split()) >= 3 for reason in [*LONG_FILES.values(), *LONG_FUNCTIONS.values()])


def test_medians_stay_low() -> None:
    package = [name for name in python(PACKAGE) if lines(name) > 1]
    assert median(lines(name) for name in package) <= MEDIAN_FILE, "Files grew: split some by subject."
    lengths = [function.lines for name in package for function in functions(name)]
    assert median(lengths) <= MEDIAN_FUNCTION, "Functions grew: give steps names of their own."


def test_every_python_file_can_be_parsed() -> None:
    found = [name for name in python() if text(name).strip() and not tree(name).body]
    assert not found, listed(found, "The oldest Python that is supported, 3.11, cannot read these; run them there.")


def test_every_python_file_is_seen() -> None:
    assert "gongzhi/core/errors.py" in python()
    assert "tests/style/test_size.py" in python()
    assert len(files()) > len(python()) > 100


def summary() -> str:
    """The figures of the package, for people."""
    package = [name for name in python(PACKAGE) if lines(name) > 1]
    lengths = [function.lines for name in package for function in functions(name)]
    longest = max(package, key=lines)
    return (
        f"{len(package)} files, median {median(map(lines, package)):.0f} lines, "
        f"longest {lines(longest)} ({longest}); {len(lengths)} functions, median {median(lengths):.0f} lines, "
        f"longest {max(lengths)}; {len(python('tests/'))} test files, {sum(map(lines, python('tests/')))} lines"
    )
