"""Small changes of a rule, of the kind that people make by mistake.

They are made in the syntax tree, so that a change reads like a line of a review: `<= 30 mm` became
`< 30 mm`. A change need not make sense; whoever resolves it drops what does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve, frozen

from cmf.model.catalog import Catalog, Effectivity, RuleText
from cmf.rules.edits import Editor
from cmf.rules.mutate_table import table_changes
from cmf.rules.parse import parse
from cmf.rules.printing import to_text
from cmf.source import Text


@frozen
class Change:
    """A changed rule.

    Attributes
    ----------
    rule
        The rule after the change; `None` when it is dropped.
    operator
        Kind of the change, such as ``flip comparison``.
    before, after
        The place that changed, as text.
    """

    rule: RuleText | None
    operator: str
    before: str
    after: str


def changes(catalog: Catalog, rule: RuleText) -> Iterator[Change]:
    """Every change of a rule, in the order of its text."""
    yield Change(None, "drop rule", rule.id, "")
    yield from _years(rule)
    editor = Editor(catalog)
    if rule.when is not None:
        dropped = evolve(rule, when=None)
        yield Change(dropped, "drop condition", f"when {_flat(rule.when.value)}", "always")
    for key in ("when", "require", "forbid"):
        text: Text | None = getattr(rule, key)
        if text is None:
            continue
        for edit in editor.edits(parse(text)):
            body: dict[str, Any] = {key: Text(to_text(edit.tree), text.span)}
            changed = evolve(rule, **body)
            yield Change(changed, edit.operator, to_text(edit.before), to_text(edit.after))
    for key in ("allow", "exclude"):
        table = getattr(rule, key)
        if table is not None:
            for altered in table_changes(editor, table):
                rows: dict[str, Any] = {key: altered.table}
                changed = evolve(rule, **rows)
                yield Change(changed, altered.operator, altered.before, altered.after)


def _years(rule: RuleText) -> Iterator[Change]:
    """The years in which the rule holds: an end dropped or moved by a year."""
    years = rule.effective
    for name, year in (("from", years.start), ("until", years.until)):
        if year is None:
            continue
        for moved in (None, year - 1, year + 1):
            start, until = (moved, years.until) if name == "from" else (years.start, moved)
            changed = evolve(rule, effective=Effectivity(start, until))
            after = "" if moved is None else f"{name} {moved}"
            operator = "drop years" if moved is None else "shift year"
            yield Change(changed, operator, f"{name} {year}", after)


def _flat(text: str) -> str:
    return " ".join(text.split())
