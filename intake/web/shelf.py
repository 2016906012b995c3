"""Documents as they arrived, and pictures of their pages: opened and drawn in the sandbox, kept for a while.

Two bounded shelves spare the second look the work of the first: one for files, one for pictures.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import msgspec

from intake.documents.answers import Box
from intake.documents.reader import Reader
from intake.errors import IntakeError, NotFound, Overstep
from intake.judging.judge import Judge
from intake.message_store import MessageStore
from intake.model import Attachment
from intake.sandbox.limits import Limits

_FILES_BYTES = 96 << 20
_PICTURES_BYTES = 48 << 20
_DRAWING = Limits(wall_seconds=60, cpu_seconds=50)
_AT_ONCE = 2  # drawings: the sandbox serves judging, too
_FEWEST_WORDS = 3
_MOST_MARKED = 8  # quotations on one page


class Kept:
    """The latest values up to a number of bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held = 0
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, bytes] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The value kept under the key, or made now."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            if key not in self._values and len(value) <= self._most // 2:
                self._values[key] = value
                self._held += len(value)
            while self._held > self._most:
                _, dropped = self._values.popitem(last=False)
                self._held -= len(dropped)
        return value

    @property
    def held(self) -> int:
        """How many bytes are kept."""
        return self._held


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is seen of a message before anything in it is judged; `below` is its signature and the thread."""

    sender: str = ""
    subject: str = ""
    words: str = ""
    below: str = ""
    files: tuple[str, ...] = ()


class Shelf:
    """Fetches files out of stored messages and draws their pages."""

    def __init__(self, store: MessageStore, judge: Judge, reader: Reader) -> None:
        self._store = store
        self._judge = judge
        self._reader = reader
        self._files = Kept(_FILES_BYTES)
        self._pictures = Kept(_PICTURES_BYTES)
        self._drawing = threading.BoundedSemaphore(_AT_ONCE)

    def file(self, message_sha256: str, file_sha256: str) -> bytes:
        """The bytes of one attachment. Raises NotFound."""
        return self._files.get((message_sha256, file_sha256), lambda: self._take_out(message_sha256, file_sha256))

    def envelope(self, message_sha256: str) -> Envelope:
        """What can be seen of a message without its files: sender, subject, words. Empty where nothing can."""
        kept = self._files.get(("envelope", message_sha256), lambda: self._envelope_of(message_sha256))
        return msgspec.json.decode(kept, type=Envelope)

    def picture(self, message_sha256: str, file_sha256: str, page: int, dpi: int) -> bytes:
        """One page as a PNG. Raises NotFound where it cannot be shown."""
        picture = self._pictures.get(
            (file_sha256, page, dpi), lambda: self._draw(self.file(message_sha256, file_sha256), page, dpi)
        )
        if not picture:
            raise NotFound("This page cannot be shown as a picture.", "Download the file to look at it.")
        return picture

    def draw(self, task: str, content: bytes) -> bytes:
        """What a task of the sandbox draws of this content. Raises NotFound where it cannot."""
        try:
            with self._drawing:
                return self._reader.sandbox.run(task, content, returns=bytes, limits=_DRAWING)
        except Overstep as overstep:
            raise NotFound("This could not be drawn.", overstep.message) from overstep

    def marks(self, message_sha256: str, file_sha256: str, page: int, words: Sequence[str]) -> bytes:
        """The places of the words on the page, as a drawing to lay over its picture."""
        key = ("marks", file_sha256, page, hashlib.sha256("\n".join(words).encode()).hexdigest())
        return self._pictures.get(key, lambda: self._mark(self.file(message_sha256, file_sha256), page, words))

    def _take_out(self, message_sha256: str, file_sha256: str) -> bytes:
        for attachment in self._open(message_sha256):
            if hashlib.sha256(attachment.content).hexdigest() == file_sha256:
                return attachment.content
        raise NotFound("The message does not hold this file.", "Go back to the submission.")

    def _open(self, message_sha256: str) -> tuple[Attachment, ...]:
        try:
            return self._judge.open(self._store.read(message_sha256)).attachments
        except Overstep as overstep:
            raise NotFound("The message could not be opened safely.", overstep.message) from overstep

    def _envelope_of(self, message_sha256: str) -> bytes:
        try:
            opened = self._judge.open(self._store.read(message_sha256))
        except (IntakeError, OSError):
            return msgspec.json.encode(Envelope())
        body, sender = opened.body, opened.sender
        below = "\n\n".join(part for part in (body.signature, body.quoted) if part.strip())
        files = tuple(each.name for each in opened.attachments)
        return msgspec.json.encode(
            Envelope(sender.address if sender else "", opened.subject, body.latest, below, files)
        )

    def _draw(self, content: bytes, page: int, dpi: int) -> bytes:
        with self._drawing:
            return self._reader.render(content, page, dpi)

    def _mark(self, content: bytes, page: int, words: Sequence[str]) -> bytes:
        boxes: list[Box] = []
        with self._drawing:
            for quotation in words[:_MOST_MARKED]:
                found = (self._reader.find_words(content, page, wanted) for wanted in _shorter(quotation))
                boxes += next((places for places in found if places), [])
        return _drawing([(box.left, box.top, box.width, box.height) for box in boxes])


def _shorter(words: str) -> list[str]:
    """The quotation, then its beginning: line breaks and hyphens may part on the page what stands together here."""
    parts = words.rstrip("…").split()
    lengths = [length for length in (len(parts), 8, 5, _FEWEST_WORDS) if length <= len(parts)]
    return [" ".join(parts[:length]) for length in dict.fromkeys(lengths)] if parts else []


def _drawing(boxes: list[tuple[float, float, float, float]]) -> bytes:
    """An SVG whose sides are the page's, with room around each box."""
    shapes = "".join(
        f'<rect x="{left * 100 - 0.4:.2f}" y="{top * 100 - 0.3:.2f}" width="{width * 100 + 0.8:.2f}" '
        f'height="{height * 100 + 0.6:.2f}" fill="#ffdd00" fill-opacity="0.45" stroke="#0b0c0c" stroke-width="0.25"/>'
        for left, top, width, height in boxes
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none">{shapes}</svg>'
    ).encode()
