"""Cross-tree constraints of a UVL file as formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from attrs import define

from cmf.errors import fail
from cmf.interchange.files import nearest
from cmf.interchange.uvl_lines import Cursor, Line, Token
from cmf.problem.formula import And, Formula, Member, Not, Or
from cmf.source import Source

MOST_NESTING = 50
MOST_TERMS = 100_000
"""Literals of one constraint, once equivalences are written with `and`, `or` and `not`."""

_FUNCTIONS = ("sum", "avg", "len", "floor", "ceil")
_ARITHMETIC = ("==", "<", ">", "<=", ">=", "!=", "+", "-", "*", "/")


def yes(feature: int) -> Member:
    """The feature is selected."""
    return Member(feature, frozenset({1}))


def no(feature: int) -> Member:
    """The feature is not selected."""
    return Member(feature, frozenset({0}))


def read_formula(source: Source, line: Line, features: Mapping[str, int]) -> Formula:
    """The constraint that stands on a line.

    ``!`` binds closest, then ``&``, ``|``, ``=>`` and ``<=>``. Arrows in a row need parentheses.

    Parameters
    ----------
    features
        Variable number of every feature.

    Raises
    ------
    InputError
        The constraint is malformed, names an unknown feature, or speaks of numbers or texts.
    """
    _refuse_arithmetic(source, line.tokens)
    parser = _Parser(Cursor(source, line.tokens), features)
    formula, _ = parser.equivalence()
    if parser.cursor.token.kind != "end":
        raise parser.cursor.unexpected("an operator")
    return formula


def _refuse_arithmetic(source: Source, tokens: Sequence[Token]) -> None:
    for token, following in pairwise(tokens):
        called = token.text in _FUNCTIONS and following.text == "("
        if token.kind in ("number", "string") or token.text in _ARITHMETIC or called:
            raise fail(
                "unsupported-constraint",
                f"`{token.text[:40]}`: constraints over numbers, texts or attributes "
                "are not supported",
                token.span(source),
                "only !, &, |, =>, <=> and parentheses over features can be read",
            )


@define
class _Parser:
    """Recursive descent; every method returns a formula with the number of its literals."""

    cursor: Cursor
    features: Mapping[str, int]
    _depth: int = 0

    def equivalence(self) -> tuple[Formula, int]:
        """``a <=> b``."""
        left, size = self._implication()
        if not self.cursor.take("<=>"):
            return left, size
        right, more = self._implication()
        self._single("<=>")
        both = And((Or((negated(left), right)), Or((negated(right), left))))
        return self._sized(both, 2 * (size + more))

    def _implication(self) -> tuple[Formula, int]:
        left, size = self._disjunction()
        if not self.cursor.take("=>"):
            return left, size
        right, more = self._disjunction()
        self._single("=>")
        return self._sized(Or((negated(left), right)), size + more)

    def _disjunction(self) -> tuple[Formula, int]:
        first, size = self._conjunction()
        terms = [first]
        while self.cursor.take("|"):
            term, more = self._conjunction()
            terms.append(term)
            size += more
        return self._sized(Or(tuple(terms)) if len(terms) > 1 else first, size)

    def _conjunction(self) -> tuple[Formula, int]:
        first, size = self._operand()
        terms = [first]
        while self.cursor.take("&"):
            term, more = self._operand()
            terms.append(term)
            size += more
        return self._sized(And(tuple(terms)) if len(terms) > 1 else first, size)

    def _operand(self) -> tuple[Formula, int]:
        negative = False
        while self.cursor.take("!"):
            negative = not negative
        if self.cursor.take("("):
            formula, size = self._group()
        else:
            formula, size = self._literal(), 1
        return (negated(formula) if negative else formula), size

    def _group(self) -> tuple[Formula, int]:
        self._depth += 1
        if self._depth > MOST_NESTING:
            message = f"parentheses are nested more than {MOST_NESTING} deep"
            raise self.cursor.fault("too-deep", message)
        result = self.equivalence()
        if not self.cursor.take(")"):
            raise self.cursor.unexpected("`)`")
        self._depth -= 1
        return result

    def _literal(self) -> Formula:
        token = self.cursor.token
        if token.kind not in ("name", "quoted"):
            raise self.cursor.unexpected("a feature")
        if self.cursor.tokens[self.cursor.position + 1].text == ".":
            message = "attributes and features of other models are not supported in constraints"
            raise self.cursor.fault("unsupported-constraint", message)
        if token.name not in self.features:
            message = f"there is no feature called `{token.name[:40]}`"
            remedy = nearest(token.name, self.features, "feature")
            raise self.cursor.fault("unknown-feature", message, remedy)
        self.cursor.next()
        return yes(self.features[token.name])

    def _single(self, arrow: str) -> None:
        if self.cursor.at(arrow):
            message = f"`{arrow}` twice in a row can be read in two ways"
            raise self.cursor.fault("ambiguous", message, "write parentheses")

    def _sized(self, formula: Formula, size: int) -> tuple[Formula, int]:
        if size > MOST_TERMS:
            message = f"the constraint needs more than {MOST_TERMS:,} literals"
            raise self.cursor.fault("too-large", message)
        return formula, size


def negated(formula: Formula) -> Formula:
    """The negation, without a `Not` around a single feature."""
    if isinstance(formula, Member):
        (option,) = formula.options
        return Member(formula.variable, frozenset({1 - option}))
    return Not(formula)
