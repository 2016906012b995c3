"""Dovecot's configuration, in the words of 2.3 (Debian 12, Ubuntu 24.04) and of 2.4 (Debian 13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.servers.places import Account
from tests.servers.tls import Certificate


@dataclass(frozen=True)
class Layout:
    """What a configuration names."""

    folder: Path
    root: Path
    account: Account
    tls: Certificate
    imap_port: int
    imaps_port: int
    lmtp_port: int
    introspection_url: str | None
    environment: Mapping[str, str]

    @property
    def users(self) -> Path:
        """One file for each user: Dovecot may look at a shared file once a second only."""
        return self.folder / "users"


def settings_23(layout: Layout) -> dict[str, str]:
    """The files of a 2.3 configuration: name → content."""
    environment = " ".join(f"{name}={value}" for name, value in layout.environment.items())
    oauth = f"""
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {layout.folder}/oauth2.conf.ext
}}
"""
    main = f"""
protocols = imap lmtp
{_common(layout)}
import_environment = TZ {environment}
mail_location = maildir:~/Maildir
auth_mechanisms = plain login{" xoauth2 oauthbearer" if layout.introspection_url else ""}
auth_username_format = %Ln
disable_plaintext_auth = no
auth_failure_delay = 0
ssl = yes
ssl_cert = <{layout.tls.certificate}
ssl_key = <{layout.tls.key}
{oauth if layout.introspection_url else ""}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%n {layout.users}/%n
}}
userdb {{
  driver = passwd-file
  args = username_format=%n {layout.users}/%n
}}
{_services(layout)}
"""
    files = {"dovecot.conf": main}
    if layout.introspection_url:
        files["oauth2.conf.ext"] = f"""
introspection_mode = post
introspection_url = {layout.introspection_url}
username_attribute = username
active_attribute = active
active_value = true
"""
    return files


def settings_24(layout: Layout) -> dict[str, str]:
    """The files of a 2.4 configuration: name → content."""
    environment = "\n".join(f"  {name} = {value}" for name, value in layout.environment.items())
    oauth = f"""
oauth2 {{
  introspection_mode = post
  introspection_url = {layout.introspection_url}
  username_attribute = username
  active_attribute = active
  active_value = true
}}
passdb oauth2 {{
  mechanisms_filter = xoauth2 oauthbearer
}}
"""
    main = f"""
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols = imap lmtp
{_common(layout)}
import_environment {{
{environment}
}}
mail_driver = maildir
mail_path = ~/Maildir
auth_mechanisms = plain login{" xoauth2 oauthbearer" if layout.introspection_url else ""}
auth_username_format = %{{user | username | lower}}
auth_allow_cleartext = yes
auth_failure_delay = 0
ssl = yes
ssl_server_cert_file = {layout.tls.certificate}
ssl_server_key_file = {layout.tls.key}
{oauth if layout.introspection_url else ""}
passdb passwd-file {{
  mechanisms_filter = plain login
  default_password_scheme = plain
  passwd_file_path = {layout.users}/%{{user | username}}
}}
userdb passwd-file {{
  passwd_file_path = {layout.users}/%{{user | username}}
}}
{_services(layout)}
"""
    return {"dovecot.conf": main}


def _common(layout: Layout) -> str:
    return f"""
listen = 127.0.0.1
base_dir = {layout.folder}/run
state_dir = {layout.folder}/state
log_path = {layout.folder}/log
auth_verbose = yes
libexec_dir = {layout.root}/usr/lib/dovecot
mail_plugin_dir = {layout.root}/usr/lib/dovecot/modules
login_plugin_dir = {layout.root}/usr/lib/dovecot/modules/login
default_internal_user = {layout.account.user}
default_internal_group = {layout.account.group}
default_login_user = {layout.account.user}
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 200
"""


def _services(layout: Layout) -> str:
    # No listener names an address of its own (the global `listen` holds): where one does, 2.4.1 wants accounts
    # called dovecot and dovenull to exist on the machine, whatever the configuration says.
    return f"""
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {layout.imap_port}
  }}
  inet_listener imaps {{
    port = {layout.imaps_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  # Without this a wrong password makes every later login from 127.0.0.1 wait for seconds.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service auth-worker {{
  user = {layout.account.user}
}}
service lmtp {{
  chroot =
  user = {layout.account.user}
  inet_listener lmtp {{
    port = {layout.lmtp_port}
  }}
}}
"""
