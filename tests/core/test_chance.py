"""Random bytes: as many as asked for, never the same again, nor in a forked process."""

import subprocess
import sys

from gongzhi.core import chance

FORKING = """
import os
from gongzhi.core import chance
chance.hexadecimal(1)  # there is something left over to be given out twice
read, write = os.pipe()
if os.fork() == 0:
    os.write(write, chance.hexadecimal(16).encode())
    os._exit(0)
os.wait()
print(chance.hexadecimal(16), os.read(read, 64).decode())
"""


def test_nothing_is_given_out_twice() -> None:
    given = [chance.hexadecimal(16) for _ in range(2_000)]  # more than one piece
    assert len(set(given)) == len(given)
    assert {len(each) for each in given} == {32}


def test_a_number_has_so_many_bits() -> None:
    for count in (1, 7, 8, 9, 62, 64):
        numbers = [chance.bits(count) for _ in range(400)]
        assert 0 <= min(numbers) <= max(numbers) < 1 << count
        assert max(numbers) >> (count - 1) == 1, "the highest bit is never set"


def test_more_than_a_piece_can_be_asked_for() -> None:
    assert len(set(chance.hexadecimal(10_000))) == 16


def test_a_forked_process_is_given_others() -> None:
    told = subprocess.run([sys.executable, "-c", FORKING], capture_output=True, text=True, check=True).stdout.split()
    assert len(told) == 2
    assert told[0] != told[1]
