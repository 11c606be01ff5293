"""The ids that a test may name: items of docs/features.md, and invariants, faults and security inputs of
docs/reliability.md."""
import re

ROW = re.compile(r"^\| ([A-E]\d\d) \| (.*?) \| (.*) \|$")
ITEM = re.compile(r"`\.(\d+)` ")
RELIABILITY_ROW = re.compile(r"^\| (I\d+|F\d\d|sec-[A-Z]\d\d) \| ([^|]*)")


class Features:
    def __init__(self, root):
        self.rows = {}   # row id -> capability
        self.items = {}  # item id -> text; in the order of the page
        self.others = {}
        self.problems = []
        self.read_features(root / "docs/features.md")
        self.read_reliability(root / "docs/reliability.md")

    def read_features(self, page):
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            match = ROW.match(line)
            if not match:
                continue
            row, capability, cell = match.groups()
            if row in self.rows:
                self.problems.append(f"{page.name}:{number}: {row} is there twice")
            self.rows[row] = capability
            parts = ITEM.split(cell)
            numbers = [int(part) for part in parts[1::2]]
            if not numbers or numbers != list(range(1, len(numbers) + 1)):
                self.problems.append(f"{page.name}:{number}: the items of {row} are not numbered .1, .2, …")
            for item, text in zip(numbers, parts[2::2]):
                self.items[f"{row}.{item}"] = text.strip(" ·")

    def read_reliability(self, page):
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            match = RELIABILITY_ROW.match(line)
            if match:
                if match.group(1) in self.others:
                    self.problems.append(f"{page.name}:{number}: {match.group(1)} is there twice")
                self.others[match.group(1)] = match.group(2).strip()

    def known(self, name):
        return name in self.items or name in self.others

    def text(self, name):
        return self.items.get(name) or self.others.get(name, "")

    @staticmethod
    def family(name):
        """The heading that a name is counted under."""
        return name[:4] if name.startswith("sec-") else name[0]
