"""A worker that outlives the process it works for would train on unseen and keep its run's folder claimed.

Whoever starts a worker holds the writing end of its standard input. The system closes that end when the holder dies,
however it dies, and the worker reads the end of the stream.
"""

from __future__ import annotations

import _thread
import os
import threading
import time

LEASH = "TOONKIT_LEASH"  # set for a worker whose standard input is such a pipe
GRACE = 10.0  # seconds that a worker has to stop by itself


def end_with_parent(grace: float = GRACE) -> None:
    """Call once at a worker's beginning: when the process that started it is gone, it stops as by Ctrl-C.

    After `grace` seconds more it is ended for good. Does nothing in a process that nobody started as a worker.
    """
    if os.environ.pop(LEASH, None):  # what this process starts is not held by our standard input
        threading.Thread(target=_watch, args=(grace,), daemon=True).start()


def _watch(grace: float) -> None:
    while os.read(0, 1):  # not sys.stdin, whose lock would be held when Python ends
        pass
    _thread.interrupt_main()
    time.sleep(grace)
    os._exit(130)
