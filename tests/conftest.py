"""Random tests draw the same cases in every run, so that a change fails for what it changed.

``CLAUSEWISE_EXPLORE=1 python -m pytest`` draws new ones each time.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile

from hypothesis import settings

os.environ["CLAUSEWISE_CACHE"] = tempfile.mkdtemp(prefix="clausewise-tests-")
atexit.register(shutil.rmtree, os.environ["CLAUSEWISE_CACHE"], ignore_errors=True)

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("explore" if os.environ.get("CLAUSEWISE_EXPLORE") == "1" else "same")


INTERRUPTED = (130, -signal.SIGINT)
"""How an interrupted process ends: to a shell both are 130.

Python ends by the signal itself where it came while a module was being made out of a text, as the
standard library makes data classes.
"""


def interruptible() -> None:
    """Let a child be interrupted, though whoever runs the tests ignores the signal.

    For ``preexec_fn``: a shell starts what runs in the background with SIGINT ignored, and
    children inherit that.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
