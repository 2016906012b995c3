"""The checks of an installation, in the order in which they are shown."""

from __future__ import annotations

from intake.doctor import addresses, clocks, envelope, machine, pages, records, rules, senders, servers
from intake.doctor.check import Check

CHECKS: tuple[Check, ...] = (
    Check("configuration", "Configuration", rules.check_configuration),
    Check("mode", "Mode", addresses.check_mode),
    Check("addresses", "Addresses", addresses.check_addresses),
    Check("secrets", "Secrets’ files", rules.check_secrets),
    Check("expiries", "Expiry dates", rules.check_expiries),
    Check("templates", "Mail templates", rules.check_templates),
    Check("wording", "Wording", rules.check_wording),
    Check("policy", "Policy", rules.check_policy),
    Check("data-folder", "Data folder", machine.check_folder),
    Check("disk", "Disk", machine.check_disk),
    Check("clock", "Clock", clocks.check_clock),
    Check("times", "Clocks compared", clocks.check_times),
    Check("timezone", "Time zone", clocks.check_timezone),
    Check("libmagic", "File types", machine.check_libmagic),
    Check("ocr", "OCR", machine.check_ocr),
    Check("sandbox", "Sandbox", machine.check_sandbox),
    Check("scanner", "Virus scanner", rules.check_scanner),
    Check("mailbox", "Mailbox (IMAP)", servers.check_mailboxes),
    Check("relay", "Relay (SMTP)", servers.check_relay),
    Check("envelope", "Relay, addresses", envelope.check_envelope),
    Check("senders", "Senders’ proofs", senders.check_senders),
    Check("forgery", "Forged proofs", senders.check_forgery),
    Check("ledger", "Ledger", records.check_ledger),
    Check("balance", "Mailbox balance", records.check_balance),
    Check("messages", "Messages kept", records.check_messages),
    Check("pages", "Log in the browser", pages.check_pages),
    Check("sign-in", "Sign-in to the log", pages.check_sign_in),
    Check("waiting", "For people", records.check_waiting),
)
