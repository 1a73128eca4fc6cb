"""What linters do not check; each failure says where and what to do. `python -m tests.style` prints figures."""
