"""The records that the stages hand on: frozen, free of behaviour beyond simple properties.

Order follows the flow: what arrived and was unpacked (`message`), what was read (`document`), what was found and
decided (`verdict`), what leaves (`mail`). The words are those of the README's glossary; nothing here does I/O.
"""

from intake.model.document import (
    Document,
    Page,
    ReadProblem,
    Remark,
    Sight,
    TextSource,
)
from intake.model.mail import (
    MailKind,
    Mode,
    OutgoingMail,
    OutgoingState,
)
from intake.model.message import (
    Address,
    Attachment,
    Body,
    DeliveryReport,
    Link,
    LinkPlace,
    MessageState,
    Unpacked,
    UnpackProblem,
)
from intake.model.verdict import (
    CaseIdentity,
    Certainty,
    Classification,
    Decision,
    Effort,
    Evidence,
    FileFacts,
    Finding,
    Kind,
    Outcome,
    Policy,
    Status,
    SubmissionState,
    Verdict,
)

__all__ = [
    "Address",
    "Attachment",
    "Body",
    "CaseIdentity",
    "Certainty",
    "Classification",
    "Decision",
    "DeliveryReport",
    "Document",
    "Effort",
    "Evidence",
    "FileFacts",
    "Finding",
    "Kind",
    "Link",
    "LinkPlace",
    "MailKind",
    "MessageState",
    "Mode",
    "Outcome",
    "OutgoingMail",
    "OutgoingState",
    "Page",
    "Policy",
    "ReadProblem",
    "Remark",
    "Sight",
    "Status",
    "SubmissionState",
    "TextSource",
    "UnpackProblem",
    "Unpacked",
    "Verdict",
]
