"""`python -m tests.examples` writes what the examples give now beside them; look at the difference afterwards."""

import asyncio
import json
import tempfile

from gongzhi.testing.serving import served, settings_for
from tests.demos import filled
from tests.examples.running import CHANGES, EXAMPLES, EXPECTED, READS, normal, path_of, published, read, send


async def write() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for(await filled(f"sqlite:///{folder}/demo.db"), demo=True)
        async with served(settings) as client:
            given = {name: await read(client, settings, name) for name in READS}
            given["create-offering"] = await send(client, settings, EXAMPLES["create-offering"])
            given |= await published(client, settings)
    EXPECTED.mkdir(exist_ok=True)
    for name in (*READS, *CHANGES):
        text = json.dumps(normal(given[name]), ensure_ascii=False, indent=1)
        path_of(name).write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    asyncio.run(write())
