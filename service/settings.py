"""Settings: `TESSERA_…` variables or `.env`, read once, frozen. Every outside address is a setting."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from offers.model.shown import StaleTerms
from offers.model.updating import UpdateTerms


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MongoSettings(_Group):
    """`uri` unset: Tessera runs its own MongoDB in the data folder."""

    uri: SecretStr | None = None
    database: str = "tessera"


class WebSettings(_Group):
    """`public_url` is what phones and Google reach; wallets want https outside the demo."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = "http://127.0.0.1:8080"


class CardSettings(_Group):
    """`reissues_per_day`: new cards a member may get in a local day, in place of lost ones."""

    reissues_per_day: int = Field(default=3, ge=1, le=100)


class AppleSettings(_Group):
    """Apple is on when `certificate` is set."""

    pass_type: str = ""
    team: str = ""
    certificate: Path | None = None
    key: Path | None = None
    key_password: SecretStr | None = None
    intermediate: Path | None = None
    apns_url: str = "https://api.push.apple.com"
    apns_authority: Path | None = None
    apns_push_type: str = "background"
    apns_priority: int = Field(default=5, ge=1, le=10)


class GoogleSettings(_Group):
    """Google is on when `service_account` is set. `callback_url` unset: at the public address, when that is https."""

    issuer_id: str = ""
    service_account: Path | None = None
    api_url: str = "https://walletobjects.googleapis.com/walletobjects/v1"
    token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
    save_url: str = "https://pay.google.com/gp/v/save"
    requests_per_s: int = Field(default=20, ge=1)
    rotating_codes: bool = True
    restrict_saves: bool = False
    callback_url: str = ""
    callback_keys_url: str = "https://pay.google.com/gp/m/issuer/keys"


class UpdateSettings(_Group):
    """How changes of cards travel.

    `card_interval_s`: the least time between two updates of a card in one wallet. `bulk_per_s`: phones told each
    second of what concerns many. `stale_after_s` without an answer, a card is stale and told again, and once more
    `stale_again_after_s` later.
    """

    card_interval_s: float = Field(default=2.0, ge=0)
    bulk_per_s: float = Field(default=200.0, gt=0)
    stale_after_s: float = Field(default=3_600.0, gt=0)
    stale_again_after_s: float = Field(default=86_400.0, gt=0)

    @property
    def terms(self) -> UpdateTerms:
        return UpdateTerms(card_interval_s=self.card_interval_s, bulk_per_s=self.bulk_per_s)

    @property
    def stale_terms(self) -> StaleTerms:
        return StaleTerms(after_s=self.stale_after_s, again_after_s=self.stale_again_after_s)


class TelegramSettings(_Group):
    """The bot is on when `token` is set. It speaks for one programme; pages link to it when `username` is set.

    A webhook is used when its secret is set, long polling otherwise.
    """

    token: SecretStr | None = None
    programme: str = ""
    username: str = ""
    link_url: str = "https://t.me"
    api_url: str = "https://api.telegram.org"
    webhook_secret: SecretStr | None = None


class SmsSettings(_Group):
    """Text messages are sent when `url` is set: then a phone typed at the join page is verified by a code."""

    url: str | None = None
    token: SecretStr | None = None
    sender: str = Field(default="", max_length=32)
    daily_limit: int = Field(default=2_000, ge=0)


class ScoringSettings(_Group):
    """`model_days`: how many days a trained model speaks before a night learns a new one."""

    model_days: int = Field(default=7, ge=1, le=365)


class Settings(BaseSettings):
    """Everything an operator may choose. `secret` unset: made once and kept in the data folder."""

    model_config = SettingsConfigDict(
        env_prefix="TESSERA_", env_nested_delimiter="__", env_file=".env", frozen=True, extra="ignore"
    )

    data_folder: Path = Path("var/tessera")
    secret: SecretStr | None = Field(default=None, min_length=16)
    log_level: str = "INFO"
    web: WebSettings = WebSettings()
    mongo: MongoSettings = MongoSettings()
    cards: CardSettings = CardSettings()
    apple: AppleSettings = AppleSettings()
    google: GoogleSettings = GoogleSettings()
    updates: UpdateSettings = UpdateSettings()
    telegram: TelegramSettings = TelegramSettings()
    sms: SmsSettings = SmsSettings()
    scoring: ScoringSettings = ScoringSettings()
