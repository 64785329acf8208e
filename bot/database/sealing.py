"""Encryption of what people wrote, before it reaches a disk or Redis: AES-256-GCM-SIV, a well-kept
cipher that stays safe however many values one key seals and however its nonces fall.

A sealed value is text: `s1.<name of the key>.<nonce, ciphertext and tag in base64>`. A value
without this beginning is from a release that did not seal, and is read as it is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from sqlalchemy import Text
from sqlalchemy.engine import Engine
from sqlalchemy.types import TypeDecorator

from bot.errors import RecordsSealed, SettingsError

_MARK = "s1."
_KEY_BYTES, _NONCE_BYTES = 32, 12


class KeyRing:
    """The keys of this process, newest first: the first seals, all of them open. Without keys it
    refuses both."""

    def __init__(self, keys: Sequence[bytes] = ()) -> None:
        names = [hashlib.sha256(b"key of records" + key).hexdigest()[:8] for key in keys]
        self._ciphers = {name: AESGCMSIV(key) for name, key in zip(names, keys, strict=True)}
        self._newest = names[0] if names else None
        self.newest_mark = f"{_MARK}{self._newest}."
        """With this begins what the newest key has sealed."""

    @classmethod
    def of_text(cls, text: str) -> KeyRing:
        """From keys in base64, separated by commas. Raises SettingsError, without the key."""
        return cls([_key_of(part.strip()) for part in text.split(",") if part.strip()])

    def __bool__(self) -> bool:
        return self._newest is not None

    def seal(self, text: str) -> str:
        """The text, sealed with the newest key. Raises RecordsSealed when there is none."""
        if self._newest is None:
            raise RecordsSealed("there is no key to seal records with: set RECORDS_KEY")
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._newest].encrypt(nonce, text.encode("utf-8"), None)
        return self.newest_mark + binascii.b2a_base64(nonce + sealed, newline=False).decode("ascii")

    def open(self, stored: str) -> str:
        """The text that was sealed. Raises RecordsSealed when no key of this process opens it."""
        if not stored.startswith(_MARK):
            return stored
        name, _, body = stored[len(_MARK) :].partition(".")
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise RecordsSealed(f"records are sealed with a key that is not here (named {name})")
        try:
            raw = binascii.a2b_base64(body)
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None).decode("utf-8")
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise RecordsSealed(f"a sealed record was changed (key {name})") from error


def new_key() -> str:
    """A new random key as it stands in RECORDS_KEY."""
    return base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode("ascii")


def seal_with(engine: Engine, keys: KeyRing | None) -> Engine:
    """Let this engine's sealed columns use these keys; None: they stay plain (only for a database
    in the memory of this process)."""
    engine.dialect.keys = keys
    return engine


def keys_on(engine: Engine) -> KeyRing | None:
    """The keys that this engine's sealed columns use."""
    return getattr(engine.dialect, "keys", _NO_KEYS)


class Sealed(TypeDecorator):
    """A text column that holds sealed values. Which keys: those of its engine (`seal_with`)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """On the way in."""
        keys = getattr(dialect, "keys", _NO_KEYS)
        return value if value is None or keys is None else keys.seal(value)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        """On the way out."""
        keys = getattr(dialect, "keys", _NO_KEYS)
        return value if value is None or keys is None else keys.open(value)


_NO_KEYS = KeyRing()


def _key_of(text: str) -> bytes:
    try:
        key = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != _KEY_BYTES:
        raise SettingsError(
            "RECORDS_KEY: each key is 32 bytes in base64 (44 characters); "
            "`python -m bot new-key` prints one"
        )
    return key
