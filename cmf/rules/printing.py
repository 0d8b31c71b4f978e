"""The canonical text of a syntax tree.

Parsing the text gives the tree back, and there are no more brackets than that needs.
"""

from __future__ import annotations

from fractions import Fraction

from cmf.rules import syntax as s

# How tightly a node binds; an operand that binds less than its place demands gets brackets.
_IMPLICATION, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _FACTOR = range(8)


def to_text(node: s.Inner) -> str:
    """The canonical text of `node`."""
    match node:
        case s.Word(value):
            return value
        case s.Quoted(value):
            return f'"{value}"' if "'" in value else f"'{value}'"
        case s.Attribute(owner, name):
            return f"{owner}.{name}"
        case s.Number(value, unit):
            return _decimal(value) + (f" {unit}" if unit else "")
        case s.Boolean(value):
            return "true" if value else "false"
        case s.Call(function, arguments):
            return f"{function}({', '.join(_place(a, _SUM) for a in arguments)})"
        case s.WordSet(items):
            return "{" + ", ".join(map(to_text, items)) + "}"
        case s.Range(low, high):
            plain = isinstance(low, s.Number) and isinstance(high, s.Number)
            return (".." if plain else " .. ").join((_place(low, _SUM), _place(high, _SUM)))
        case _:
            return _operation(node)


def _operation(node: s.Inner) -> str:
    match node:
        case s.Negative(operand):
            return "-" + _place(operand, _FACTOR)
        case s.Sum(terms):
            return _place(terms[0], _PRODUCT) + "".join(map(_later_term, terms[1:]))
        case s.Product(factors):
            return " * ".join(_place(factor, _FACTOR) for factor in factors)
        case s.Comparison(operator, left, right):
            return f"{_place(left, _SUM)} {operator} {_place(right, _SUM)}"
        case s.Membership(operand, members, negated):
            return _membership(operand, members, negated)
        case s.Negation(operand):
            return "not " + _place(operand, _NOT)
        case s.Conjunction(terms):
            return " and ".join(_place(term, _NOT) for term in terms)
        case s.Disjunction(terms):
            return " or ".join(_place(term, _AND) for term in terms)
        case s.Implication(left, right):
            return f"{_place(left, _OR)} => {_place(right, _IMPLICATION)}"
    raise TypeError(node)


def _place(node: s.Inner, least: int) -> str:
    """`node` in a place that takes what binds at least as tightly as `least`."""
    text = to_text(node)
    return text if _binding(node) >= least else f"({text})"


def _later_term(term: s.Node) -> str:
    if isinstance(term, s.Negative):
        return " - " + _place(term.operand, _PRODUCT)
    return " + " + _place(term, _PRODUCT)


def _membership(operand: s.Node, members: s.Inner, negated: bool) -> str:
    left = _place(operand, _SUM)
    right = _place(members, _SUM)
    if not negated and right.startswith("-") and _ends_in_number(operand):
        left = f"({left})"  # otherwise `18 in -3..5` starts with 18 inches
    return f"{left} {'not in' if negated else 'in'} {right}"


def _ends_in_number(node: s.Node) -> bool:
    match node:
        case s.Number(_, unit):
            return unit is None
        case s.Negative(operand):
            return _ends_in_number(operand)
        case s.Sum(nodes) | s.Product(nodes):
            return _ends_in_number(nodes[-1])
        case _:
            return False


def _binding(node: s.Inner) -> int:
    match node:
        case s.Implication():
            return _IMPLICATION
        case s.Disjunction():
            return _OR
        case s.Conjunction():
            return _AND
        case s.Negation():
            return _NOT
        case s.Comparison() | s.Membership():
            return _COMPARISON
        case s.Sum() | s.WordSet() | s.Range():
            return _SUM
        case s.Product():
            return _PRODUCT
        case _:
            return _FACTOR


def _decimal(value: Fraction) -> str:
    """A fraction with a finite decimal expansion, without trailing zeros."""
    whole, rest = divmod(value.numerator, value.denominator)
    digits = ""
    while rest:
        digit, rest = divmod(rest * 10, value.denominator)
        digits += str(digit)
    return f"{whole}.{digits}" if digits else str(whole)
