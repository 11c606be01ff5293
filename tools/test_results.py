"""What GoogleTest wrote about each executed test: <tree>/test-results/<target>/**/*.xml."""
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field


@dataclass
class TestResult:
    name: str
    file: str
    passed: bool
    skipped: bool
    reason: str = ""
    covers: list = field(default_factory=list)


def read_results(trees):
    for tree in trees:
        for path in sorted((tree / "test-results").rglob("*.xml")):
            try:
                root = ElementTree.parse(path).getroot()
            except ElementTree.ParseError:
                continue  # a test that was killed while it wrote: ctest reports it as failed
            for case in root.iter("testcase"):
                if case.get("status") == "run":
                    yield read_case(case)


def read_case(case):
    covers = []
    for entry in case.iter("property"):
        if entry.get("name") == "covers":
            covers += entry.get("value", "").split()
    skip = case.find("skipped")
    skipped = skip is not None or case.get("result") == "skipped"
    reason = (skip.get("message") or skip.text or "") if skip is not None else ""
    failed = case.find("failure") is not None or case.find("error") is not None
    return TestResult(f"{case.get('classname')}.{case.get('name')}", case.get("file", ""),
                      not failed and not skipped, skipped, reason.strip(), covers)
