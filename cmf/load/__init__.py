"""Reading catalogues and line-ups: text files in, checked plain data out."""

from cmf.load.catalog_file import read_catalog
from cmf.load.lineup_file import read_lineup, read_lineup_and_catalog
from cmf.load.planning_file import read_planning
from cmf.load.rule_test_files import read_rule_tests, rule_test_files
from cmf.load.targets_file import TARGETS_FILE, read_targets, with_threshold

__all__ = [
    "TARGETS_FILE",
    "read_catalog",
    "read_lineup",
    "read_lineup_and_catalog",
    "read_planning",
    "read_rule_tests",
    "read_targets",
    "rule_test_files",
    "with_threshold",
]
