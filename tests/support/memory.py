"""Where the tests keep their files: in memory when there is room.

Waiting for the disk shows nothing: a process that is killed keeps what it wrote even so, and no test cuts the power.
"""

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 2 * 2**30  # bytes; a container's usual 64 MB would not do


def in_memory() -> list[Path]:
    """The folder that lies in memory, if there is one with room; else nothing."""
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return [MEMORY] if usable else []
