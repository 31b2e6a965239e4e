"""Ctrl-C and its kin as a question that a loop looks at, so that nothing is torn apart half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

KINDS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # Ctrl-C, a polite kill, a closed terminal; Ctrl-Break on Windows


@dataclass
class StopRequest:
    """How often somebody asked to stop."""

    times: int = 0

    def __bool__(self) -> bool:
        return self.times > 0

    @property
    def urgent(self) -> bool:
        """Whether somebody asked a second time, and does not want to wait."""
        return self.times > 1


@contextmanager
def stop_request(insisting: bool = False) -> Iterator[StopRequest]:
    """While this lasts, the signals that ask a process to stop are counted and do nothing else.

    With `insisting` a second one raises KeyboardInterrupt wherever the process is. Only the main thread gets signals:
    in another one nothing is changed. An ignored SIGHUP (nohup) stays ignored.
    """
    request = StopRequest()

    def count(*_: Any) -> None:
        request.times += 1
        if insisting and request.urgent:
            raise KeyboardInterrupt

    before = {}
    if threading.current_thread() is threading.main_thread():
        kinds = [getattr(signal, name) for name in KINDS if hasattr(signal, name)]
        heard = [kind for kind in kinds if kind != getattr(signal, "SIGHUP", None) or _listens(kind)]
        before = {kind: signal.signal(kind, count) for kind in heard}
    try:
        yield request
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler or signal.SIG_DFL)


def _listens(kind: signal.Signals) -> bool:
    return signal.getsignal(kind) != signal.SIG_IGN
