"""A line-up and its vehicles."""

from __future__ import annotations

import os
import re
from pathlib import Path

from attrs import define, field

from cmf.load.axes import COLUMNS
from cmf.load.catalog_file import check_format, read_catalog_into
from cmf.load.context import Context
from cmf.load.faults import Faults, Suggestion
from cmf.load.fields import Fields, check_new, check_option, split
from cmf.load.folder import Folder
from cmf.load.parts_files import read_basis
from cmf.load.rules_files import table_path
from cmf.load.sheet import Row, read_sheet, rows_of
from cmf.load.values import parse_measure
from cmf.model.catalog import Axis, Catalog
from cmf.model.lineup import Lineup, Vehicle
from cmf.model.units import PURE
from cmf.source import Span, Text

LINEUP_FILE = "lineup.yaml"

_KEYS = ("format", "name", "title", "catalogue", "vehicles", "complete", "scopes")
_COLUMNS = ("id", "name")
_UP = re.compile(r"\.{1,2}(?:/\.\.)*/?\Z")
_VOLUME = re.compile(r"volume\.(\d{4})\Z")


def read_lineup(path: str | os.PathLike[str], catalog: Catalog | None = None) -> Lineup:
    """Read a line-up and check it against its catalogue.

    Parameters
    ----------
    path
        A line-up file, or a folder that holds ``lineup.yaml``.
    catalog
        The catalogue, where it was read already; otherwise it is read here.

    Raises
    ------
    InputError
        With every fault found, of the catalogue and of the line-up.
    """
    return read_lineup_and_catalog(path, catalog)[0]


def read_lineup_and_catalog(
    path: str | os.PathLike[str], catalog: Catalog | None = None
) -> tuple[Lineup, Catalog]:
    """Read a line-up together with the catalogue that it names.

    Parameters and faults are those of `read_lineup`.
    """
    faults = Faults()
    path = Path(path)
    folder, name = (path, LINEUP_FILE) if os.path.isdir(path) else (path.parent, path.name)
    reader = _LineupReader(Context(Folder(folder, faults), faults), catalog)
    lineup = reader.read(name)
    faults.raise_if_any()
    if lineup is None or reader.catalog is None:
        raise AssertionError("a line-up that cannot be read has a fault")
    return lineup, reader.catalog


@define
class _LineupReader:
    context: Context
    catalog: Catalog | None
    _axes: dict[str, Axis] = field(factory=dict)
    _names: dict[str, dict[str, None]] = field(factory=dict)
    _seen: dict[str, Span] = field(factory=dict)
    _sound: bool = True

    def read(self, name: str) -> Lineup | None:
        context, faults = self.context, self.context.faults
        top = context.fields(name, "a line-up", _KEYS)
        if top is None:
            return None
        top.require("format", "name", "vehicles", "complete")
        check_format(top, faults)
        title = top.text("name")
        if title is not None:
            check_option(title, "a line-up", faults)
        folder = self._catalog_folder(top)
        if folder is not None and self.catalog is None:
            before = faults.count()
            self.catalog = read_catalog_into(folder, faults)
            self._sound = faults.count() == before
        if self.catalog is not None:
            self._names = {
                "quantity": {q.name: None for q in self.catalog.quantities},
                "scope": dict.fromkeys(self.catalog.scopes),
                "rule": {r.id: None for r in self.catalog.rules},
            }
            self._axes = {axis.name: axis for axis in self.catalog.axes}
            context.sources = self.catalog.sources or None
        minimise = self._known(top.text("complete"), "quantity")
        scopes = tuple(self._known(text, "scope") for text in top.words("scopes"))
        vehicles = self._vehicles(top.text("vehicles"))
        if faults or self.catalog is None or folder is None:
            return None
        return Lineup(
            name=top.string("name"),
            title=top.string("title"),
            folder=context.folder.root,
            catalog=folder,
            minimise=minimise,
            scopes=scopes if "scopes" in top else tuple(self.catalog.scopes),
            vehicles=tuple(vehicles),
            digest=context.folder.digest(),
        )

    def _catalog_folder(self, top: Fields) -> Path | None:
        text = top.text("catalogue")
        folder = self.context.folder.root
        if text is None:
            return folder
        if not _UP.match(text.value):
            self.context.faults.add(
                "outside-folder",
                f"`{text.value}` is neither this folder nor one above it",
                text.span,
                "write `.`, `..`, `../..` …: a line-up lives inside its catalogue",
            )
            return None
        above = folder / text.value
        short = Path(os.path.normpath(above))
        same = short.exists() and above.exists() and short.samefile(above)
        return short if same else above  # they differ below a symbolic link

    def _known(self, text: Text | None, what: str) -> str:
        if text is None:
            return ""
        if self.catalog is None or not self._sound:
            return text.value
        known = self._names[what]
        if text.value not in known:
            self.context.faults.add(
                f"unknown-{what}",
                f"the catalogue has no {what} `{text.value}`",
                text.span,
                Suggestion(text.value, known, what=what),
            )
        return text.value

    def _vehicles(self, path: Text | None) -> list[Vehicle]:
        relative = table_path(path, self.context) if path is not None else None
        sheet = read_sheet(self.context.folder, relative) if relative else None
        if sheet is None:
            return []
        published = self._published(sheet.header)
        years = self._years(sheet.header)
        optional = (*sorted(COLUMNS - {*_COLUMNS}), *self._axes, *published, *years)
        if self.catalog is None:
            optional = (*optional, *(cell.value for cell in sheet.header))
        rows = rows_of(sheet, "vehicles", _COLUMNS, optional, self.context.faults)
        found = [self._vehicle(row, published, years) for row in rows]
        if not found and sheet.complete:
            message = "the line-up has no vehicle"
            self.context.faults.add("empty-lineup", message, sheet.header[0].span, "add a row")
        return [vehicle for vehicle in found if vehicle is not None]

    def _published(self, header: tuple[Text, ...]) -> dict[str, str]:
        found = {}
        for cell in header:
            prefix, dot, name = cell.value.partition(".")
            if prefix == "published" and dot:
                span = cell.locate(len("published."), len(cell.value))
                found[cell.value] = self._known(Text(name, span), "quantity")
        return found

    def _years(self, header: tuple[Text, ...]) -> dict[str, int]:
        found = {}
        for cell in header:
            match = _VOLUME.match(cell.value)
            if not match:
                continue
            found[cell.value] = int(match[1])
            time = self.catalog.time if self.catalog is not None else None
            if time is not None and self._sound and match[1] not in self._axes[time].names:
                remedy = Suggestion(match[1], self._axes[time].names)
                message = f"`{match[1]}` is not a year of the feature `{time}`"
                self.context.faults.add("unknown-option", message, cell.span, remedy)
        if found and any(cell.value == "volume" for cell in header):
            span = next(cell.span for cell in header if cell.value == "volume")
            message = "there are a column `volume` and columns for single years"
            self.context.faults.add("two-volumes", message, span, "keep one kind")
        return found

    def _vehicle(
        self, row: Row, published: dict[str, str], years: dict[str, int]
    ) -> Vehicle | None:
        faults = self.context.faults
        name, title = row.required("id"), row.required("name")
        if name is not None:
            check_option(name, "a vehicle", faults)
            check_new(name, self._seen, "the vehicle", faults)
        vehicle = Vehicle(
            id=name.value if name else "",
            name=title.value if title else "",
            pins=self._pins(row),
            require=row.text("require"),
            volumes=self._volumes(row, years),
            volume_basis=read_basis(row, "volume_basis"),
            published=self._figures(row, published),
            refused_by=tuple(self._known(t, "rule") for t in split(row.text("refused_by"))),
            source=self.context.source_ids(row.text("source")),
            note=row.string("note"),
            span=row.first,
        )
        return None if name is None or title is None else vehicle

    def _pins(self, row: Row) -> dict[str, str]:
        pins: dict[str, str] = {}
        if self.catalog is None:
            return pins
        for axis in self._axes.values():
            text = row.text(axis.name)
            if text is None:
                continue
            if self.catalog.domains[axis.name] and text.value not in axis.names:
                self.context.faults.add(
                    "unknown-option",
                    f"the {axis.kind.value} `{axis.name}` has no option `{text.value}`",
                    text.span,
                    Suggestion(text.value, axis.names, what="option"),
                )
            pins[axis.name] = text.value
        return pins

    def _volumes(self, row: Row, years: dict[str, int]) -> dict[int, int]:
        found = {}
        for column, year in (("volume", 0), *years.items()):
            text = row.text(column)
            if text is None:
                continue
            value = parse_measure(text, PURE, f"`{column}`", self.context.faults, least=0)
            if value is not None:
                found[year] = value
        return found

    def _figures(self, row: Row, published: dict[str, str]) -> dict[str, int]:
        if self.catalog is None:
            return {}
        units = {q.name: q.unit for q in self.catalog.quantities}
        found = {}
        for column, name in published.items():
            text = row.text(column)
            if text is None or name not in units:
                continue
            value = parse_measure(text, units[name], f"`{column}`", self.context.faults)
            if value is not None:
                found[name] = value
        return found
