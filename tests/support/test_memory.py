"""Files lie in memory where there is room, and nowhere else is asked for."""

from tests.support import memory
from tests.support.memory import MEMORY, in_memory


def test_a_small_memory_is_left_alone(monkeypatch):
    monkeypatch.setattr(memory, "ROOM", 0)
    assert in_memory() == ([MEMORY] if MEMORY.is_dir() else [])

    monkeypatch.setattr(memory, "ROOM", 2**60)
    assert in_memory() == []
