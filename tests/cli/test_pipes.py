"""Output arrives whole also where stdout is not buffered, as in many containers."""

import io

from gongzhi.cli.catalogue import write_whole


class Pipe(io.RawIOBase):
    """A raw stream that takes a few bytes at a time, as the system may."""

    def __init__(self) -> None:
        self.got = b""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(memoryview(data)[:7])  # type: ignore[arg-type]  # whatever has a buffer
        self.got += part
        return len(part)


def test_what_a_pipe_takes_in_parts_arrives_whole() -> None:
    pipe = Pipe()
    write_whole(pipe, b"0123456789" * 10)  # type: ignore[arg-type]  # a raw stream is what an unbuffered stdout is
    assert pipe.got == b"0123456789" * 10
