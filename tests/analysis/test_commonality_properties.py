"""Identities of the formulas, and the vectorised code against plain dictionaries."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction

import pytest
from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cmf.analysis import commonality as c
from cmf.analysis.commonality import Measure, Metric, NotEvaluable, PartData, Product, Use, Weight
from cmf.model.catalog import Scope

SLOTS = ("front", "rear", None)
PAIR_WEIGHTS = tuple(Weight)
HUGE = 10**15
quick = settings(max_examples=40, deadline=None)


@st.composite
def data(draw, largest=9, volumes=st.integers(0, 50)):
    """Products with brands and volumes, parts with figures, and lines: plain Python."""
    products = [
        Product(f"P{i}", draw(volumes), {"brand": draw(st.sampled_from("XYZ"))})
        for i in range(draw(st.integers(1, 5)))
    ]
    figure = st.integers(0, largest)
    parts = [
        PartData(f"p{j}", draw(figure), draw(figure), draw(figure), draw(st.sampled_from("ab")))
        for j in range(draw(st.integers(1, 6)))
    ]
    line = st.builds(
        Use,
        st.sampled_from([p.name for p in products]),
        st.sampled_from([p.number for p in parts]),
        st.integers(1, 4),
        st.sampled_from(SLOTS),
    )
    return products, parts, draw(st.lists(line, max_size=20))


def build(rows) -> c.Incidence:
    return c.incidence_of(*rows, slots=[s for s in SLOTS if s])


def fraction(result) -> Fraction | None:
    return result.value if isinstance(result, Metric) else None


class Naive:
    """The definitions, word by word, over dictionaries."""

    def __init__(self, rows, population="vehicle"):
        products, parts, uses = rows
        self.group = {
            p.name: p.name if population == "vehicle" else p.groups[population] for p in products
        }
        self.volume = {p.name: p.volume for p in products}
        self.part = {p.number: p for p in parts}
        self.quantity = Counter()
        for use in uses:
            self.quantity[use.product, use.part] += use.quantity
        self.users = defaultdict(set)
        for product, part in self.quantity:
            self.users[part].add(self.group[product])

    def weight(self, weight, part, groups):
        """W_j of the uses by some groups."""
        figures = self.part[part]
        pieces = {n: q for (n, p), q in self.quantity.items() if p == part}
        mine = {n: q for n, q in pieces.items() if self.group[n] in groups}
        match weight:
            case Weight.PART_NUMBER:
                return int(bool(mine))
            case Weight.LIST_COST:
                return figures.unit_cost if mine else 0
            case Weight.INVESTMENT:
                return figures.investment if mine else 0
            case Weight.INSTANCE:
                return sum(mine.values())
            case Weight.MASS:
                return figures.mass * sum(mine.values())
            case Weight.SPEND:
                return figures.unit_cost * sum(self.volume[n] * q for n, q in mine.items())

    def share(self, weight, k, groups):
        top = sum(self.weight(weight, p, groups) for p in self.users if len(self.users[p]) >= k)
        return self.ratio(top, sum(self.weight(weight, p, groups) for p in self.users))

    def measure(self, weight, parts, groups):
        return sum(self.weight(weight, p, groups) for p in parts)

    def pair(self, measure, weight, a, b):
        one = {p for p in self.users if a in self.users[p]}
        other = {p for p in self.users if b in self.users[p]}
        if measure is Measure.CARRY_OVER:
            top = self.measure(weight, one & other, {a})
            return self.ratio(top, self.measure(weight, one, {a}))
        both = self.measure(weight, one & other, {a, b})
        left, right = (self.measure(weight, s, {a, b}) for s in (one, other))
        if measure is Measure.JACCARD:
            return self.ratio(both, self.measure(weight, one | other, {a, b}))
        if measure is Measure.OVERLAP:
            return self.ratio(both, min(left, right))
        return self.ratio(2 * both, left + right)

    def ruzicka(self, weight, a, b):
        top = bottom = 0
        for p, figures in self.part.items():
            unit = {Weight.INSTANCE: 1, Weight.MASS: figures.mass}.get(weight, figures.unit_cost)
            pieces = [
                sum(q for (n, part), q in self.quantity.items() if part == p and self.group[n] == g)
                for g in (a, b)
            ]
            top += unit * min(pieces)
            bottom += unit * max(pieces)
        return self.ratio(top, bottom)

    @staticmethod
    def ratio(top, bottom):
        return Fraction(top, bottom) if bottom else None


@quick
@given(data(), st.sampled_from(Weight), st.integers(1, 3), st.sampled_from(["vehicle", "brand"]))
def test_shares_equal_their_definition(rows, weight, k, population):
    cars, naive = build(rows), Naive(rows, population)
    groups = dict.fromkeys(naive.group.values())
    family = c.share(cars, weight=weight, k=k, population=population)
    seen = c.share_by_group(cars, weight=weight, k=k, population=population)
    assert list(seen) == list(groups)
    possible = len(groups) >= k
    assert fraction(family) == (naive.share(weight, k, set(groups)) if possible else None)
    for group, result in seen.items():
        assert fraction(result) == (naive.share(weight, k, {group}) if possible else None)


@quick
@given(data(), st.sampled_from(Weight), st.sampled_from(["vehicle", "brand"]))
def test_pair_matrices_equal_their_definition(rows, weight, population):
    assume(rows[2])
    cars, naive = build(rows), Naive(rows, population)
    groups = list(dict.fromkeys(naive.group.values()))
    for measure in Measure:
        if measure is Measure.RUZICKA:
            continue
        matrix = c.pair_matrix(cars, measure, weight=weight, population=population)
        assert matrix.labels == tuple(groups)
        for a in groups:
            for b in groups:
                assert fraction(matrix.at(a, b)) == naive.pair(measure, weight, a, b)


@quick
@given(
    data(),
    st.sampled_from([Weight.INSTANCE, Weight.MASS, Weight.LIST_COST]),
    st.sampled_from(["vehicle", "brand"]),
)
def test_ruzicka_equals_its_definition(rows, weight, population):
    assume(rows[2])
    cars, naive = build(rows), Naive(rows, population)
    matrix = c.pair_matrix(cars, Measure.RUZICKA, weight=weight, population=population)
    for a in matrix.labels:
        for b in matrix.labels:
            assert fraction(matrix.at(a, b)) == naive.ruzicka(weight, a, b)


@quick
@given(
    data(largest=HUGE, volumes=st.integers(0, HUGE)),
    st.sampled_from(Weight),
    st.sampled_from([Measure.CARRY_OVER, Measure.JACCARD, Measure.DICE]),
)
def test_figures_beyond_64_bits_stay_exact(rows, weight, measure):
    assume(rows[2])
    cars, naive = build(rows), Naive(rows)
    groups = set(naive.group.values())
    if len(groups) >= 2:
        assert fraction(c.share(cars, weight=weight)) == naive.share(weight, 2, groups)
    matrix = c.pair_matrix(cars, measure, weight=weight)
    for a in groups:
        for b in groups:
            assert fraction(matrix.at(a, b)) == naive.pair(measure, weight, a, b)


@quick
@given(data())
def test_identities_of_the_indices(rows):
    cars = build(rows)
    dci, tcci, ci96, ci97 = (fraction(f(cars)) for f in (c.dci, c.tcci, c.ci96, c.ci97))
    sizes = Counter(product for product, _ in Naive(rows).quantity)
    total = sum(sizes.values())
    if dci is None:
        assert total == 0
        return
    assert ci96 == 1 / dci
    assert 1 <= dci <= len(rows[0])
    if tcci is not None:
        assert tcci == 1 - (total / dci - 1) / (total - 1)
    if ci97 is not None:
        assert ci97 == tcci / Fraction(total - max(sizes.values()), total - 1)
        assert 0 <= ci97 <= 1
    else:
        assert len(sizes) == 1


@quick
@given(st.lists(st.tuples(*[st.integers(0, 3)] * 4), min_size=2, max_size=6))
def test_slot_linear_form_is_ci97(vehicles):
    names = [f"P{i}" for i in range(len(vehicles))]
    uses = [
        Use(name, f"{slot}{variant}", 1, slot)
        for name, chosen in zip(names, vehicles, strict=True)
        for slot, variant in zip("ABCD", chosen, strict=True)
    ]
    parts = dict.fromkeys(use.part for use in uses)
    cars = c.incidence_of([Product(n) for n in names], [PartData(p) for p in parts], uses)
    assert fraction(c.ci97_by_slot(cars)) == fraction(c.ci97(cars))
    variants = sum(len({v[s] for v in vehicles}) for s in range(4))
    m = len(vehicles)
    assert fraction(c.ci97(cars)) == Fraction(4 * m - variants, 4 * (m - 1))


def everything(cars: c.Incidence) -> list[object]:
    """Every metric that has one value for the family."""
    found = [f(cars) for f in (c.dci, c.tcci, c.ci96, c.ci97, c.cic, c.cic_scaled)]
    found += [c.ci97_by_slot(cars), c.pci_parts(cars), c.pci_slots(cars)]
    for weight in Weight:
        for population in ("vehicle", "brand"):
            found.append(c.share(cars, weight=weight, population=population))
            found.append(c.share_lineup(cars, weight=weight, population=population))
    return [fraction(result) for result in found]


def directed(cars: c.Incidence, names) -> list[object]:
    """Every metric that belongs to products, for the products in the order of `names`."""
    found: list[object] = []
    for weight in Weight:
        seen = c.share_by_group(cars, weight=weight)
        found += [fraction(seen[name]) for name in names]
        matrix = c.pair_matrix(cars, Measure.CARRY_OVER, weight=weight)
        if isinstance(matrix, NotEvaluable):
            continue
        found += [fraction(matrix.at(a, b)) for a in names for b in names]
    return found


@quick
@given(data(), st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(rows, random):
    products, parts, uses = rows
    new = {p.name: f"n{i}" for i, p in enumerate(random.sample(products, len(products)))}
    new |= {p.number: f"m{j}" for j, p in enumerate(random.sample(parts, len(parts)))}
    others = (
        [evolve(p, name=new[p.name]) for p in random.sample(products, len(products))],
        [evolve(p, number=new[p.number]) for p in random.sample(parts, len(parts))],
        [
            evolve(u, product=new[u.product], part=new[u.part])
            for u in random.sample(uses, len(uses))
        ],
    )
    cars, renamed = build(rows), build(others)
    assert everything(cars) == everything(renamed)
    names = [p.name for p in products]
    assert directed(cars, names) == directed(renamed, [new[n] for n in names])


@quick
@given(data(), st.sampled_from(Weight), st.integers(1, 3), st.sampled_from(["vehicle", "brand"]))
def test_a_part_that_all_share_never_lowers_a_share(rows, weight, k, population):
    products, parts, uses = rows
    before = fraction(c.share(build(rows), weight=weight, k=k, population=population))
    more = [*uses, *(Use(p.name, "new", 2, None) for p in products)]
    figures = PartData("new", 7, 7, 7)
    seen = c.share(
        build((products, [*parts, figures], more)), weight=weight, k=k, population=population
    )
    after = fraction(seen)
    if before is not None and after is not None:
        assert after >= before


@quick
@given(data(), st.integers(0, 4), st.sampled_from(Weight))
def test_a_duplicate_of_a_vehicle(rows, which, weight):
    products, parts, uses = rows
    one = products[which % len(products)]
    twin = evolve(one, name="twin")
    doubled = [*uses, *(evolve(u, product="twin") for u in uses if u.product == one.name)]
    cars, more = build(rows), build(([*products, twin], parts, doubled))
    # Nothing new between brands, as long as the weight does not count uses.
    if not weight.per_use:
        before, after = (c.share(i, weight=weight, population="brand") for i in (cars, more))
        assert fraction(before) == fraction(after)
    # What the vehicle has alone is now in two vehicles.
    own = fraction(c.share_by_group(more, weight=weight)["twin"])
    assert own in (None, 1)
    before, after = (fraction(c.share(i, weight=weight)) for i in (cars, more))
    if before is not None and not weight.per_use:
        assert after >= before
    # The pairs of the others stay as they were.
    for measure in (Measure.JACCARD, Measure.CARRY_OVER):
        small = c.pair_matrix(cars, measure, weight=weight)
        large = c.pair_matrix(more, measure, weight=weight)
        if isinstance(small, NotEvaluable):
            continue
        n = len(products)
        assert (large.numerator[:n, :n] == small.numerator).all()
        assert fraction(large.at(one.name, "twin")) in (None, 1)


@quick
@given(data(), st.sampled_from(Weight))
def test_jaccard_is_the_share_of_the_two(rows, weight):
    cars = build(rows)
    names = [p.name for p in rows[0]][:2]
    assume(len(names) == 2)
    two = c.share(cars.select(names), weight=weight)
    assert fraction(c.jaccard(cars, *names, weight=weight)) == fraction(two)


@quick
@given(data(), st.sampled_from(Weight))
def test_group_shares_add_up_to_the_family(rows, weight):
    assume(weight.per_use)
    cars = build(rows)
    family = c.share(cars, weight=weight, population="brand")
    assume(isinstance(family, Metric))
    parts = c.share_by_group(cars, weight=weight, population="brand").values()
    counted = [p for p in parts if isinstance(p, Metric)]
    assert sum(p.numerator for p in counted) == family.numerator
    assert sum(p.denominator for p in counted) == family.denominator


@quick
@given(data(), st.sets(st.sampled_from(["front", "rear"])), st.booleans(), st.booleans())
def test_restriction_keeps_the_lines_of_the_scope(rows, slots, vehicle_level, without_a):
    products, parts, uses = rows
    scope = Scope("s", "", tuple(slots), vehicle_level, frozenset("a" if without_a else ""))
    kept_class = {p.number for p in parts if p.part_class not in scope.exclude}
    kept = [
        u
        for u in uses
        if u.part in kept_class and (vehicle_level if u.slot is None else u.slot in slots)
    ]
    assert everything(build(rows).restrict(scope)) == everything(build((products, parts, kept)))


@pytest.mark.parametrize("measure", [m for m in Measure if m is not Measure.RUZICKA])
@quick
@given(rows=data())
def test_least_and_mean_of_a_matrix(measure, rows):
    assume(rows[2])
    matrix = c.pair_matrix(build(rows), measure)
    names = matrix.labels
    values = [fraction(matrix.at(a, b)) for a in names for b in names if a != b]
    if not values or None in values:
        assert isinstance(matrix.least(), NotEvaluable)
        assert isinstance(matrix.mean(), NotEvaluable)
        return
    a, b, least = matrix.least()
    assert fraction(least) == fraction(matrix.at(a, b)) == min(values)
    assert matrix.mean() == c.Bounds.exactly(sum(values) / len(values))
