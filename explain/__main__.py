"""``python -m explain`` is the command ``clausewise``."""

from explain.cli import main

main()
