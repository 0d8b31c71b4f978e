"""What the metrics refuse, what they cannot evaluate and why, and how targets are read."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from cmf.analysis import commonality as c
from cmf.analysis.commonality import (
    Joint,
    Measure,
    Metric,
    NotEvaluable,
    PartData,
    PciRow,
    Product,
    Use,
    Verdict,
    Weight,
)
from cmf.errors import InputError, LimitReached
from cmf.model.catalog import Part, Scope
from cmf.source import Source


def pair(volume: int | None = 3, cost: int | None = 5, brand: str | None = "R") -> c.Incidence:
    """Two vehicles: `A` may lack a volume or brand, part `x` a cost; `y` is common."""
    return c.incidence_of(
        [Product("A", volume, {"brand": brand} if brand else {}), Product("B", 1, {"brand": "N"})],
        [PartData("x", unit_cost=cost), PartData("y", unit_cost=2), PartData("unused")],
        [Use("A", "x"), Use("A", "y"), Use("B", "y")],
    )


class TestThreshold:
    @pytest.mark.parametrize(
        ("text", "bound"),
        [
            ("80 %", Fraction(4, 5)),
            ("80%", Fraction(4, 5)),
            ("4/5", Fraction(4, 5)),
            ("0.8", Fraction(4, 5)),
            (">= 12.5 %", Fraction(1, 8)),
            ("≥ 1 / 3", Fraction(1, 3)),
            ("35", Fraction(35)),
            ("-30 %", Fraction(-3, 10)),
            ("1 500 000", Fraction(1_500_000)),
        ],
    )
    def test_exact_from_text(self, text, bound):
        threshold = c.Threshold.parse(text)
        assert threshold.bound == bound
        assert threshold.sense is c.Sense.AT_LEAST

    @pytest.mark.parametrize("text", ["", "%", "4/0", "eighty", "4//5", "4/5/6", "1e3", "80 % %"])
    def test_bad_text_is_located(self, text):
        span = Source("targets.yaml", f"threshold: {text}\n").span(11, 11 + len(text))
        with pytest.raises(InputError, match=r"targets\.yaml:1:12.*is not a ratio"):
            c.Threshold.parse(text, span)

    def test_a_long_text_is_refused_in_short(self):
        with pytest.raises(InputError) as caught:
            c.parse_ratio("9" * 10**6)
        assert len(str(caught.value)) < 300

    def test_a_hair_below_is_missed(self):
        target = c.Threshold.parse("80 %")
        big = 10**30
        basis = c.Basis("share")
        assert target.judge(Metric(basis, 4 * big, 5 * big)) is Verdict.MET
        assert target.judge(Metric(basis, 4 * big - 1, 5 * big)) is Verdict.MISSED
        assert target.judge(NotEvaluable(basis, "no parts")) is Verdict.NOT_EVALUABLE

    def test_at_most(self):
        target = c.Threshold.parse("<= 4")
        assert target.judge(Metric(c.Basis("platforms"), 4, 1)) is Verdict.MET
        assert target.judge(Metric(c.Basis("platforms"), 5, 1)) is Verdict.MISSED
        assert target.margin(Metric(c.Basis("platforms"), 5, 1)) == -1


class TestText:
    @pytest.mark.parametrize(
        ("top", "bottom", "digits", "text"),
        [
            (2, 3, 1, "66.7 %"),
            (1, 2, 0, "50 %"),
            (7999, 10000, 1, "80.0 %"),
            (7999, 10000, 2, "79.99 %"),
            (-1, 8, 1, "-12.5 %"),
            (1, 200, 0, "1 %"),
            (0, 5, 1, "0.0 %"),
        ],
    )
    def test_percent(self, top, bottom, digits, text):
        assert Metric(c.Basis("share"), top, bottom).percent(digits) == text

    def test_basis_says_everything(self):
        seen = c.share_by_group(pair(), weight=Weight.SPEND, population="brand")["N"]
        assert seen.basis.text == (
            "share, weight spend, used in >= 2 of population brand, from N, level part, "
            "scope whole vehicle"
        )
        assert (
            c.dci(pair()).basis.text == "DCI, population vehicle, level part, scope whole vehicle"
        )

    def test_a_metric_cannot_be_undefined(self):
        with pytest.raises(ValueError, match="denominator"):
            Metric(c.Basis("share"), 0, 0)


class TestNotEvaluable:
    @pytest.mark.parametrize(
        ("result", "cause"),
        [
            (c.share(pair(volume=None), weight=Weight.SPEND), "volume not known of A"),
            (c.share(pair(cost=None), weight=Weight.LIST_COST), "unit cost not known of x"),
            (c.share(pair(cost=None), weight=Weight.SPEND), "unit cost not known of x"),
            (c.share(pair(), weight=Weight.MASS), "mass not known of x, y"),
            (c.share(pair(), weight=Weight.INVESTMENT), "investment not known of x, y"),
            (c.share(pair(brand=None), population="brand"), "brand not known of A"),
            (c.share(pair(), k=3), "k = 3 needs at least 3 of population vehicle, there is 2"),
            (c.share_lineup(pair(volume=None)), "volume not known of A"),
            (c.cic(pair(volume=None)), "volume not known of A"),
            (c.cic_scaled(pair().select(["A"])), "there is only one product"),
            (c.ci97(pair().select(["A"])), "there is only one product"),
            (c.ci97_by_slot(pair()), "some lines belong to no slot"),
            (c.pci([], 3), "no product has a component that counts"),
            (c.pci_slots(pair()), "no product has a component that counts"),
        ],
    )
    def test_cause(self, result, cause):
        assert isinstance(result, NotEvaluable)
        assert result.cause == cause

    def test_figures_that_no_metric_needs_may_be_missing(self):
        cars = pair(volume=None, cost=None, brand=None)
        assert c.share(cars).value == Fraction(1, 2)
        assert c.share(cars, weight=Weight.INSTANCE).value == Fraction(2, 3)
        # The cost of a part that nobody uses in scope is not needed.
        assert c.share(pair(), weight=Weight.LIST_COST).value == Fraction(2, 7)

    def test_all_weights_zero(self):
        cars = c.incidence_of(
            [Product("A", 0), Product("B", 0)],
            [PartData("x", unit_cost=4)],
            [Use("A", "x"), Use("B", "x")],
        )
        results = [c.share(cars, weight=Weight.SPEND), c.cic(cars), c.share_lineup(cars)]
        results += c.share_by_group(cars, weight=Weight.SPEND).values()
        results += [f(cars, "A", "B", weight=Weight.SPEND) for f in (c.jaccard, c.carry_over)]
        assert all(isinstance(result, NotEvaluable) for result in results)
        assert c.share(cars, weight=Weight.LIST_COST).value == 1

    @pytest.mark.parametrize("population", ["vehicle", "brand"])
    def test_a_vehicle_of_volume_zero_still_uses_its_parts(self, population):
        cars = c.incidence_of(
            [Product("A", 3, {"brand": "R"}), Product("B", 0, {"brand": "N"})],
            [PartData("x", unit_cost=2), PartData("y", unit_cost=1)],
            [Use("A", "x"), Use("A", "y"), Use("B", "x")],
        )
        result = c.share(cars, weight=Weight.SPEND, population=population)
        assert (result.numerator, result.denominator) == (6, 9)

    def test_a_vehicle_without_parts_has_no_share(self):
        cars = c.incidence_of(
            [Product("A", 2), Product("B", 1), Product("C", 0)],
            [PartData("x")],
            [Use("A", "x"), Use("B", "x")],
        )
        models = c.share_models(cars, weight=Weight.PART_NUMBER)
        assert isinstance(models["C"], NotEvaluable)
        # Of volume 0 it does not count, as one of three alike it does.
        assert c.share_lineup(cars).value == 1
        assert c.share_lineup(cars, by_volume=False).cause.startswith("C: ")

    def test_nothing_at_all(self):
        for cars in (c.incidence_of([], [], []), c.incidence_of([Product("A")], [], [])):
            assert isinstance(c.share(cars), NotEvaluable)
            assert isinstance(c.pair_matrix(cars, Measure.DICE), NotEvaluable)
            assert isinstance(
                c.pair_matrix(cars, Measure.RUZICKA, weight=Weight.INSTANCE), NotEvaluable
            )
            assert isinstance(c.part_weights(cars, Weight.SPEND), c.Lack)
            assert isinstance(c.part_users(cars), c.Lack)

    def test_slots_that_are_not_filled_once(self):
        parts = [PartData(p) for p in ("x", "y")]
        products = [Product("A"), Product("B")]
        twice = [Use("A", "x", 1, "s"), Use("A", "y", 1, "s"), Use("B", "x", 1, "s")]
        cars = c.incidence_of(products, parts, twice)
        assert c.ci97_by_slot(cars).cause == "A has 2 parts in slot s"
        across = [Use(n, "x", 1, s) for n in "AB" for s in "st"]
        cars = c.incidence_of(products, parts, across)
        assert c.ci97_by_slot(cars).cause == "a part is used in two slots"


class TestRefused:
    def codes(self, caught):
        return [d.code for d in caught.value.diagnostics]

    def test_every_fault_in_one_error(self):
        with pytest.raises(InputError) as caught:
            c.incidence_of(
                [Product("A", -1), Product("A"), Product("B", True)],
                [PartData("x", unit_cost=1.5), PartData("x")],
                [
                    Use("A", "z"),
                    Use("C", "x"),
                    Use("A", "x", 0),
                    Use("A", "x", 10**10),
                    Use("A", "x", 1, "roof"),
                ],
                slots=["floor", "floor"],
            )
        assert self.codes(caught) == [
            "duplicate-name",
            "duplicate-name",
            "bad-figure",
            "bad-figure",
            "bad-figure",
            "duplicate-name",
            "unknown-part",
            "unknown-product",
            "bad-quantity",
            "bad-quantity",
            "unknown-slot",
        ]

    def test_many_faults_are_counted(self):
        with pytest.raises(InputError) as caught:
            c.incidence_of([Product("A")], [], [Use("A", f"z{i}") for i in range(1000)])
        assert len(caught.value.diagnostics) == 21
        assert caught.value.diagnostics[-1].code == "more-faults"

    @pytest.mark.parametrize(
        "call",
        [
            lambda cars: c.share(cars, population="brands"),
            lambda cars: c.share_by_group(cars, by="brands"),
            lambda cars: c.jaccard(cars, "A", "B", population="brands"),
            lambda cars: c.platform_ratio(cars.products, platform="brands"),
        ],
    )
    def test_unknown_population(self, call):
        with pytest.raises(InputError, match="did you mean `brand`"):
            call(pair())

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda cars: c.share(cars, k=0), "k is 0"),
            (lambda cars: c.jaccard(cars, "A", "Z"), "no vehicle `Z`"),
            (lambda cars: c.pair_matrix(cars, Measure.DICE).at("Z", "A"), "no vehicle `Z`"),
            (lambda cars: c.carry_over(cars, "R", "X", population="brand"), "no brand `X`"),
            (lambda cars: c.ruzicka(cars, "A", "B", weight=Weight.SPEND), "no form for weight"),
            (lambda cars: cars.select(["Z"]), "no product `Z`"),
            (lambda cars: cars.restrict(Scope("s", "", ("roof",), True)), "no slot `roof`"),
            (lambda cars: c.pci_slots(cars, differing=["roof"]), "no slot `roof`"),
            (lambda cars: c.pci([PciRow("x", 3)], 2), "is in 3 of 2 products"),
            (lambda cars: c.pci([PciRow("x", 2, Fraction(1, 3))], 2), "factor 1/3 is not in"),
            (lambda cars: c.percent_commonality({"a": c.dci(cars)}, {}), "weights for"),
            (lambda cars: c.percent_commonality({"a": c.dci(cars)}, {"a": -1}), "negative"),
            (lambda cars: c.entry_cost_reduction(Fraction(1), 0, Fraction(0)), "0 models"),
            (lambda cars: c.entry_cost_reduction(Fraction(2), 1, Fraction(0)), "share is 2"),
            (lambda cars: c.entry_cost_reduction(Fraction(1), 1, Fraction(-1)), "negative"),
            (lambda cars: c.parts_cost_reduction(Fraction(1), Fraction(1), 2, Fraction(-1)), "-1"),
            (lambda cars: c.learning_factor(Fraction(1, 2), 0), "volume ratio is 0"),
            (lambda cars: c.learning_factor(Fraction(1, 10**300), 10**300), "out of range"),
            (lambda cars: c.wright_total(1, Fraction(1, 2), 0), "0 units"),
            (lambda cars: c.structure_of([c.Link("a", "b", 0)]), "takes 0 pieces"),
        ],
    )
    def test_bad_call(self, call, message):
        with pytest.raises(InputError, match=message):
            call(pair())

    def test_too_many_groups(self, monkeypatch):
        monkeypatch.setattr("cmf.analysis.commonality.meet.MAX_GROUPS", 1)
        with pytest.raises(LimitReached, match="2 groups"):
            c.pair_matrix(pair(), Measure.JACCARD)

    def test_too_many_levels(self, monkeypatch):
        monkeypatch.setattr("cmf.analysis.commonality.quantities.MAX_LEVEL_USES", 2)
        with pytest.raises(LimitReached, match="split of quantities"):
            c.ruzicka(pair(), "A", "B")


class TestArrays:
    products = c.Products(("A", "B"), (None, None))
    parts = c.Parts.named(("x", "y"))

    def build(self, *columns):
        return c.incidence_from_arrays(
            self.products, self.parts, ("s",), tuple(np.array(column) for column in columns)
        )

    def test_lines_in_any_order_add_up(self):
        cars = self.build([1, 0, 1, 0], [0, 1, 0, 0], [0, -1, 0, 0], [1, 2, 3, 4])
        same = c.incidence_of(
            [Product("A"), Product("B")],
            [PartData("x"), PartData("y")],
            [Use("A", "y", 2), Use("A", "x", 4, "s"), Use("B", "x", 4, "s")],
        )
        for name in ("product", "part", "slot", "quantity"):
            assert (getattr(cars.lines, name) == getattr(same.lines, name)).all()
        assert c.ruzicka(cars, "A", "B").value == Fraction(4, 6)

    @pytest.mark.parametrize(
        ("columns", "message"),
        [
            (([2], [0], [0], [1]), "`product` leaves its range 0..1"),
            (([0], [-1], [0], [1]), "`part` leaves its range 0..1"),
            (([0], [0], [1], [1]), "`slot` leaves its range -1..0"),
            (([0], [0], [0], [0]), "`quantity` leaves its range"),
            (([0], [0], [0], [1.0]), "`quantity` holds no integers"),
            (([0, 1], [0], [0], [1]), "columns of unlike length"),
        ],
    )
    def test_bad_columns(self, columns, message):
        with pytest.raises(InputError, match=message):
            self.build(*columns)

    def test_sum_of_equal_lines_is_bounded(self):
        with pytest.raises(InputError, match="add up to more than"):
            self.build([0, 0], [0, 0], [0, 0], [10**9, 1])

    def test_tables_of_unlike_length(self):
        parts = c.Parts(("x",), (1, 2), (None,), (None,), ())
        products = c.Products(("A",), (1,), {"brand": ("R", "N")})
        with pytest.raises(InputError) as caught:
            c.incidence_from_arrays(products, parts, (), (np.zeros(0, dtype=int),) * 4)
        assert len(caught.value.diagnostics) == 3

    def test_parts_of_a_catalogue(self):
        part = Part("x", "a part", 5, 6, 7, part_class="fastener")
        assert c.Parts.of([part]) == c.Parts(("x",), (5,), (6,), (7,), ("fastener",))


class TestPlatforms:
    def models(self, volumes=(10, 20, 30, 40)):
        places = ("CMF-B", "CMF-B", "own", "CMF-D")
        firms = ("Renault", "Nissan", "Nissan", "Nissan")
        return c.Products(("a", "b", "d", "e"), volumes, {"platform": places, "company": firms})

    def test_strict_and_loose_by_models_and_volume(self):
        models = self.models()
        assert c.platform_ratio(models).value == Fraction(2, 4)
        assert c.platform_ratio(models, by_volume=True).value == Fraction(30, 100)
        one_firm = c.Products(
            models.names,
            models.volumes,
            {**models.groups, "platform": ("CMF-B", "CMF-B", "own", "own")},
        )
        assert c.platform_ratio(one_firm).value == Fraction(1, 2)
        assert c.platform_ratio(one_firm, across="vehicle").value == 1

    def test_unknowns(self):
        assert c.platform_ratio(self.models((1, None, 3, 4))).value == Fraction(1, 2)
        ratio = c.platform_ratio(self.models((1, None, 3, 4)), by_volume=True)
        assert ratio.cause == "volume not known of b"
        unknown = c.Products(("a",), (1,), {"platform": (None,), "company": ("Renault",)})
        assert c.platform_ratio(unknown).cause == "platform not known of a"
        assert isinstance(c.platform_ratio(self.models(), k=3), NotEvaluable)
        assert isinstance(c.platform_ratio(self.models((0,) * 4), by_volume=True), NotEvaluable)
        nothing = c.Products((), (), {"platform": (), "company": ()})
        assert c.platform_ratio(nothing).cause == "there are no models"


class TestViews:
    joints = (
        Joint("A", "floor", "sill", "weld"),
        Joint("A", "sill", "pillar", "weld"),
        Joint("B", "sill", "floor", "weld"),
        Joint("B", "sill", "pillar", "glue"),
    )

    def test_a_connection_is_both_parts_and_the_joint(self):
        joined = c.connections_of([Product("A"), Product("B")], self.joints)
        views = c.commonality_view(joined)
        assert [v.value for v in views.values()] == [Fraction(1, 2)] * 2
        assert views["A"].basis.level == "connection"

    def test_weights_of_the_views(self):
        basis = c.Basis("share")
        views = {"component": Metric(basis, 3, 4), "connection": Metric(basis, 1, 2)}
        weights = {"component": Fraction(2, 3), "connection": Fraction(1, 3)}
        assert c.percent_commonality(views, weights).value == Fraction(2, 3)

    def test_a_view_without_data_is_left_out_and_told(self):
        basis = c.Basis("share")
        views = {"component": Metric(basis, 3, 4), "connection": NotEvaluable(basis, "no joints")}
        result = c.percent_commonality(views, {"component": 1, "connection": 1})
        assert result.value == Fraction(3, 4)
        assert result.remarks == ("View connection is left out: no joints.",)
        none = c.percent_commonality(views, {"component": 0, "connection": 1})
        assert none.cause == "View connection is left out: no joints"


class TestPartsThatCloseAGap:
    def test_weights_and_users(self):
        cars = pair()
        assert c.part_weights(cars, Weight.SPEND) == {"x": 15, "y": 8}
        assert c.part_users(cars) == {"x": 1, "y": 2}
        assert c.part_users(cars, "brand") == {"x": 1, "y": 2}
