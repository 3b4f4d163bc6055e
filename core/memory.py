"""Where threads take memory from, and when the system gets it back; for glibc, which is Linux's."""

import ctypes
import sys
from functools import cache

ARENA_MAX, ARENAS = -8, 1  # glibc's M_ARENA_MAX
MMAP_THRESHOLD, LARGE = -3, 2**20  # glibc's M_MMAP_THRESHOLD, bytes


def share_pools() -> None:
    """Let all threads take memory from two pools of glibc's: each new thread has one of its own by default.

    What a thread frees in its own pool is of no use to another, so the process would grow with the number of threads.
    Large pieces, the numbers of many images, belong to no pool: by itself glibc would put them there after a while, and
    a small piece that lives on top of one keeps its memory from the system.
    """
    if libc := glibc():
        libc.mallopt(ARENA_MAX, ARENAS)
        libc.mallopt(MMAP_THRESHOLD, LARGE)


def give_back() -> None:
    """Give memory that is free back to the system."""
    if libc := glibc():
        libc.malloc_trim(0)


@cache
def glibc() -> ctypes.CDLL | None:
    """Return glibc, or None where memory comes from something else."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    return libc if libc is not None and hasattr(libc, "malloc_trim") else None
