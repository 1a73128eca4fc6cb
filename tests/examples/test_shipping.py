"""The examples come with the wheel, for a demo that runs without the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.examples.running import EXAMPLES


def test_an_installed_package_finds_its_examples(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    code = (
        "from gongzhi.web.examples import folder, operations\n"
        "print(*(example.name for example in operations()))\n"
        "print(folder('client') / 'index.html')"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    names, page = shown.stdout.splitlines()
    assert names.split() == list(EXAMPLES)
    assert Path(page) == tmp_path / "gongzhi/examples/client/index.html"
    assert Path(page).is_file()
