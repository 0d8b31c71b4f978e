"""Resolution of statements: what is true or false."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from cmf.errors import InputError
from cmf.model.catalog import Choice, ChoiceSet, Flag
from cmf.rules import syntax as s
from cmf.rules import typed as t
from cmf.rules.faults import Faults
from cmf.rules.names import Names, Number, Typed
from cmf.rules.parse import parse
from cmf.rules.printing import to_text
from cmf.rules.values import Values, domain_of
from cmf.source import Text

_ORDER = ("<", "<=", ">", ">=")


@frozen
class Condition:
    """A statement with its canonical text."""

    expr: t.Expr
    text: str


def condition(names: Names, text: Text) -> Condition:
    """The statement that `text` makes."""
    tree = parse(text)
    return Condition(Statements(Values(names, text)).statement(tree), to_text(tree))


@frozen
class Statements:
    """Resolves the statements of one text; every method raises `InputError`."""

    values: Values

    def statement(self, node: s.Inner) -> t.Expr:
        """Any statement; a flag is one by itself."""
        match node:
            case s.Conjunction(terms):
                return t.And(self._all(terms))
            case s.Disjunction(terms):
                return t.Or(self._all(terms))
            case s.Negation(operand):
                return t.Not(self.statement(operand))
            case s.Implication(left, right):
                return t.Implies(*self._all((left, right)))
            case s.Comparison(operator, left, right):
                return self._comparison(node, operator, left, right)
            case s.Membership():
                return self._membership(node)
            case s.Boolean(value):
                return t.And(()) if value else t.Or(())
            case s.Call("defined", arguments):
                return self._defined(node, arguments)
        found = self.values.value(node)
        if isinstance(found.type, Flag):
            return t.Truth(found.expr)
        message = f"`{to_text(node)}` is {self.values.names.describe(found.type)}, not a statement"
        remedy = "compare it with something, as in `a == b`"
        if isinstance(found.type, Number):
            remedy = "compare it with something, as in `a >= b` (`=>` means if … then)"
        raise self.values.fault(node, "not-a-statement", message, remedy)

    def _all(self, nodes: Sequence[s.Inner]) -> tuple[t.Expr, ...]:
        faults = Faults()
        terms: list[t.Expr] = []
        for node in nodes:
            with faults:
                terms.append(self.statement(node))
        faults.settle()
        return tuple(terms)

    def _defined(self, node: s.Call, arguments: tuple[s.Node, ...]) -> t.Expr:
        if len(arguments) != 1 or not isinstance(arguments[0], s.Attribute | s.Word):
            message = "`defined` takes one attribute or quantity"
            raise self.values.fault(node, "argument-count", message, "write `defined(slot.name)`")
        found = self.values.value(arguments[0])
        if not isinstance(found.expr, t.AttributeRef | t.QuantityRef):
            name = to_text(arguments[0])
            message = f"`{name}` always has a value"
            remedy = "ask for an attribute or a quantity; an empty slot is `slot == none`"
            raise self.values.fault(arguments[0], "always-defined", message, remedy)
        return t.Defined(found.expr)

    def _comparison(self, node: s.Comparison, operator: str, left: s.Node, right: s.Node) -> t.Expr:
        lhs, rhs = self._pair(left, right)
        names = self.values.names
        if isinstance(lhs.type, Number) and isinstance(rhs.type, Number):
            one, two = self.values.alike((left, right))
            return t.Compare(operator, one.expr, two.expr)
        domains = (domain_of(lhs), domain_of(rhs))
        agree = type(lhs.type) is type(rhs.type)
        if not agree or (domains[0] and domains[1] and not names.compatible(*map(str, domains))):
            raise self._mismatch(node, lhs, rhs)
        if operator in _ORDER:
            message = (
                f"`{operator}` orders numbers; `{to_text(left)}` is {names.describe(lhs.type)}"
            )
            raise self.values.fault(node, "no-order", message, "use `==`, `!=` or `in {…}`")
        return t.Compare(operator, lhs.expr, rhs.expr)

    def _mismatch(self, node: s.Comparison, lhs: Typed, rhs: Typed) -> InputError:
        names = self.values.names
        left, right = to_text(node.left), to_text(node.right)
        message = (
            f"`{left}` is {names.describe(lhs.type)}, `{right}` is {names.describe(rhs.type)}: "
            "they do not compare"
        )
        remedy = None
        for number, other in ((node.left, rhs), (node.right, lhs)):
            domain = domain_of(other)
            written = self.values.piece(number).written
            if domain and isinstance(number, s.Number) and written in names.vocabulary[domain]:
                remedy = f"write the option in quotes: `'{written}'`"
        if domain_of(lhs) and domain_of(rhs):
            remedy = (
                "compare words of one type, or of types of which one has all words of the other"
            )
            if isinstance(lhs.type, Choice) and isinstance(rhs.type, ChoiceSet):
                remedy = f"write `{left} in {right}`"
            elif isinstance(lhs.type, ChoiceSet) and isinstance(rhs.type, Choice):
                remedy = f"write `{right} in {left}`"
        elif Flag() in (lhs.type, rhs.type):
            remedy = "a flag stands alone: `slot.flag`, or `not slot.flag`"
        return self.values.fault(node, "type-clash", message, remedy)

    def _pair(self, left: s.Node, right: s.Node) -> tuple[Typed, Typed]:
        """Both sides of a comparison; an option takes its meaning from the other side."""
        if self._free(left) == self._free(right):
            one, two = self._both(left, right)
            return self._reread(left, one, two), self._reread(right, two, one)
        if self._free(left):
            two = self._value(right)
            return self._option(left, two, right), two
        one = self._value(left)
        return one, self._option(right, one, left)

    def _both(self, left: s.Node, right: s.Node) -> tuple[Typed, Typed]:
        faults = Faults()
        found: list[Typed] = []
        for node in (left, right):
            with faults:
                found.append(self._value(node))
        faults.settle()
        return found[0], found[1]

    def _free(self, node: s.Inner) -> bool:
        """Whether `node` can only be an option, whose domain must come from elsewhere."""
        if isinstance(node, s.Word):
            return self.values.names.meaning(node.value) is None
        return isinstance(node, s.Quoted)

    def _value(self, node: s.Inner) -> Typed:
        """A value; a failure may be an option with signs in its name that lacks its quotes."""
        try:
            return self.values.value(node)
        except InputError:
            written = self.values.piece(node).written
            if isinstance(node, s.Word | s.Quoted) or not self.values.names.is_option(written):
                raise
            message = f"the option `{written}` is not a plain word"
            remedy = f"write it in quotes: `'{written}'`"
            raise self.values.fault(node, "missing-quotes", message, remedy) from None

    def _option(self, node: s.Inner, other: Typed, beside: s.Inner) -> Typed:
        """A free word, read as an option of what stands beside it."""
        domain = domain_of(other)
        if isinstance(node, s.Word | s.Quoted) and domain is not None:
            kind = type(other.type)
            if kind is ChoiceSet:
                message = f"`{to_text(beside)}` is a set, `{node.value}` is one option"
                remedy = f"write `{to_text(node)} in {to_text(beside)}`"
                raise self.values.fault(node, "type-clash", message, remedy)
            return Typed(self.values.word(node, domain), other.type)
        if isinstance(node, s.Quoted):
            shown = self.values.names.describe(other.type)
            message = f"`{to_text(beside)}` is {shown} and has no option `{node.value}`"
            remedy = "numbers and flags take no quotes"
            raise self.values.fault(node, "type-clash", message, remedy)
        return self.values.value(node)

    def _reread(self, node: s.Inner, own: Typed, other: Typed) -> Typed:
        """A name of an axis or quantity that is also an option of the other side."""
        names, domain = self.values.names, domain_of(other)
        if (
            not isinstance(node, s.Word)
            or domain is None
            or node.value not in names.vocabulary[domain]
        ):
            return own
        mine = domain_of(own)
        if mine is None or not names.compatible(mine, domain):
            return Typed(t.Constant(node.value), Choice(domain))
        message = f"`{node.value}` is a name of its own and also an option of `{domain}`"
        remedy = f"for the option write `'{node.value}'`; otherwise rename one of the two"
        raise self.values.fault(node, "ambiguous-name", message, remedy)

    def _membership(self, node: s.Membership) -> t.Expr:
        if isinstance(node.members, s.Range):
            test = self._in_range(node.operand, node.members)
        elif isinstance(node.members, s.WordSet):
            test = self._in_words(node.operand, node.members)
        else:
            test = self._in_set(node.operand, node.members)
        if not node.negated:
            return test
        asked = dict.fromkeys(t.Defined(leaf) for leaf in self._partial(test))
        return t.And((*asked, t.Not(test))) if asked else t.Not(test)

    def _partial(self, expr: t.Expr) -> Iterator[t.Expr]:
        """The parts of `expr` that may be undefined."""
        match expr:
            case t.AttributeRef(axis, attribute):
                options = self.values.names.axes[axis].options
                if any(attribute not in option.values for option in options):
                    yield expr
            case t.QuantityRef():
                yield expr
            case _:
                for child in t.children(expr):
                    yield from self._partial(child)

    def _in_range(self, operand: s.Node, members: s.Range) -> t.Expr:
        low, high = share_unit((members.low, members.high))
        self.values.alike((operand, high))  # a unit that lacks is asked for once, behind the range
        value, least, most = self.values.alike((operand, low, high))
        ends = (least.expr, most.expr)
        match ends:
            case (t.Constant(int(first)), t.Constant(int(last))) if first > last:
                message = f"the range `{to_text(members)}` is empty"
                remedy = "write the smaller number first"
                raise self.values.fault(members, "empty-range", message, remedy)
        return t.Between(value.expr, *ends)

    def _in_words(self, operand: s.Node, members: s.WordSet) -> t.Expr:
        found = self._value(operand)
        if isinstance(found.type, Number):
            items = share_unit(members.items)
            value, *others = self.values.alike((operand, *items))
            return t.Or(tuple(t.Compare("==", value.expr, other.expr) for other in others))
        if not isinstance(found.type, Choice):
            shown = self.values.names.describe(found.type)
            message = f"`{to_text(operand)}` is {shown}, so it is in no set of options"
            remedy = "write `option in slot.set` to look into a set"
            raise self.values.fault(operand, "type-clash", message, remedy)
        faults = Faults()
        words: list[str] = []
        for item in members.items:
            with faults:
                words.append(self._member(item, found.type.domain))
        faults.settle()
        return t.In(found.expr, t.Constant(frozenset(words)))

    def _member(self, item: s.Word | s.Quoted | s.Number, domain: str) -> str:
        if not isinstance(item, s.Number):
            return str(self.values.word(item, domain).value)
        written = self.values.piece(item).written
        message = f"`{written}` is read as a number, not as an option of `{domain}`"
        remedy = f"if it is an option, write it in quotes: `'{written}'`"
        raise self.values.fault(item, "type-clash", message, remedy)

    def _in_set(self, operand: s.Node, members: s.Node) -> t.Expr:
        among = self._value(members)
        if not isinstance(among.type, ChoiceSet):
            shown = self.values.names.describe(among.type)
            message = f"`{to_text(members)}` is {shown}, not a set"
            remedy = "behind `in` stands `{a, b}`, `low..high` or an attribute that holds a set"
            raise self.values.fault(members, "not-a-set", message, remedy)
        domain = among.type.domain
        if self._free(operand) and isinstance(operand, s.Word | s.Quoted):
            return t.In(self.values.word(operand, domain), among.expr)
        found = self._reread(operand, self._value(operand), among)
        names = self.values.names
        if isinstance(found.type, Choice) and names.compatible(found.type.domain, domain):
            return t.In(found.expr, among.expr)
        message = (
            f"`{to_text(operand)}` is {names.describe(found.type)}, "
            f"`{to_text(members)}` is {names.describe(among.type)}"
        )
        remedy = "look for a word of the same type"
        raise self.values.fault(operand, "type-clash", message, remedy)


def share_unit(nodes: Sequence[s.Node]) -> list[s.Node]:
    """`nodes`, of which bare numbers take the unit of the last: ``2530..2560 mm``."""
    last = nodes[-1].operand if isinstance(nodes[-1], s.Negative) else nodes[-1]
    unit = last.unit if isinstance(last, s.Number) else None
    return [_with_unit(node, unit) for node in nodes]


def _with_unit(node: s.Node, unit: str | None) -> s.Node:
    if isinstance(node, s.Negative):
        return evolve(node, operand=_with_unit(node.operand, unit))
    if isinstance(node, s.Number) and node.unit is None:
        return evolve(node, unit=unit)
    return node
