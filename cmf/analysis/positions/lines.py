"""When a BOM line applies, term by term, and which terms a variant does not meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import field, frozen

from cmf.model.catalog import BomLine
from cmf.problem.formula import Formula, holds
from cmf.problem.lower import LoweredCatalog
from cmf.problem.problem import Variant
from cmf.rules import syntax as s
from cmf.rules import typed as t
from cmf.rules.parse import parse
from cmf.rules.printing import to_text
from cmf.rules.typed import TypedLine
from cmf.source import Source, Text


@frozen
class Term:
    """One of the statements that must all be true for a line to apply.

    Attributes
    ----------
    text
        In the rule language.
    modules
        Where it is that a slot has one of some modules: the slot and these.
    """

    text: str
    formula: Formula = field(repr=False)
    modules: tuple[str, tuple[str, ...]] | None = None


@frozen
class AppliedLine:
    """A BOM line beside a variant.

    Attributes
    ----------
    terms
        All of them together are its condition; none: it always applies.
    unmet
        Those that are false on the variant; none: the variant selects the line.
    """

    line: TypedLine
    terms: tuple[Term, ...]
    unmet: tuple[Term, ...]


def together(texts: Sequence[str]) -> str:
    """Statements as one that is true where all of them are."""
    distinct = list(dict.fromkeys(texts))
    if len(distinct) <= 1:
        return "".join(distinct) or "true"
    return " and ".join(map(_bracketed, distinct))


def both(one: AppliedLine, other: AppliedLine) -> str:
    """A statement that is true exactly where two lines of one position both apply."""
    terms = (*one.terms, *other.terms)
    named = [term.modules for term in terms if term.modules]
    texts = [term.text for term in terms if not term.modules]
    if named:
        shared = [m for m in named[0][1] if all(m in modules for _, modules in named)]
        texts.insert(0, _among(named[0][0], shared))
    return together(texts)


def _bracketed(text: str) -> str:
    """A statement as it stands beside `and`."""
    tree = parse(Text(text, Source("", text).whole()))
    return f"({text})" if isinstance(tree, s.Disjunction | s.Implication) else text


def applied_lines(
    lowered: LoweredCatalog, lines: Sequence[TypedLine], variant: Variant
) -> tuple[AppliedLine, ...]:
    """Lines of the BOM beside a variant, in their order."""
    written = {
        id(typed): line
        for typed, line in zip(lowered.resolved.lines, lowered.resolved.catalog.bom, strict=True)
    }
    found = []
    for line in lines:
        terms = tuple(_terms(lowered, line, written[id(line)]))
        unmet = tuple(term for term in terms if not holds(term.formula, variant))
        found.append(AppliedLine(line, terms, unmet))
    return tuple(found)


def _terms(lowered: LoweredCatalog, typed: TypedLine, written: BomLine) -> Iterator[Term]:
    """The terms of a condition: that of the module first."""
    exprs = list(_conjuncts(typed.condition))
    modules = _modules(lowered, written)
    if modules is not None:
        yield Term(_among(*modules), lowered.condition(exprs.pop(0)), modules)
    texts = list(_written(written))
    if len(texts) != len(exprs):
        # Nested brackets: what is written as a whole.
        texts, exprs = [together(texts)], [t.And(tuple(exprs))]
    for text, expr in zip(texts, exprs, strict=True):
        yield Term(text, lowered.condition(expr))


def _modules(lowered: LoweredCatalog, line: BomLine) -> tuple[str, tuple[str, ...]] | None:
    """The slot of a line and its modules, where it does not go with whatever is there."""
    if line.slot is None:
        return None
    if line.modules is not None:
        return line.slot, line.modules
    every = list(lowered.resolved.options[line.slot])
    return (line.slot, tuple(m for m in every if m != "none")) if "none" in every else None


def _among(slot: str, modules: Sequence[str]) -> str:
    if len(modules) == 1:
        return f"{slot} == {modules[0]}"
    return f"{slot} in {{{', '.join(modules)}}}"


def _written(line: BomLine) -> Iterator[str]:
    if line.condition is None:
        return
    tree = parse(line.condition)
    for term in tree.terms if isinstance(tree, s.Conjunction) else (tree,):
        yield to_text(term)


def _conjuncts(expr: t.Expr) -> Iterator[t.Expr]:
    match expr:
        case t.And(terms):
            for term in terms:
                yield from _conjuncts(term)
        case _:
            yield expr
