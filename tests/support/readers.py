"""What was left to be read in a rush is read by a thread of the web process: here, of the test's own."""

import threading

from crm.intake.rush import READER


def until_all_is_read() -> None:
    """Wait for it: whoever reads stays until all is read."""
    for thread in threading.enumerate():
        if thread.name == READER:
            thread.join(60)
            assert not thread.is_alive(), "a reader goes on and on"
