"""Files with a secret that this machine makes for itself: only their owner may read them, and nobody replaces one."""

import os
import secrets
from pathlib import Path


def create(path: Path, content: bytes) -> None:
    """Write a new file. Of several processes that do so at once, one succeeds and the others keep its content.

    :raises OSError: the folder cannot be made or written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
