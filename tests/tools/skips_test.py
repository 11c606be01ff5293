#!/usr/bin/env python3
"""tools/skips on results made for it."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SKIPS = Path(__file__).resolve().parents[2] / "tools/skips"

RESULT = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites><testsuite name="Suite"><testcase name="{name}" file="a_test.cpp" status="run" result="{result}"
 classname="Suite">{inside}</testcase></testsuite></testsuites>
"""


class SkipsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.allowed = self.root / "skips.txt"
        self.allowed.write_text("# what may be missing\npostgres: the server package\n", encoding="utf-8")

    def result(self, name, message=None):
        file = self.root / f"tree/test-results/a_tests/Suite.{name}.xml"
        file.parent.mkdir(parents=True, exist_ok=True)
        inside = f'<skipped message="a_test.cpp:7&#x0A;{message}&#x0A;"></skipped>' if message is not None else ""
        result = "skipped" if message is not None else "completed"
        file.write_text(RESULT.format(name=name, inside=inside, result=result), encoding="utf-8")

    def skips(self):
        return subprocess.run([sys.executable, SKIPS, "--allowed", self.allowed, self.root / "tree"], text=True,
                              capture_output=True, check=False)

    def test_without_skips_it_says_nothing(self):
        self.result("runs")
        run = self.skips()
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, "", ""))

    def test_a_named_reason_passes(self):
        self.result("skips", "needs: postgres")
        run = self.skips()
        self.assertEqual(run.returncode, 0)
        self.assertIn("Suite.skips: skipped, needs postgres", run.stdout)

    def test_a_reason_that_the_list_lacks_fails(self):
        self.result("skips", "needs: kafka")
        run = self.skips()
        self.assertEqual(run.returncode, 1)
        self.assertIn("Suite.skips (a_test.cpp): skipped, and kafka is not in skips.txt", run.stdout)

    def test_no_reason_fails(self):
        for message in ("", "later"):
            with self.subTest(message):
                self.result("skips", message)
                run = self.skips()
                self.assertEqual(run.returncode, 1)
                self.assertIn("it does not say what it needs", run.stdout)


if __name__ == "__main__":
    unittest.main()
