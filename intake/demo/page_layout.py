"""Pages: a small typesetter on reportlab's canvas for samples that look like what councils publish.

It draws headings, paragraphs, tables and pictures from top to bottom and starts new pages as needed. It is
much faster than a full layout engine, since a sample of 180 pages must be ready in about a second.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from PIL import Image
from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

MARGIN = 64.0
FOOT = 58.0
INK = HexColor("#1d1d1b")
PALE = HexColor("#dfe6ee")


BOLD = {"Helvetica": "Helvetica-Bold", "Times-Roman": "Times-Bold"}
ITALIC = {"Helvetica": "Helvetica-Oblique", "Times-Roman": "Times-Italic"}


@contextmanager
def _binary_streams() -> Iterator[None]:
    """Write pictures as they are: ASCII, what reportlab writes, is a quarter larger. Its switch is global."""
    before, rl_config.useA85 = rl_config.useA85, 0
    try:
        yield
    finally:
        rl_config.useA85 = before


@lru_cache(maxsize=20_000)
def width_of(word: str, font: str, size: float) -> float:
    """How wide a word is printed, in points."""
    return float(stringWidth(word, font, size))


@lru_cache(maxsize=4_000)
def wrap(text: str, font: str, size: float, room: float) -> tuple[str, ...]:
    """The lines that a text takes in a column `room` points wide."""
    lines: list[str] = []
    for part in text.split("\n"):
        line, used = "", 0.0
        for word in part.split():
            need = width_of(word, font, size)
            step = need + (width_of(" ", font, size) if line else 0.0)
            if line and used + step > room:
                lines.append(line)
                line, used = word, need
            else:
                line, used = f"{line} {word}" if line else word, used + step
        lines.append(line)
    return tuple(lines)


class Sheets:
    """A PDF in the making."""

    def __init__(self, *, title: str = "", font: str = "Helvetica", footer: str = "", marking: str = "") -> None:
        self._buffer = io.BytesIO()
        # invariant: no clock in the file, so that the same call makes the same bytes
        self.canvas = Canvas(self._buffer, pagesize=A4, invariant=1, pageCompression=1)
        self.canvas.setTitle(title)
        self.canvas.setAuthor("")
        self.canvas.setCreator("intake samples")
        self.canvas.setSubject("")
        self.font, self.footer, self.marking = font, footer, marking
        self.page = 0
        self.labels: list[tuple[int, str, int]] = []  # page index, style, first number
        self.outline = False
        self.width, self.height = A4
        self.y = 0.0
        self.plain = False

    def new_page(self, *, landscape: bool = False, plain: bool = False) -> None:
        """Start a page; `plain` leaves out the running header and footer, as a letter does."""
        if self.page:
            self.canvas.showPage()
        self.page += 1
        self.plain = plain
        self.width, self.height = (A4[1], A4[0]) if landscape else A4
        self.canvas.setPageSize((self.width, self.height))
        self.canvas.setFillColor(INK)
        self.y = self.height - MARGIN
        if plain:
            return
        if self.marking:
            self.canvas.setFont(self.font, 8)
            self.canvas.drawCentredString(self.width / 2, self.height - 30, self.marking)
        self.canvas.setFont(self.font, 8)
        self.canvas.drawString(MARGIN, 32, self.footer)
        self.canvas.drawRightString(self.width - MARGIN, 32, str(self.page))

    def room_for(self, height: float) -> None:
        """Go on to the next page unless this much is left on this one."""
        if self.y - height < FOOT:
            self.new_page(landscape=self.width > self.height, plain=self.plain)

    def text(
        self,
        text: str,
        *,
        size: float = 10.5,
        bold: bool = False,
        italic: bool = False,
        indent: float = 0.0,
        mark: str = "",
        after: float = 7.0,
        centred: bool = False,
        colour: Color = INK,
    ) -> None:
        """A paragraph; `mark` hangs in the margin of its indent (a bullet or a number)."""
        font = BOLD[self.font] if bold else ITALIC[self.font] if italic else self.font
        leading = size * 1.32
        self.canvas.setFillColor(colour)
        for number, line in enumerate(wrap(text, font, size, self.width - 2 * MARGIN - indent)):
            self.room_for(leading)
            self.y -= leading
            self.canvas.setFont(font, size)
            if mark and number == 0:
                self.canvas.drawString(MARGIN, self.y, mark)
            if centred:
                self.canvas.drawCentredString(self.width / 2, self.y, line)
            else:
                self.canvas.drawString(MARGIN + indent, self.y, line)
        self.y -= after

    def heading(self, text: str, level: int = 1) -> None:
        """A heading, in the outline too where the file has one."""
        size = {1: 16.0, 2: 12.5}.get(level, 11.0)
        self.room_for(size * 5)
        if self.outline and level == 1:
            key = f"h{self.page}-{text}"
            self.canvas.bookmarkPage(key)
            self.canvas.addOutlineEntry(text, key, 0)
        self.text(text, size=size, bold=True, after=size * 0.55)

    def bullet(self, text: str, size: float = 10.5) -> None:
        """One point of a list."""
        self.text(text, size=size, indent=16, mark="•", after=4)

    def contents_line(self, text: str, page: str, dots: bool = True) -> None:
        """A line of the contents, leading to its page number."""
        self.room_for(18)
        self.y -= 17
        self.canvas.setFont(self.font, 10.5)
        right = self.width - MARGIN
        self.canvas.drawString(MARGIN, self.y, text)
        self.canvas.drawRightString(right, self.y, page)
        if dots:
            start = MARGIN + width_of(text, self.font, 10.5) + 6
            count = int((right - start - 26) / width_of(".", self.font, 10.5))
            self.canvas.drawString(start, self.y, "." * max(0, count))

    def link(self, text: str, url: str, size: float = 10.5) -> None:
        """A line that is a link to a web address."""
        self.text(text, size=size, after=6, colour=HexColor("#1d4f91"))
        base = self.y + 4
        self.canvas.linkURL(url, (MARGIN, base, MARGIN + width_of(text, self.font, size), base + size * 1.2))

    def table(
        self, headings: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float], *, size: float = 8
    ) -> None:
        """A ruled table whose heading row comes again on each page; `shares` are the columns' parts of the width."""
        whole = self.width - 2 * MARGIN + 40
        widths = [whole * share / sum(shares) for share in shares]
        self._row(headings, widths, size, head=True)
        for row in rows:
            if self.y - self._row_height(row, widths, size) < FOOT:
                self.new_page(landscape=self.width > self.height)
                self._row(headings, widths, size, head=True)
            self._row(row, widths, size)
        self.y -= 10

    def _row_height(self, cells: Sequence[str], widths: Sequence[float], size: float) -> float:
        lines = max(len(wrap(c, self.font, size, w - 6)) for c, w in zip(cells, widths, strict=True))
        return lines * size * 1.2 + 6

    def _row(self, cells: Sequence[str], widths: Sequence[float], size: float, *, head: bool = False) -> None:
        font = BOLD[self.font] if head else self.font
        columns = [wrap(c, font, size, w - 6) for c, w in zip(cells, widths, strict=True)]
        height = max(map(len, columns)) * size * 1.2 + 6
        x = MARGIN - 20
        for lines, width in zip(columns, widths, strict=True):
            self.canvas.setFillColor(PALE)
            self.canvas.rect(x, self.y - height, width, height, stroke=1, fill=int(head))
            self.canvas.setFillColor(INK)
            self.canvas.setFont(font, size)
            for number, line in enumerate(lines):
                self.canvas.drawString(x + 3, self.y - size - 1 - number * size * 1.2, line)
            x += width
        self.y -= height

    def picture(self, data: bytes) -> None:
        """A page that is nothing but a picture, as a scanner makes it."""
        with Image.open(io.BytesIO(data)) as image:
            landscape = image.width > image.height
        self.new_page(landscape=landscape, plain=True)
        with _binary_streams():
            self.canvas.drawImage(ImageReader(io.BytesIO(data)), 0, 0, self.width, self.height)

    def label_from_here(self, style: str, start: int = 1) -> None:
        """Printed page labels from the next page on: "ROMAN_LOWER" or "ARABIC"."""
        self.labels.append((self.page, style, start))

    def finish(self) -> bytes:
        """The file."""
        for index, style, start in self.labels:
            self.canvas.addPageLabel(index, style=style, start=start)
        if self.page:
            self.canvas.showPage()
        with _binary_streams():
            self.canvas.save()
        return self._buffer.getvalue()
