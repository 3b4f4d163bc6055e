"""Threads share pools of memory, and large pieces belong to none; seen in processes of their own."""

import subprocess
import sys

import pytest

from core import memory
from core.paths import ROOT

pytestmark = pytest.mark.skipif(memory.glibc() is None, reason="memory is not handed out by glibc here")


def test_threads_share_what_they_freed():
    """Counted in a process of its own, where glibc says how many pools it has made."""
    code = (
        "import ctypes, threading; from core.memory import share_pools; share_pools(); gate = threading.Barrier(20)\n"
        "def use(): held = [bytearray(50_000) for _ in range(20)]; gate.wait()\n"
        "threads = [threading.Thread(target=use) for _ in range(20)]; [t.start() for t in threads]\n"
        "[t.join() for t in threads]; libc = ctypes.CDLL(None); libc.fdopen.restype = ctypes.c_void_p\n"
        "libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b'w'))); libc.fflush(None)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert 1 <= done.stdout.count("<heap nr=") <= memory.ARENAS


def test_large_pieces_belong_to_no_pool():
    """By itself glibc takes 10 MB from a pool once 20 MB were freed; a piece of its own has the second bit set."""
    code = (
        "import ctypes; from core.memory import share_pools; {}; libc = ctypes.CDLL(None)\n"
        "libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]\n"
        "libc.free(libc.malloc(20 << 20)); print(ctypes.c_size_t.from_address(libc.malloc(10 << 20) - 8).value & 2)"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code.format(act)], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for act in ("pass", "share_pools()")
    ]
    assert said == ["0\n", "2\n"]
