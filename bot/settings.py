"""All settings; the only module that reads the environment and .env.

The table in README.md describes each one; a test keeps the two in step.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import BaseSettings, Field, ValidationError, validator

from bot.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Settings by their names in the environment (upper case)."""

    host: str = "127.0.0.1"
    port: int = Field(default=5005, ge=1, le=65535)
    database_url: str = "sqlite:///var/afterall.db"
    redis_url: str | None = None
    records_key: str | None = Field(default=None, repr=False)
    records_key_file: Path | None = None
    retention_days: int = Field(default=30, ge=1, le=3650)
    audit_retention_days: int = Field(default=365, ge=1, le=3650)
    action_endpoint_url: str | None = None
    action_timeout_s: float = Field(default=3.0, gt=0, le=60)
    turn_timeout_s: float = Field(default=10.0, gt=0, le=120)
    care_team_name: str = "your care team"
    care_team_phone: str | None = None
    default_country: str | None = None
    leave_page_url: str = "about:blank"
    allowed_origins: str = ""
    messages_per_minute: int = Field(default=60, ge=1)
    sessions_per_minute: int = Field(default=60, ge=1)
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    slack_bot_token: str | None = None
    slack_signing_secret: str | None = None
    slack_api_url: str = "https://slack.com/api/"
    log_level: str = "WARNING"
    log_format: str = "text"
    metrics_token: str | None = Field(default=None, repr=False, min_length=16)
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    metrics_host: str = "127.0.0.1"
    hint3_dir: Path | None = None

    class Config:
        """pydantic v1 settings."""

        env_file = ROOT / ".env"
        frozen = True

    @validator("action_endpoint_url", "care_team_phone", "default_country", "hint3_dir",
               "metrics_port", "metrics_token", "records_key", "records_key_file", "redis_url",
               "slack_bot_token", "slack_signing_secret", pre=True)  # fmt: skip
    def _empty_is_unset(cls, value: str | None) -> str | None:
        return value or None

    @validator("leave_page_url")
    def _harmless_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://", "about:blank")):
            raise ValueError("must be the address of a website, beginning with https://")
        return value

    @validator("log_level")
    def _known_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @validator("log_format")
    def _known_form(cls, value: str) -> str:
        if value.lower() not in ("text", "json"):
            raise ValueError("must be text or json")
        return value.lower()

    @validator("records_key_file")
    def _one_source(cls, value: Path | None, values: dict[str, object]) -> Path | None:
        if value is not None and values.get("records_key") is not None:
            raise ValueError("set RECORDS_KEY or RECORDS_KEY_FILE, not both")
        return value

    @validator("slack_signing_secret", always=True)
    def _both_of_slack(cls, value: str | None, values: dict[str, object]) -> str | None:
        if (value is None) != (values.get("slack_bot_token") is None):
            raise ValueError("SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET are both needed, or neither")
        return value

    @property
    def is_one_machine(self) -> bool:
        """Is the database a file beside the bot?"""
        return self.database_url.startswith("sqlite")

    @property
    def has_slack(self) -> bool:
        """Is the Slack channel on?"""
        return bool(self.slack_bot_token and self.slack_signing_secret)

    @property
    def origins(self) -> frozenset[str]:
        """Web origins, besides the bot's own, that may use the chat."""
        return frozenset(
            o.strip().rstrip("/") for o in self.allowed_origins.split(",") if o.strip()
        )

    @property
    def content_folder(self) -> Path:
        """The clinical content."""
        return ROOT / "content"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process. Raises SettingsError that names the wrong setting."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsError("wrong setting (environment or .env): " + "; ".join(lines)) from error
