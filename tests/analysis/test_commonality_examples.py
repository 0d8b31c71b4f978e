"""Published and hand-checked examples, as exact fractions."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import product as combinations
from typing import ClassVar

import pytest

from cmf.analysis import commonality as c
from cmf.analysis.commonality import (
    Link,
    Measure,
    Metric,
    NotEvaluable,
    PartData,
    Product,
    Use,
    Weight,
)
from cmf.errors import InputError
from cmf.model.catalog import Scope

SLOTS = ("EB", "CP", "FU", "RU", "EE", "UB")


def value(result: c.Result) -> Fraction:
    assert isinstance(result, Metric), result
    return result.value


def sets(*members: str) -> c.Incidence:
    """Products P1, P2, … from strings of one-letter parts; flat, all quantities 1."""
    names = [f"P{i + 1}" for i in range(len(members))]
    parts = dict.fromkeys("".join(members))
    return c.incidence_of(
        [Product(name) for name in names],
        [PartData(part) for part in parts],
        [Use(n, part) for n, held in zip(names, members, strict=True) for part in held],
    )


def three_vehicles() -> c.Incidence:
    chosen = {
        "A": ("EB1", "CP1", "FU1", "RU1", "EE1", "UB1"),
        "B": ("EB1", "CP1", "FU1", "RU2", "EE1", "UB2"),
        "C": ("EB1", "CP2", "FU1", "RU2", "EE1", "UB3"),
    }
    cost = {
        "EB1": 3,
        "CP1": 2,
        "CP2": 3,
        "FU1": 1,
        "RU1": 1,
        "RU2": 1,
        "EE1": 1,
        "UB1": 2,
        "UB2": 2,
        "UB3": 3,
    }
    products = [
        Product("A", 2, {"brand": "R"}),
        Product("B", 1, {"brand": "N"}),
        Product("C", 1, {"brand": "R"}),
    ]
    return c.incidence_of(
        products,
        [PartData(number, unit_cost=price) for number, price in cost.items()],
        [Use(name, part, 1, part[:2]) for name, parts in chosen.items() for part in parts],
    )


class TestE1:
    matrix = staticmethod(lambda: sets("13", "245", "4", "15"))

    @pytest.mark.parametrize(
        ("metric", "expected"),
        [
            (c.dci, Fraction(8, 5)),
            (c.tcci, Fraction(3, 7)),
            (c.ci96, Fraction(5, 8)),
            (c.ci97, Fraction(3, 5)),
            (c.pci_parts, Fraction(7, 23)),
        ],
    )
    def test_index(self, metric, expected):
        assert value(metric(self.matrix())) == expected


class TestE2:
    @pytest.mark.parametrize(
        ("metric", "expected"),
        [
            (c.dci, Fraction(9, 5)),
            (c.tcci, Fraction(8, 17)),
            (c.ci96, Fraction(5, 9)),
            (c.ci97, Fraction(2, 3)),
            (c.ci97_by_slot, Fraction(2, 3)),
            (c.pci_parts, Fraction(73, 145)),
            (c.pci_slots, Fraction(23, 39)),
            (lambda i: c.pci_slots(i, differing=["UB"]), Fraction(46, 65)),
            (c.cic, Fraction(15, 7)),
            (c.cic_scaled, Fraction(4, 7)),
        ],
    )
    def test_index(self, metric, expected):
        assert value(metric(three_vehicles())) == expected

    def test_numbers_behind_the_ratio(self):
        spend = c.share(three_vehicles(), weight=Weight.SPEND)
        assert (spend.numerator, spend.denominator) == (28, 42)
        cic = c.cic(three_vehicles())
        assert (cic.numerator, cic.denominator) == (90, 42)

    @pytest.mark.parametrize(
        ("weight", "k", "expected"),
        [
            (Weight.PART_NUMBER, 2, Fraction(1, 2)),
            (Weight.INSTANCE, 2, Fraction(13, 18)),
            (Weight.SPEND, 2, Fraction(2, 3)),
            (Weight.PART_NUMBER, 3, Fraction(3, 10)),
            (Weight.INSTANCE, 3, Fraction(1, 2)),
            (Weight.SPEND, 3, Fraction(10, 21)),
        ],
    )
    def test_share(self, weight, k, expected):
        assert value(c.share(three_vehicles(), weight=weight, k=k)) == expected

    def test_across_brands(self):
        cars = three_vehicles()
        assert value(c.share(cars, population="brand")) == Fraction(1, 2)
        assert value(c.share(cars, weight=Weight.SPEND, population="brand")) == Fraction(2, 3)
        seen = c.share_by_group(cars, weight=Weight.SPEND, population="brand")
        assert {brand: value(result) for brand, result in seen.items()} == {
            "R": Fraction(5, 8),
            "N": Fraction(4, 5),
        }
        assert seen["N"].basis.direction == "from N"

    def test_component_view(self):
        views = c.commonality_view(three_vehicles())
        assert [value(v) for v in views.values()] == [
            Fraction(2, 3),
            Fraction(5, 6),
            Fraction(2, 3),
        ]

    @pytest.mark.parametrize(
        ("a", "b", "plain", "weighted", "overlap"),
        [
            ("A", "B", Fraction(1, 2), Fraction(7, 13), Fraction(2, 3)),
            ("A", "C", Fraction(1, 3), Fraction(5, 17), Fraction(1, 2)),
            ("B", "C", Fraction(1, 2), Fraction(3, 8), Fraction(2, 3)),
        ],
    )
    def test_pairs(self, a, b, plain, weighted, overlap):
        cars = three_vehicles()
        assert value(c.jaccard(cars, a, b)) == plain
        assert value(c.jaccard(cars, a, b, weight=Weight.LIST_COST)) == weighted
        assert value(c.overlap(cars, a, b)) == overlap
        assert value(c.ruzicka(cars, a, b)) == plain
        assert value(c.dice(cars, a, b)) == 2 * plain / (1 + plain)

    def test_mean_and_least_pair(self):
        matrix = c.pair_matrix(three_vehicles(), Measure.JACCARD)
        assert matrix.mean() == c.Bounds.exactly(Fraction(4, 9))
        a, b, least = matrix.least()
        assert (a, b, value(least)) == ("A", "C", Fraction(1, 3))

    @pytest.mark.parametrize("weight", [Weight.LIST_COST, Weight.SPEND])
    def test_carry_over(self, weight):
        matrix = c.pair_matrix(three_vehicles(), Measure.CARRY_OVER, weight=weight)
        found = {pair: value(matrix.at(*pair)) for pair in ("AB", "BA", "AC", "CA", "BC", "CB")}
        assert found == {
            "AB": Fraction(7, 10),
            "BA": Fraction(7, 10),
            "AC": Fraction(1, 2),
            "CA": Fraction(5, 12),
            "BC": Fraction(3, 5),
            "CB": Fraction(1, 2),
        }
        assert matrix.at("C", "A").basis.direction == "C from A"

    def test_eighty_percent_holds_on_one_basis_only(self):
        cars, target = three_vehicles(), c.Threshold.parse("80 %")
        family = [
            c.share(cars, weight=weight, k=k, population=population)
            for weight in (Weight.PART_NUMBER, Weight.INSTANCE, Weight.SPEND, Weight.LIST_COST)
            for k, population in ((2, "vehicle"), (3, "vehicle"), (2, "brand"))
        ]
        assert {target.judge(result) for result in family} == {c.Verdict.MISSED}
        seen = c.share_by_group(cars, weight=Weight.SPEND, population="brand")
        assert target.judge(seen["N"]) is c.Verdict.MET
        assert target.margin(seen["N"]) == 0
        assert target.judge(seen["R"]) is c.Verdict.MISSED

    def test_scope_without_upper_body(self):
        scope = Scope("hidden", "Hidden modules", SLOTS[:-1], vehicle_level=False)
        hidden = three_vehicles().restrict(scope)
        result = c.share(hidden)
        assert value(result) == Fraction(5, 7)
        assert result.basis.scope == "hidden"

    def test_lineup_share_is_the_volume_weighted_mean(self):
        cars = three_vehicles()
        models = c.share_models(cars, weight=Weight.LIST_COST)
        assert [value(s) for s in models.values()] == [
            Fraction(7, 10),
            Fraction(8, 10),
            Fraction(6, 12),
        ]
        by_volume = c.share_lineup(cars, weight=Weight.LIST_COST)
        assert value(by_volume) == Fraction(
            2 * Fraction(7, 10) + Fraction(8, 10) + Fraction(1, 2), 4
        )
        assert value(c.share_lineup(cars, weight=Weight.LIST_COST, by_volume=False)) == Fraction(
            2, 3
        )


INDICES = (c.dci, c.tcci, c.ci96, c.ci97, c.pci_parts)


@pytest.mark.parametrize(
    ("products", "expected", "similarity"),
    [
        ((), (None, None, None, None, None), None),
        (("",), (None, None, None, None, None), None),
        (("", ""), (None, None, None, None, None), None),
        (("a",), (1, None, 1, None, None), None),
        (("ab",), (1, 0, 1, None, None), None),
        (("abc", "abc", "abc"), (3, Fraction(3, 4), Fraction(1, 3), 1, 1), 1),
        (("abc", "def", "ghi"), (1, 0, 1, 0, 0), 0),
        (
            ("abc", "a"),
            (Fraction(4, 3), Fraction(1, 3), Fraction(3, 4), 1, Fraction(7, 15)),
            Fraction(1, 3),
        ),
        (("abc", ""), (1, 0, 1, None, 0), 0),
    ],
)
def test_e3_edges(products, expected, similarity):
    """The last row is not in the reference: only one of two products has parts."""
    cars = sets(*products)
    results = [metric(cars) for metric in INDICES]
    got = [result.value if isinstance(result, Metric) else None for result in results]
    assert got == list(expected)
    assert all(result.cause for result in results if isinstance(result, NotEvaluable))
    matrix = c.pair_matrix(cars, Measure.JACCARD)
    if similarity is None:
        assert isinstance(matrix, NotEvaluable) or len(products) == 1
    else:
        assert value(matrix.at("P1", "P2")) == similarity


class TestE4:
    links = (
        ("X", "S1"),
        ("X", "p3"),
        ("Y", "S1"),
        ("Y", "S2"),
        ("S1", "p1"),
        ("S1", "p2"),
        ("S2", "p1"),
        ("S2", "p3"),
    )

    def structure(self) -> c.Structure:
        return c.structure_of([Link(*link) for link in self.links])

    def test_all_levels(self):
        assert value(c.multilevel_dci(self.structure())) == Fraction(8, 5)
        assert value(c.multilevel_tcci(self.structure())) == Fraction(3, 7)
        assert value(c.multilevel_ci96(self.structure())) == Fraction(5, 8)

    def test_leaves(self):
        assert value(c.multilevel_dci(self.structure(), leaves_only=True)) == Fraction(5, 3)

    def test_exploded(self):
        uses = c.explode(self.structure())
        flat = c.incidence_of(
            [Product("X"), Product("Y")], [PartData(p) for p in ("p1", "p2", "p3")], uses
        )
        assert value(c.dci(flat)) == 2
        assert value(c.tcci(flat)) == Fraction(3, 5)
        pieces = {(use.product, use.part): use.quantity for use in uses}
        assert pieces == {
            ("X", "p1"): 1,
            ("X", "p2"): 1,
            ("X", "p3"): 1,
            ("Y", "p1"): 2,
            ("Y", "p2"): 1,
            ("Y", "p3"): 1,
        }

    def test_quantities_multiply_along_a_path(self):
        structure = c.structure_of([Link("X", "S", 3), Link("S", "p", 4), Link("X", "p", 1)])
        assert c.explode(structure) == [Use("X", "p", 13)]
        assert {u.part for u in c.explode(structure, leaves_only=False)} == {"S", "p"}

    def test_cycle_is_named(self):
        with pytest.raises(InputError, match=r"`a` > `b` > `c` > `a`"):
            c.structure_of([Link("x", "a"), Link("a", "b"), Link("b", "c"), Link("c", "a")])

    def test_nothing(self):
        empty = c.structure_of([])
        for metric in (c.multilevel_dci, c.multilevel_tcci, c.multilevel_ci96):
            assert isinstance(metric(empty), NotEvaluable)
        assert c.explode(empty) == []


class TestE5:
    full = (Fraction(1),) * 4
    third = (Fraction(1, 3),) * 4

    def row(self, n, factors, cost, least, greatest, best=full):
        return c.CmcRow("component", n, factors, best, cost, least, greatest)

    def test_cmc(self):
        rows = [
            self.row(3, self.full, 10, 10, 16),
            self.row(2, (Fraction(1, 2), Fraction(1), Fraction(1), Fraction(1)), 9, 6, 10),
            self.row(3, self.third, 12, 12, 12, self.third),
        ]
        assert value(c.cmc(rows)) == Fraction(19, 26)

    def test_ends(self):
        low = [self.row(3, self.full, 10, 10, 16), self.row(2, self.full, 6, 6, 10)]
        high = [self.row(3, self.full, 16, 10, 16), self.row(2, self.full, 10, 6, 10)]
        assert value(c.cmc(low)) == 1
        assert value(c.cmc(high)) == 0

    def test_nothing_to_gain(self):
        assert isinstance(c.cmc([self.row(1, self.full, 5, 5, 5)]), NotEvaluable)
        assert isinstance(c.cmc([]), NotEvaluable)

    def test_every_fault_is_told(self):
        rows = [self.row(0, self.full, 5, 6, 5), self.row(2, self.full, 5, 5, 5, self.third)]
        with pytest.raises(InputError) as caught:
            c.cmc(rows)
        assert len(caught.value.diagnostics) == 1 + 1 + 4


class TestE9:
    rate = Fraction(4, 5)

    def test_wright(self):
        total = c.wright_total(100, self.rate, 4)
        assert total.exact
        assert total.low == 256
        assert c.wright_unit(100, self.rate, 4).decimal(6) == "45.368889"
        assert c.wright_unit(100, self.rate, 1).low == 100

    def test_crawford(self):
        unit = c.crawford_unit(100, self.rate, 4)
        assert unit.exact
        assert unit.low == 64
        assert c.crawford_total(100, self.rate, 4).decimal(5) == "314.21037"

    def test_bounds_hold_an_irrational_value(self):
        factor = c.learning_factor(self.rate, 3)
        assert factor.low < factor.high
        assert factor.high - factor.low < Fraction(1, 10**38)
        # 3 ** 8 < 2 ** 13 and 3 ** 5 > 2 ** 7, so log2(3) lies in 7/5 .. 13/8.
        assert factor.high**8 > self.rate**13
        assert factor.low**5 < self.rate**7

    @pytest.mark.parametrize("ratio", [3, 14, Fraction(7, 5), 10**12 + 1, Fraction(1, 999)])
    @pytest.mark.parametrize("rate", ["4/5", "9999/10000", "1/1000"])
    def test_bounds_hold_the_value_to_120_digits(self, rate, ratio):
        rate = Fraction(rate)
        factor = c.learning_factor(rate, ratio)
        with localcontext(prec=120):
            logs = [Decimal(f.numerator) / f.denominator for f in (rate, Fraction(ratio))]
            middle = Fraction((logs[0].ln() * logs[1].ln() / Decimal(2).ln()).exp())
        assert factor.low < middle < factor.high

    def test_a_difference_of_bounds_holds_every_difference(self):
        one, other = c.Bounds(Fraction(1), Fraction(3)), c.Bounds(Fraction(0), Fraction(2))
        assert one - other == c.Bounds(Fraction(-1), Fraction(3))
        assert one + other == c.Bounds(Fraction(1), Fraction(5))
        assert one.times(-2) == c.Bounds(Fraction(-6), Fraction(-2))
        assert (one - other).times(-1).decimal(1) == "-1.0"

    def test_scale_curve_with_a_floor(self):
        assert c.scale_cost(12, Fraction(1, 2), 4, floor=4).low == 6
        assert c.scale_cost(12, Fraction(9, 10), Fraction(1, 2)).low == Fraction(40, 3)

    @pytest.mark.parametrize("rate", [Fraction(0), Fraction(-1), Fraction(3, 2)])
    def test_bad_rate(self, rate):
        with pytest.raises(InputError, match="learning rate"):
            c.learning_factor(rate, 2)

    def test_too_many_units(self):
        with pytest.raises(InputError, match="too many"):
            c.crawford_total(1, self.rate, 10**9)


class TestE11:
    def test_entry_cost(self):
        found = c.entry_cost_reduction(Fraction(3, 5), 14, Fraction(3, 10), Fraction(3, 10))
        assert found == Fraction(51, 140)
        assert c.entry_cost_reduction(Fraction(4, 5), 2, Fraction(3, 10)) == Fraction(28, 100)
        assert c.entry_cost_reduction(
            Fraction(4, 5), 2, Fraction(3, 10), Fraction(1, 5)
        ) == Fraction(12, 100)

    def test_parts_cost(self):
        found = c.parts_cost_reduction(Fraction(4, 5), Fraction(9, 10), 8)
        assert found == c.Bounds.exactly(Fraction(271, 1250))
        pooled = c.parts_cost_reduction(Fraction(4, 5), Fraction(9, 10), 14).times(100)
        assert pooled.decimal(1) == "26.4"
        over = c.parts_cost_reduction(Fraction(4, 5), Fraction(9, 10), 14, Fraction(1, 20)).times(
            100
        )
        assert over.decimal(1) == "23.8"

    @pytest.mark.parametrize(
        ("share", "ratio", "rates"),
        [
            ("0.6", 8, ("0.874", "0.794")),
            ("0.6", 14, ("0.899", "0.834")),
            ("0.6", 32, ("0.922", "0.871")),
            ("0.8", 8, ("0.909", "0.855")),
            ("0.8", 14, ("0.927", "0.884")),
            ("0.8", 32, ("0.944", "0.910")),
        ],
    )
    def test_rate_that_gives_twenty_and_thirty_percent(self, share, ratio, rates):
        """``LR = (1 - R / s) ^ (1 / log2 r)``, rounded to three digits: R lies between."""
        half = Fraction(1, 2000)
        for rate, reduction in zip(rates, (Fraction(1, 5), Fraction(3, 10)), strict=True):
            less = c.parts_cost_reduction(Fraction(share), Fraction(rate) + half, ratio)
            more = c.parts_cost_reduction(Fraction(share), Fraction(rate) - half, ratio)
            assert less.high <= reduction <= more.low


class TestE12:
    volume: ClassVar = {"A": 12, "B": 8, "C": 4}
    unit: ClassVar = {"e1": 4, "e2": 6, "c1": 2, "c2": 3, "c3": 5, "r1": 2, "r2": 3}
    fixed: ClassVar = {"e1": 5, "e2": 19, "c1": 18, "c2": 15, "c3": 15, "r1": 15, "r2": 23}
    feasible: ClassVar = {
        "A": (("e1", "e2"), ("c1", "c2"), ("r1", "r2")),
        "B": (("e2",), ("c2", "c3"), ("r1", "r2")),
        "C": (("e2",), ("c3",), ("r2",)),
    }

    def lineup(self, chosen: dict[str, tuple[str, ...]]) -> c.Incidence:
        return c.incidence_of(
            [Product(name, volume) for name, volume in self.volume.items()],
            [PartData(v, unit_cost=price) for v, price in self.unit.items()],
            [Use(name, v, 1, v[0]) for name, variants in chosen.items() for v in variants],
            level="module",
        )

    def cost(self, chosen: dict[str, tuple[str, ...]]) -> int:
        used = {v for variants in chosen.values() for v in variants}
        running = sum(self.volume[n] * self.unit[v] for n, vs in chosen.items() for v in vs)
        return running + sum(self.fixed[v] for v in used)

    def plans(self) -> list[tuple[int, Fraction, Fraction]]:
        rows = []
        choices = [list(combinations(*slots)) for slots in self.feasible.values()]
        for picked in combinations(*choices):
            chosen = dict(zip(self.feasible, picked, strict=True))
            cars = self.lineup(chosen)
            assert value(c.ci97(cars)) == value(c.ci97_by_slot(cars))
            share = value(c.share(cars, weight=Weight.SPEND))
            rows.append((self.cost(chosen), share, value(c.ci97(cars))))
        return rows

    def test_optima(self):
        plans = self.plans()
        assert len(plans) == 32
        assert min(plans) == (344, Fraction(43, 63), Fraction(1, 2))
        assert min(p for p in plans if p[2] >= Fraction(2, 3))[:2] == (349, Fraction(3, 4))
        assert min(p for p in plans if p[1] >= Fraction(4, 5))[:2] == (363, Fraction(61, 69))
        best = max(plans, key=lambda p: p[1])
        assert best == (368, Fraction(69, 74), Fraction(5, 6))

    def test_pareto_list(self):
        plans = sorted({p[:2] for p in self.plans()}, key=lambda p: (p[0], -p[1]))
        front, reached = [], Fraction(-1)
        for cost, share in plans:
            if share > reached:
                front.append((cost, share))
                reached = share
        assert front == [
            (344, Fraction(43, 63)),
            (349, Fraction(3, 4)),
            (363, Fraction(61, 69)),
            (368, Fraction(69, 74)),
        ]
