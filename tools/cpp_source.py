"""A C++ file as tools/tidy sees it: code without comments and literals, includes, and where functions begin and end."""
import bisect
import re

NOISE = re.compile(
    r'//[^\n]*'
    r'|/\*.*?\*/'
    r'|R"(?P<delimiter>[^()\s\\]{0,16})\(.*?\)(?P=delimiter)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'",
    re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)', re.MULTILINE)
TYPE_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b(?![^(]*\()")
TEMPLATE = re.compile(r"\btemplate\s*<[^{};]*?>\s*(?=[\w\[])")
ASSIGNMENT = re.compile(r"(?<![=!<>+\-*/%&|^])=(?!=)")
MARK = re.compile(r"[{};]")


def blank(match):
    """The same lines, without their text; a literal stays a literal, so that `extern "C"` keeps its shape."""
    return re.sub(r"[^\n]", " ", match.group(0))


class CppSource:
    def __init__(self, text):
        self.text = text
        self.lines = text.splitlines()
        self.line_count = len(self.lines)
        self.starts = [0] + [match.end() for match in re.finditer("\n", text)]
        self.code = NOISE.sub(blank, text)

    def line_of(self, offset):
        return bisect.bisect_right(self.starts, offset)

    def includes(self):
        """(line, name, whether quoted)"""
        for match in INCLUDE.finditer(self.text):
            yield self.line_of(match.start()), match.group(1) or match.group(2), match.group(1) is not None

    def functions(self):
        """(first line, number of lines) of each function that is defined in a namespace or a class."""
        code = DIRECTIVE.sub(blank, self.code)
        scopes = []  # of the open braces: "type", "function" (with its first line), "other"
        since = 0
        for mark in MARK.finditer(code):
            if mark.group(0) == "{":
                kind, first = "other", 0
                if all(scope == "type" for scope, _ in scopes):
                    kind, first = self.classify(code, since, mark.start())
                scopes.append((kind, first))
            elif mark.group(0) == "}" and scopes:
                kind, first = scopes.pop()
                if kind == "function":
                    yield first, self.line_of(mark.start()) - first + 1
            since = mark.end()

    def classify(self, code, since, brace):
        head = code[since:brace]
        if TYPE_SCOPE.search(TEMPLATE.sub("", head)):
            return "type", 0
        signature = re.sub(r"\boperator\s*[^\s\w(]+", "operator", TEMPLATE.sub("", head))
        opening = signature.find("(")
        assigned = ASSIGNMENT.search(signature)
        # After a member initialiser in braces, what opens next is the body of the constructor.
        continued = not signature.strip() or signature.lstrip().startswith(",")
        if not continued and (opening < 0 or (assigned and assigned.start() < opening)):
            return "other", 0
        paragraph = head.rfind("\n\n") + 1
        offset = since + paragraph + len(head[paragraph:]) - len(head[paragraph:].lstrip())
        return "function", self.line_of(min(offset, brace))
