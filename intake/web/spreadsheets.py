"""Tables to open in a spreadsheet: CSV that it reads as UTF-8, and in which no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi.responses import Response

from intake.spreadsheet_safe import safe_cell


def as_spreadsheet(columns: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> Response:
    """The answer that a browser saves under that name."""
    target = io.StringIO()
    target.write("\ufeff")  # or a spreadsheet takes UTF-8 for something else
    writer = csv.writer(target)
    writer.writerow(columns)
    writer.writerows([safe_cell(str(cell)) for cell in row] for row in rows)
    return Response(
        target.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
