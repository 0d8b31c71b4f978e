"""Rules and the tables that they refer to."""

from __future__ import annotations

import re

from attrs import define, field

from cmf.load.context import Context
from cmf.load.faults import Suggestion
from cmf.load.fields import Fields, NotAMapping, check_new, check_option
from cmf.load.nodes import Node
from cmf.load.sheet import ENDINGS, read_sheet
from cmf.model.catalog import RuleText, Severity, TableText
from cmf.source import Span, Text

_STATEMENTS = ("require", "forbid", "allow", "exclude")
_KEYS = (
    "id",
    "when",
    *_STATEMENTS,
    "because",
    "owner",
    "source",
    "basis",
    "severity",
    "from",
    "until",
    "supersedes",
)
_PATH = re.compile(r"[\w\-.+ ]+(?:/[\w\-.+ ]+)*\Z")


@define
class RuleReader:
    """Reads rules; a table that several rules use is read once."""

    context: Context
    _tables: dict[str, TableText | None] = field(factory=dict)
    _seen: dict[str, Span] = field(factory=dict)

    def read(self) -> list[RuleText]:
        """All rules, files in the order of their names."""
        rules = []
        for name in self.context.folder.names("rules"):
            relative = f"rules/{name}"
            if name.endswith(".yml"):
                message = f"{relative} is not read"
                span = self.context.folder.source(relative).whole()
                remedy = f"rename it {name.removesuffix('.yml')}.yaml"
                self.context.faults.add("bad-file-name", message, span, remedy)
            if not name.endswith(".yaml"):
                continue
            top = self.context.fields(relative, "a file of rules", ("rules",))
            if top is None:
                continue
            top.require("rules", empty=True)
            for node in top.items("rules"):
                rule = self._rule(node)
                if rule is not None:
                    rules.append(rule)
        for rule in rules:
            self._check_superseded(rule)
        return rules

    def _check_superseded(self, rule: RuleText) -> None:
        old = rule.supersedes
        if old is None:
            return
        if old.value == rule.id:
            message = f"the rule `{rule.id}` supersedes itself"
            self.context.faults.add("supersedes-itself", message, old.span, "name an earlier rule")
        elif old.value not in self._seen:
            others = [name for name in self._seen if name != rule.id]
            self.context.faults.add(
                "unknown-rule",
                f"there is no rule `{old.value}`",
                old.span,
                Suggestion(old.value, others, what="rule"),
            )

    def _rule(self, node: Node) -> RuleText | None:
        context = self.context
        try:
            fields = Fields.of(node, "a rule", _KEYS, context.faults)
        except NotAMapping:
            return None
        fields.require("id", "because")
        name = fields.text("id")
        if name is not None:
            check_option(name, "a rule", context.faults)
            check_new(name, self._seen, "the rule", context.faults)
        given = [key for key in _STATEMENTS if key in fields]
        if len(given) != 1 and not fields.misspelt.intersection(_STATEMENTS):
            said = " and ".join(f"`{key}`" for key in given) or "none of them"
            context.faults.add(
                "rule-statement",
                f"a rule has one of `require`, `forbid`, `allow`, `exclude`; this has {said}",
                fields.keys[given[1]].span if given else (name.span if name else fields.span),
                "split it into several rules" if given else "say what must hold: `require: …`",
            )
        fields.require(*given[:1])
        if "when" in fields:
            fields.require("when")
        severity = fields.one_of("severity", [s.value for s in Severity])
        rule = RuleText(
            id=name.value if name else "",
            when=fields.text("when"),
            require=fields.text("require"),
            forbid=fields.text("forbid"),
            allow=self._table(fields.text("allow")),
            exclude=self._table(fields.text("exclude")),
            because=fields.string("because"),
            owner=fields.string("owner"),
            source=context.source_ids(fields.text("source")),
            basis=fields.basis(),
            severity=Severity(severity) if severity else Severity.HARD,
            effective=fields.effectivity(timed=context.timed),
            supersedes=fields.text("supersedes"),
            span=name.span if name else fields.span,
        )
        return rule if name is not None else None

    def _table(self, path: Text | None) -> TableText | None:
        if path is None:
            return None
        relative = table_path(path, self.context)
        if relative is None:
            return None
        if relative not in self._tables:
            self._tables[relative] = self._read_table(relative)
        return self._tables[relative]

    def _read_table(self, relative: str) -> TableText | None:
        faults = self.context.faults
        sheet = read_sheet(self.context.folder, relative)
        if sheet is None:
            return None
        if not sheet.rows and sheet.complete:
            message = "the table has no rows"
            faults.add("empty-table", message, sheet.header[0].span, "add one, or delete the rule")
        for row in sheet.rows:
            for cell in row:
                if not cell.value:
                    message = "a cell of the table is empty"
                    faults.add("missing-value", message, cell.span, "write `*` for anything")
        return TableText(sheet.header, sheet.rows)


def table_path(path: Text, context: Context) -> str | None:
    """A path inside the folder as somebody wrote it; `None` after a reported fault."""
    pieces = path.value.split("/")
    if not _PATH.match(path.value) or ".." in pieces or len(path.value) > 200:
        context.faults.add(
            "outside-folder",
            f"`{path.value}` is not a path inside the folder",
            path.span,
            "write a path with `/`, without `..`, such as `tables/plants.csv`",
        )
        return None
    relative = "/".join(piece for piece in pieces if piece != ".")
    if not relative.endswith(ENDINGS):
        context.faults.add(
            "unknown-file-kind",
            f"`{path.value}` is no table",
            path.span,
            "use a file that ends in " + ", ".join(ENDINGS),
        )
        return None
    if not context.folder.exists(relative):
        context.faults.add(
            "missing-file",
            f"there is no file `{relative}`",
            path.span,
            "create it, or correct the path",
        )
        return None
    return relative
