"""The settings file, read once and strictly into one frozen `Settings`; and the secrets that it only names."""

from intake.settings.reading import is_loopback, parse_settings, read_settings
from intake.settings.secret import Secret, read_secret
from intake.settings.sections import MailboxSettings, OAuth, Proxy, RelaySettings, Settings, domain_matches

__all__ = [
    "MailboxSettings",
    "OAuth",
    "Proxy",
    "RelaySettings",
    "Secret",
    "Settings",
    "domain_matches",
    "is_loopback",
    "parse_settings",
    "read_secret",
    "read_settings",
]
