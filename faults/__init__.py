"""What breaks, done to the real server as a process; `make faults` prints what was seen.

A fault is a module with a TITLE and a coroutine `fault(ground)`. A ground is one engine: a database of its own, and a
server that `gongzhi serve` runs on it.
"""
