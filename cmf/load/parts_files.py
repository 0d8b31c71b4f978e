"""Part numbers and the 150 % bill of materials."""

from __future__ import annotations

from attrs import define, field

from cmf.load.axes import NONE
from cmf.load.context import Context
from cmf.load.faults import Suggestion
from cmf.load.fields import check_new, check_option, within
from cmf.load.sheet import ENDINGS, Row, read_sheet, rows_of
from cmf.load.values import parse_measure
from cmf.model.catalog import Basis, BomLine, Part
from cmf.model.units import PURE, UNITS
from cmf.source import Span, Text

QUANTITY_LIMIT = 1_000_000

_PART_COLUMNS = ("number", "name", "unit_cost", "mass")
_MORE_PART_COLUMNS = ("investment", "supplier", "lead", "class", "source", "basis", "note")
_LINE_COLUMNS = ("part", "quantity", "slot", "module")
_MORE_LINE_COLUMNS = ("condition", "position", "note")


def find_table(stem: str, context: Context) -> str | None:
    """The file of that name with any of the table endings; `None` when there is none."""
    found = [stem + ending for ending in ENDINGS if context.folder.exists(stem + ending)]
    if len(found) > 1:
        context.faults.add(
            "two-files",
            f"there are {' and '.join(found)}: only one of them can count",
            context.folder.source(found[1]).whole(),
            "delete all but one",
        )
    return found[0] if found else None


def read_basis(row: Row, column: str) -> Basis | None:
    """What a figure rests on."""
    text = row.text(column)
    if text is None:
        return None
    known = [b.value for b in Basis]
    if text.value not in known:
        message = f"`{text.value}` is not a basis"
        row.faults.add("unknown-word", message, text.span, Suggestion(text.value, known))
        return None
    return Basis(text.value)


@define
class PartReader:
    """Reads parts.csv.

    Attributes
    ----------
    numbers
        Part numbers that stand in the file, also those of faulty rows.
    exists
        Whether there is such a file.
    complete
        Whether every row of it could be read.
    """

    context: Context
    numbers: dict[str, Span] = field(factory=dict)
    exists: bool = False
    complete: bool = True

    def read(self) -> dict[str, Part]:
        """Parts by number, in the order of the file."""
        relative = find_table("parts", self.context)
        self.exists = relative is not None
        sheet = read_sheet(self.context.folder, relative) if relative else None
        if sheet is None:
            self.complete = False
            return {}
        self.complete = sheet.complete and any(c.value == "number" for c in sheet.header)
        parts: dict[str, Part] = {}
        faults = self.context.faults
        for row in rows_of(sheet, "parts", _PART_COLUMNS, _MORE_PART_COLUMNS, faults):
            part = self._part(row)
            if part is not None:
                parts[part.number] = part
        return parts

    def _part(self, row: Row) -> Part | None:
        context = self.context
        number = row.required("number")
        if number is None:
            return None
        check_option(number, "a part", context.faults)
        fresh = check_new(number, self.numbers, "the part", context.faults)
        name = row.required("name")
        what = f"of `{number.value}`"
        cost = self._measure(row.required("unit_cost"), f"`unit_cost` {what}")
        mass_text = row.required("mass")
        mass = None
        if mass_text is not None:
            mass = parse_measure(mass_text, UNITS["kg"], f"`mass` {what}", context.faults, least=0)
        spent = row.text("investment")
        investment = self._measure(spent, f"`investment` {what}") if spent is not None else 0
        lead = context.lead(row.text("lead"))
        source = context.source_ids(row.text("source"))
        basis = read_basis(row, "basis")
        if not fresh or name is None or cost is None or mass is None or investment is None:
            return None
        return Part(
            number=number.value,
            name=name.value,
            unit_cost=cost,
            mass=mass,
            investment=investment,
            supplier=row.string("supplier"),
            lead=lead,
            part_class=row.string("class"),
            source=source,
            basis=basis,
            span=number.span,
        )

    def _measure(self, text: Text | None, what: str) -> int | None:
        if text is None or self.context.currency is None:
            return None
        return parse_measure(text, self.context.currency, what, self.context.faults, least=0)


@define
class BomReader:
    """Reads bom.csv against the slots and the part numbers."""

    context: Context
    slots: list[str]
    parts: PartReader
    _modules: dict[str, dict[str, None]] = field(factory=dict)

    def read(self) -> list[BomLine]:
        """The lines, in the order of the file."""
        relative = find_table("bom", self.context)
        if relative is None:
            return []
        sheet = read_sheet(self.context.folder, relative)
        if sheet is None:
            return []
        faults = self.context.faults
        if not self.parts.exists:
            message = "the lines name parts, but there is no file of parts"
            faults.add("missing-file", message, sheet.header[0].span, "write parts.csv")
        for slot in self.slots:
            known = self.context.domains.get(slot) or ()
            self._modules[slot] = {name: None for name in known if name != NONE}
        rows = rows_of(sheet, "bom", _LINE_COLUMNS, _MORE_LINE_COLUMNS, faults)
        return [line for row in rows if (line := self._line(row)) is not None]

    def _line(self, row: Row) -> BomLine | None:
        faults = self.context.faults
        part = row.required("part")
        if part is not None and self.parts.complete and part.value not in self.parts.numbers:
            remedy = Suggestion(part.value, self.parts.numbers, what="part")
            message = f"parts has no part `{part.value}`"
            faults.add("unknown-part", message, part.span, remedy)
        quantity = self._quantity(row)
        slot = row.text("slot")
        modules = self._users(row, slot)
        if part is None or quantity is None:
            return None
        return BomLine(
            part=part.value,
            quantity=quantity,
            slot=slot.value if slot else None,
            modules=modules,
            condition=row.text("condition"),
            position=row.string("position"),
            span=part.span,
        )

    def _quantity(self, row: Row) -> int | None:
        text = row.required("quantity")
        if text is None:
            return None
        value = parse_measure(text, PURE, "`quantity`", self.context.faults, least=1)
        if value is not None and value > QUANTITY_LIMIT:
            message = f"`quantity` is beyond the limit of {QUANTITY_LIMIT}"
            self.context.faults.add("too-large", message, text.span, "check the number")
            return None
        return value

    def _users(self, row: Row, slot: Text | None) -> tuple[str, ...] | None:
        faults = self.context.faults
        module = row.text("module")
        if slot is None:
            if module is not None:
                message = f"the line names the module `{module.value}` but no slot"
                remedy = "write its slot, or clear the module for a line of the whole vehicle"
                faults.add("module-without-slot", message, module.span, remedy)
            return None
        if slot.value not in self._modules:
            if not self.context.slots_known:
                return None
            message = f"catalog.yaml declares no slot `{slot.value}`"
            faults.add(
                "unknown-slot",
                message,
                slot.span,
                Suggestion(slot.value, self._modules, what="slot"),
            )
            return None
        if module is None:
            row.required("module")
            return None
        if module.value == "*":
            return None
        return self._names(module, slot.value)

    def _names(self, module: Text, slot: str) -> tuple[str, ...]:
        known = self._modules[slot]
        found: list[str] = []
        start = 0
        for piece in module.value.split("|"):
            name = piece.strip()
            blanks = len(piece) - len(piece.lstrip())
            span = within(module, start + blanks, start + blanks + len(name))
            start += len(piece) + 1
            if name in found:
                message = f"the module `{name}` stands twice"
                self.context.faults.add("duplicate-name", message, span, "delete one of them")
            elif known and name not in known:
                self.context.faults.add(
                    "unknown-module",
                    f"the slot `{slot}` has no module `{name}`",
                    span,
                    Suggestion(name, known, what="module"),
                )
            else:
                found.append(name)
        return tuple(found)
