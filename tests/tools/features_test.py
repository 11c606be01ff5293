#!/usr/bin/env python3
"""tools/features on results and sources made for it."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

FEATURES = Path(__file__).resolve().parents[2] / "tools/features"

PAGE = """# Features

| id | capability | items |
|---|---|---|
| A15 | Events are queried | `.1` list · `.2` one · `.3` by aggregate |
| C28 | Twice is once | `.1` asserted |
"""
RELIABILITY = """# Reliability

| id | what holds | tested by |
|---|---|---|
| I4 | versions | |
| F01 | kill | restart | |
| sec-A01 | other owners | 404 | |
"""


def case(name, covers, inside="", result="completed"):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<testsuites><testsuite name="Suite"><testcase name="{name}" file="a_test.cpp" line="3" status="run" result="{result}"
 classname="Suite"><properties><property name="covers" value="{covers}"/></properties>{inside}</testcase></testsuite></testsuites>
"""


class FeaturesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("docs/features.md", PAGE)
        self.write("docs/reliability.md", RELIABILITY)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def result(self, name, covers, inside="", result="completed"):
        self.write(f"build/asan/test-results/a_tests/Suite.{name}.xml", case(name, covers, inside, result))

    def features(self, *options):
        return subprocess.run([sys.executable, FEATURES, "--root", self.root, *options], text=True, capture_output=True,
                              check=False)

    def test_lists_what_no_test_names(self):
        self.result("lists", "A15.1 I4")
        run = self.features()
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertNotIn("A15.1", run.stdout)
        self.assertIn("A15 Events are queried: 2 of 3\n    A15.2 one\n    A15.3 by aggregate\n", run.stdout)
        self.assertIn("C28.1", run.stdout)

    def test_results_of_parameterised_tests_lie_deeper(self):
        self.write("build/asan/test-results/a_tests/All/Suite.x/0.xml", case("x/0", "C28.1"))
        self.assertNotIn("C28", self.features().stdout)

    def test_tests_that_failed_or_were_skipped_name_nothing(self):
        self.result("fails", "A15.1", '<failure message="no"></failure>')
        self.result("skips", "A15.2", '<skipped message="needs: x"></skipped>', "skipped")
        self.assertIn("3 of 3", self.features().stdout)

    def test_a_row_shows_its_tests(self):
        self.result("lists", "A15.1 sec-A01 F01")
        run = self.features("--row", "A15")
        self.assertEqual(run.returncode, 0)
        self.assertIn("A15.1 list\n    Suite.lists\nA15.2 one\n    no test\n", run.stdout)
        self.assertIn("Suite.lists", self.features("--row", "sec-A01").stdout)
        self.assertIn("no test", self.features("--row", "I4").stdout)
        self.assertEqual(self.features("--row", "Z99").returncode, 2)

    def test_summary(self):
        self.result("lists", "A15.1 A15.2 I4")
        run = self.features("--summary")
        self.assertIn("A       2 of    3\n", run.stdout)
        self.assertIn("I       1 of    1\n", run.stdout)
        self.assertIn("sec-    0 of    1\n", run.stdout)
        self.assertIn("features: 2 of 4 items", run.stdout)

    def test_unknown_ids_in_results_fail(self):
        self.result("lists", "A15.4")
        run = self.features()
        self.assertEqual(run.returncode, 1)
        self.assertIn("Suite.lists: A15.4 is no id", run.stderr)

    def test_ids_in_sources_are_checked(self):
        self.write("src/a_test.cpp", 'TALLY_COVERS("A15.3", "I4", "F01",\n             "sec-A01");\n')
        self.assertEqual(self.features("--check-ids").returncode, 0)
        self.write("tests/b_test.cpp", '\nTALLY_COVERS("A15.3",\n    "A15.9");\nTALLY_COVERS("A15");\nTALLY_COVERS("A01");\n')
        run = self.features("--check-ids")
        self.assertEqual(run.returncode, 1)
        self.assertIn("tests/b_test.cpp:2: A15.9 is no id", run.stderr)
        self.assertIn("tests/b_test.cpp:4: A15 is a row; name its items", run.stderr)
        self.assertIn("tests/b_test.cpp:5: A01 is no id", run.stderr)

    def test_items_are_numbered_in_order(self):
        self.write("docs/features.md", PAGE + "| C29 | Statistics | `.1` one · `.3` three |\n| C28 | Again | `.1` x |\n")
        run = self.features("--check-ids")
        self.assertEqual(run.returncode, 1)
        self.assertIn("features.md:7: the items of C29 are not numbered", run.stderr)
        self.assertIn("features.md:8: C28 is there twice", run.stderr)


if __name__ == "__main__":
    unittest.main()
