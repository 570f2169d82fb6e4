"""Encryption of free text: AES-256-GCM, bound to its row and column, under the newest of several keys.

A sealed value moved to another row or column is refused, because the place is authenticated with it.
"""

import hashlib
import hmac
import os
from typing import Any, Generic, TypeVar, cast, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
KEY_ID_BYTES = 4
NONCE_BYTES = 12
OVERHEAD = len(VERSION) + KEY_ID_BYTES + NONCE_BYTES + 16

T = TypeVar("T", str, bytes)


class SealError(Exception):
    """The value was altered, moved from another row, or sealed under a key that is not configured."""


class _Ring:
    """The configured keys: newest first for sealing, all of them for opening."""

    def __init__(self) -> None:
        self.newest = b""
        self.ciphers: dict[bytes, AESGCM] = {}
        self.raw: dict[bytes, bytes] = {}


_ring = _Ring()


def use_keys(keys: tuple[bytes, ...]) -> None:
    """Set the keys, newest first, 32 bytes each. Called once when the program starts."""
    _ring.raw = {_key_id(key): key for key in keys}
    _ring.ciphers = {key_id: AESGCM(key) for key_id, key in _ring.raw.items()}
    _ring.newest = _key_id(keys[0]) if keys else b""


def seal(plain: bytes, place: str) -> bytes:
    """Encrypt for one place ("table.column:row reference") under the newest key."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + _ring.newest + nonce + _ring.ciphers[_ring.newest].encrypt(nonce, plain, place.encode())


def unseal(sealed: bytes, place: str) -> bytes:
    """Decrypt what was sealed for this very place; raises SealError when it was not, or was altered."""
    key_id, rest = sealed[1 : 1 + KEY_ID_BYTES], sealed[1 + KEY_ID_BYTES :]
    cipher = _ring.ciphers.get(key_id)
    if not is_sealed(sealed) or cipher is None:
        raise SealError("sealed under a key that is not among FIELD_KEYS")
    try:
        return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], place.encode())
    except InvalidTag as error:
        raise SealError("altered, or moved here from another row") from error


def is_sealed(value: bytes) -> bool:
    """Whether the bytes have the shape that `seal` gives them."""
    return value[:1] == VERSION and len(value) >= OVERHEAD


def signing_key(purpose: str, key_id: str | None = None) -> tuple[str, bytes]:
    """A key for HMAC made from a field key (the newest, or the named one), with the name it can be asked for again."""
    wanted = bytes.fromhex(key_id) if key_id else _ring.newest
    if wanted not in _ring.raw:
        raise SealError("signed under a key that is not among FIELD_KEYS")
    return wanted.hex(), hmac.new(_ring.raw[wanted], purpose.encode(), hashlib.sha256).digest()


class Sealed(Generic[T]):
    """An attribute of a model whose words rest encrypted in the column `NAME_sealed`, bound to the row's `ref`."""

    def __init__(self, kind: type[T]) -> None:
        self.kind: type[T] = kind

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, row: None, owner: type) -> "Sealed[T]": ...
    @overload
    def __get__(self, row: object, owner: type) -> T | None: ...
    def __get__(self, row: Any, owner: type) -> "Sealed[T] | T | None":
        if row is None:
            return self
        sealed = getattr(row, f"{self.name}_sealed")
        return None if sealed is None else self.open(sealed, f"{row.__tablename__}.{self.name}:{row.ref}")

    def __set__(self, row: Any, words: T | None) -> None:
        plain = words.encode("utf-8", "surrogatepass") if isinstance(words, str) else words
        place = f"{row.__tablename__}.{self.name}:{row.take_ref()}"
        setattr(row, f"{self.name}_sealed", None if plain is None else seal(plain, place))

    def open(self, sealed: bytes, place: str) -> T:
        """The words of a sealed column read without its model (lists read columns, not objects)."""
        plain = unseal(sealed, place)
        words: Any = plain.decode("utf-8", "surrogatepass") if self.kind is str else plain
        return cast(T, words)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key id" + key).digest()[:KEY_ID_BYTES]
