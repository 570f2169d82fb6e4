"""Whose programme this is: the settings of the running program, set once when it starts."""

from config import Config

_current: list[Config] = []


def use(config: Config) -> None:
    """Make these the settings of this process."""
    _current[:] = [config]


def programme() -> Config:
    """The settings this process runs under; raises RuntimeError before the program has started."""
    if not _current:
        raise RuntimeError("the program has not been started")
    return _current[0]
