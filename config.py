"""Everything the environment decides, read here and nowhere else. Refuses, in words, what is not safe in production."""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

ROOT = Path(__file__).resolve().parent
SECRETS = ("SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "SMTP_URL")
WEAK_SECRETS = {"", "secret", "changeme", "dev", "development", "password"}
MINIMUM_SECRET = 32  # characters: as many as 24 random bytes make in base64
DATABASES = ("sqlite:///", "postgresql+psycopg://", "postgresql://")
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class ConfigurationError(Exception):
    """A setting is missing, malformed or unsafe; the text says which one and what to do, in one line."""


@dataclass(frozen=True)
class Config:
    """The settings of one running program. Built by `from_environment`; tests build it directly."""

    environment: str = "production"
    database_url: str = field(default="", repr=False)  # may hold a password
    secret_key: str = field(default="", repr=False)
    field_keys: tuple[bytes, ...] = field(default=(), repr=False)
    base_url: str = "http://localhost:8000"
    trusted_hosts: tuple[str, ...] = ()
    proxy_hops: int = 0
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "lantern@localhost"
    mail_reply_to: str = ""
    organisation_name: str = "Our programme"
    organisation_phone: str = ""
    time_zone: str = "America/New_York"
    second_factor: str = "required"
    frame_ancestors: tuple[str, ...] = ()

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def secure_cookies(self) -> bool:
        """Secure and `__Host-` cookies everywhere but over plain http in development."""
        return self.is_production or self.is_https


def from_environment(environ: Mapping[str, str] = os.environ) -> Config:
    """Read the settings; raise ConfigurationError naming the first one that is missing, malformed or unsafe."""
    env = {**environ, **_secrets_from_files(environ)}
    base_url = (env.get("BASE_URL") or "http://localhost:8000").rstrip("/")
    scheme, host = _parts(base_url)
    if scheme not in ("http", "https") or not host:
        raise ConfigurationError("BASE_URL must be a web address such as https://lantern.example.org")
    config = Config(
        environment=_one_of(env, "CRM_ENV", ("production", "development", "test")),
        database_url=env.get("DATABASE_URL") or f"sqlite:///{ROOT / 'instance' / 'crm.db'}",
        secret_key=env.get("SECRET_KEY", ""),
        field_keys=_field_keys(env.get("FIELD_KEYS", "")),
        base_url=base_url,
        trusted_hosts=_words(env.get("TRUSTED_HOSTS", "")) or _own_hosts(host),
        proxy_hops=_whole_number(env, "PROXY_HOPS", 0),
        smtp_url=env.get("SMTP_URL", ""),
        mail_from=env.get("MAIL_FROM") or f"lantern@{host}",
        mail_reply_to=env.get("MAIL_REPLY_TO", ""),
        organisation_name=env.get("ORGANISATION_NAME") or "Our programme",
        organisation_phone=env.get("ORGANISATION_PHONE", ""),
        time_zone=_zone(env.get("TIME_ZONE") or "America/New_York"),
        second_factor=_one_of(env, "SECOND_FACTOR", ("required", "optional", "off")),
        frame_ancestors=_words(env.get("FRAME_ANCESTORS", "")),
    )
    _refuse_unsafe(config)
    return config


def _refuse_unsafe(config: Config) -> None:
    if not config.database_url.startswith(DATABASES):
        raise ConfigurationError(f"DATABASE_URL must start with {' or '.join(DATABASES[:2])}")
    if not config.field_keys:
        raise ConfigurationError("FIELD_KEYS is missing: give at least one key of 32 bytes as URL-safe base64")
    if len(config.secret_key) < MINIMUM_SECRET or config.secret_key.lower() in WEAK_SECRETS:
        raise ConfigurationError(f"SECRET_KEY is missing or weak: give at least {MINIMUM_SECRET} random characters")
    if len(set(config.secret_key)) < 8:
        raise ConfigurationError("SECRET_KEY is weak: it repeats a few characters; use random ones")
    if config.smtp_url:
        _check_smtp(config)
    if config.is_production and config.second_factor == "off":
        raise ConfigurationError("SECOND_FACTOR=off is for demo and tests; use required or optional in production")


def _check_smtp(config: Config) -> None:
    scheme, host = _parts(config.smtp_url)
    if scheme not in ("smtp", "smtp+starttls", "smtps") or not host:
        raise ConfigurationError("SMTP_URL must start with smtp+starttls://, smtps:// or, on this machine only, smtp://")
    if scheme == "smtp" and config.is_production and host not in LOOPBACK:
        raise ConfigurationError("SMTP_URL would send mail in the clear: use smtp+starttls:// or smtps://")


def _secrets_from_files(environ: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name in SECRETS:
        path = environ.get(f"{name}_FILE")
        if path and not environ.get(name):
            try:
                found[name] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ConfigurationError(f"{name}_FILE cannot be read: {error.strerror}") from error
            except UnicodeDecodeError:
                raise ConfigurationError(f"{name}_FILE cannot be read: it is not text") from None
    return found


def _field_keys(text: str) -> tuple[bytes, ...]:
    keys = []
    for word in _words(text):
        try:
            key = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        except ValueError as error:
            raise ConfigurationError("FIELD_KEYS holds something that is not URL-safe base64") from error
        if len(key) != 32:
            raise ConfigurationError("FIELD_KEYS holds a key that is not 32 bytes long")
        keys.append(key)
    return tuple(keys)


def _parts(url: str) -> tuple[str, str]:
    """The scheme and host of an address; both empty when it makes no sense."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises when it is no number
    except ValueError:
        return "", ""
    return parts.scheme, parts.hostname or ""


def _own_hosts(host: str) -> tuple[str, ...]:
    # A machine of one's own is called by either name; a public one only by its own.
    return ("localhost", "127.0.0.1") if host in LOOPBACK else (host,)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.replace(" ", ",").split(",") if word.strip())


def _one_of(env: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = env.get(name) or allowed[0]
    if value not in allowed:
        raise ConfigurationError(f"{name} must be one of: {', '.join(allowed)}")
    return value


def _whole_number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdecimal() or int(text) > 9:
        raise ConfigurationError(f"{name} must be a small whole number")
    return int(text)


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ConfigurationError("TIME_ZONE must be an IANA name such as America/Denver")
    return ZoneInfo(name).key
