"""`python -m gongzhi.cli`: the command, where its script is not on the path."""

from gongzhi.cli import main

main(prog_name="gongzhi")
