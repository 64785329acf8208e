"""The process that serves."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAPS = """
import ctypes, threading
from bot.rasa_parts.server import one_heap
{first}
barrier = threading.Barrier(4)
def allocate():
    ctypes.CDLL(None).malloc(5000)
    barrier.wait()
threads = [threading.Thread(target=allocate) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="heaps of glibc")
def test_threads_share_one_heap() -> None:
    def heaps(first: str) -> int:
        command = [sys.executable, "-c", HEAPS.format(first=first)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout.count("<heap nr=")

    assert heaps("") > 1  # else the test sees nothing
    assert heaps("one_heap()") == 1
