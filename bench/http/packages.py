"""Packages of Node.js in a folder of the checkout, installed once, however many processes want them at a time."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

MISSING = "no node and npm are on the PATH; on Debian: apt-get install nodejs npm"
STAMP = "node_modules/.gongzhi-installed"
"""Written when an installation has ended, with the digest of what it was made from. npm begins with taking it away."""


def why_no_node(folder: Path) -> str | None:
    """What is missing to run the programs of a folder, None when nothing is; what its lock names is installed here."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return MISSING
    with _alone(folder):
        wanted = sha256((folder / "package-lock.json").read_bytes()).hexdigest()
        stamp = folder / STAMP
        if stamp.exists() and stamp.read_text("utf-8") == wanted:
            return None
        print(f"installing the packages of {folder.name}/package-lock.json …", file=sys.stderr, flush=True)
        stamp.unlink(missing_ok=True)
        done = subprocess.run(["npm", "ci", "--no-progress"], cwd=folder, capture_output=True, text=True, timeout=600)
        if done.returncode:
            return f"npm ci has failed: {done.stderr[-400:]}"
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(wanted, "utf-8")
    return None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process of this machine after the other; whoever ends lets go, however it ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
