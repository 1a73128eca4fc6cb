"""nginx in front of gongzhi, set up by the file that operators are given: examples/nginx/gongzhi.conf."""

import getpass
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.http.servers import ROOT

MISSING = "no nginx is on the PATH; on Debian: apt-get install nginx-light"
FILE = ROOT / "examples" / "nginx" / "gongzhi.conf"
PATIENCE = 10.0
WRONG = re.compile(r"\[(?:emerg|alert|crit|error)\].*")
_WRAPPER = """
daemon off; worker_processes 1; pid {folder}/pid; error_log stderr warn; {user}
events {{ worker_connections 256; }}
http {{
    log_format seen '$request_method $status $upstream_status';
    access_log {seen};
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/gongzhi.conf;
}}
"""


def program() -> str | None:
    """Where nginx is; Debian keeps it where only administrators look."""
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


@contextmanager
def nginx(folder: Path, port: int, upstream: int, *, logged: bool = True) -> Iterator[list[str]]:
    """A cache on a port of this machine, before what listens on another, until the block ends.

    Answers a list that holds at the end what nginx found wrong. `folder` gets the file `seen` where that is `logged`:
    for each request its method, its status, and the upstream's status, `-` where nginx answered by itself.
    """
    (folder / "gongzhi.conf").write_text(_adapted(folder, port, upstream), "utf-8")
    user = f"user {getpass.getuser()};" if os.getuid() == 0 else ""
    seen = f"{folder}/seen seen" if logged else "off"
    (folder / "nginx.conf").write_text(_WRAPPER.format(folder=folder, user=user, seen=seen), "utf-8")
    wrong: list[str] = []
    with (folder / "log").open("wb") as log:
        command = [str(program()), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(port, process, folder / "log")
        yield wrong
    finally:
        process.terminate()
        process.wait(PATIENCE)
        wrong += WRONG.findall((folder / "log").read_text("utf-8"))


def _adapted(folder: Path, port: int, upstream: int) -> str:
    """The operators' file with ports and a folder of one's own; ValueError where it does not have them once each."""
    text = FILE.read_text("utf-8")
    for theirs, own in (
        ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
        ("listen 8080", f"listen 127.0.0.1:{port}"),
        ("/var/cache/nginx/gongzhi", str(folder / "cache")),
    ):
        if text.count(theirs) != 1:
            raise ValueError(f"{FILE.name} has {theirs} {text.count(theirs)} times")
        text = text.replace(theirs, own)
    return text


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"nginx does not listen:\n{log.read_text('utf-8')[-2000:]}")
