"""How much a file may hold. A list of a district has hundreds of items; these bounds keep a hostile file cheap."""

from gongzhi.core.errors import Limited

MAX_BYTES = 5_000_000
"""Of the file as it is sent."""

MAX_ITEMS = 5_000
"""Rows below the header, or entries of `items`."""

MAX_EXPANDED_BYTES = 30_000_000
"""Of a workbook when it is unpacked. A list of MAX_ITEMS long items needs about 20 million."""

MAX_PARTS = 1_000
"""Files inside a workbook."""

MAX_COLUMNS = 200
"""Cells in a row."""

MAX_ROWS = 20_000
"""Rows of a sheet, blank ones included: a sheet may declare a million of them that hold nothing."""

MAX_PROBLEMS = 1_000
"""Problems that are listed; a last entry says how many more there are."""

MAX_NODES = 400_000
"""Values and containers in a YAML file."""

MAX_DEPTH = 12
"""Containers inside one another in a YAML file; a list needs 6."""


def check_size(data: bytes) -> None:
    """Limited when the file is larger than MAX_BYTES."""
    if len(data) > MAX_BYTES:
        raise Limited(
            f"the file has {len(data):,} bytes, at most {MAX_BYTES:,} are read; remove what is not the list",
            limit="import_bytes",
            value=MAX_BYTES,
            actual=len(data),
        )


def check_items(count: int) -> None:
    """Limited when there are more than MAX_ITEMS items. Called while reading, so that the rest is never read."""
    if count > MAX_ITEMS:
        raise Limited(
            f"the file has more than {MAX_ITEMS:,} items; split the list, or delete the rows that hold none",
            limit="import_items",
            value=MAX_ITEMS,
        )


def check_row(number: int) -> None:
    """Limited when a sheet goes on after row MAX_ROWS."""
    if number > MAX_ROWS:
        raise Limited(
            f"the sheet goes on after row {MAX_ROWS:,}; delete the rows after the list, the blank ones too",
            limit="import_rows",
            value=MAX_ROWS,
        )
