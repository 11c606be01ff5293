#!/usr/bin/env python3
"""tools/tidy on trees made for it: each rule finds what it is for, where it is, and nothing in a clean tree."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TIDY = Path(__file__).resolve().parents[2] / "tools/tidy"
WORK = "/wo" + "rk/"  # written so that this file is clean itself


class TidyTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write(".clang-format", "BasedOnStyle: Google\n")

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        readme = file.parent / "README.md"
        if file.suffix in (".cpp", ".hpp") and not readme.exists():
            readme.write_text("# A folder\n", encoding="utf-8")

    def tidy(self, *options):
        run = subprocess.run([sys.executable, TIDY, "--root", self.root, *options], text=True, capture_output=True,
                             check=False)
        self.assertEqual(run.stderr, "")
        lines = run.stdout.splitlines()
        self.assertEqual(run.returncode, 1 if lines else 0)
        return lines[:-1]

    def assert_clean(self, path, text):
        self.write(path, text)
        self.assertEqual(self.tidy("--no-format"), [])

    def assert_finds(self, path, text, place, rule, replacement):
        self.write(path, text)
        findings = self.tidy("--no-format")
        self.assertEqual(len(findings), 1, findings)
        self.assertTrue(findings[0].startswith(f"{path}:{place}: [{rule}] "), findings[0])
        self.assertIn(replacement, findings[0])

    def test_a_clean_tree_has_no_findings(self):
        self.write("src/tally/base/clock.cpp", "auto now() { return std::chrono::system_clock::now(); }\n")
        self.write("src/tally/flow/session.hpp", '#include "tally/store/store.hpp"\n')
        self.write("src/tally/flow/session_test.cpp", '#include "support/x.hpp"\n#include "tally/testing/covers.hpp"\n')
        self.write("src/services/orders/order.cpp", '#include "services/inventory/inventory_events.hpp"\n')
        self.write("src/services/orders/order_events.hpp", '#include "services/values/ids.hpp"\n')
        self.assertEqual(self.tidy(), [])

    def test_sizes(self):
        self.assert_finds("src/tally/base/a.cpp", "int a;\n" * 401, 401, "file-size", "split it")

    def test_tests_may_be_longer(self):
        self.assert_clean("src/tally/base/a_test.cpp", "int a;\n" * 600)

    def test_tests_have_a_limit_too(self):
        self.assert_finds("src/tally/base/a_test.cpp", "int a;\n" * 601, 601, "file-size", "at most 600")

    def test_functions(self):
        body = "    call();\n" * 69
        self.assert_finds("src/tally/base/a.cpp", f"namespace a {{\n\nvoid long_one(int x) {{\n{body}}}\n\n}}\n", 3,
                          "function-size", "71 lines")

    def test_functions_in_classes_and_after_initialisers(self):
        body = "        call();\n" * 69
        text = f"class A : public B {{\n    A() : x_{{1}}, y_(2) {{\n{body}    }}\n}};\n"
        self.assert_finds("src/tally/base/a.cpp", text, 2, "function-size", "71 lines")

    def test_functions_of_70_lines_and_long_tables_are_fine(self):
        body = "    if (x) {\n    }\n" * 34
        table = "    {1, 2},\n" * 100
        self.assert_clean("src/tally/base/a.cpp", f"void f() {{\n{body}}}\nconst auto t = to_array<Row>({{\n{table}}});\n")

    def test_layers(self):
        self.assert_finds("src/tally/store/a.cpp", '#include "tally/flow/session.hpp"\n', 1, "layer", "below flow")

    def test_layers_that_nobody_listed(self):
        self.assert_finds("src/tally/base/a.cpp", '#include "tally/magic/wand.hpp"\n', 1, "layer", "add it")

    def test_the_platform_knows_no_services(self):
        self.assert_finds("src/tally/host/a.cpp", '\n#include "services/orders/order.hpp"\n', 2, "layer", "src/tally")

    def test_the_test_kit_is_for_tests(self):
        self.assert_finds("src/services/orders/a.cpp", '#include "tally/testing/covers.hpp"\n', 1, "layer", "only tests")

    def test_the_folders_of_tests_are_for_tests(self):
        self.assert_finds("src/tally/base/a.cpp", '#include "support/a.hpp"\n', 1, "layer", "only tests")

    def test_services_include_only_the_events_of_others(self):
        self.assert_finds("src/services/orders/a.cpp", '#include "services/inventory/stock.hpp"\n', 1, "layer", "_events.hpp")

    def test_services_know_no_program(self):
        self.assert_finds("src/services/orders/a.cpp", '#include "tallystick/cli.hpp"\n', 1, "layer", "Platform")

    def test_verify_is_independent(self):
        self.assert_finds("src/tallystick/verify/fold.cpp", '#include "tally/flow/load.hpp"\n', 1, "layer", "on its own")
        self.assert_finds("src/tallystick/verify/fold.cpp", '#include "services/orders/order.hpp"\n', 1, "layer", "on its own")

    def test_includes_start_at_the_root(self):
        self.assert_finds("src/tally/base/a.cpp", '#include "error.hpp"\n', 1, "include", "from src/")

    def test_banned_words(self):
        cases = {
            "asio::co_spawn(e, t(), asio::detached);": ("detached", "TaskGroup::spawn"),
            "std::chrono::steady_clock::now();": ("clock", "Clock"),
            "std::random_device device;": ("random", "Random"),
            "RAND_bytes(a, 3);": ("random", "Random"),
            "x = std::rand();": ("random", "Random"),
            'std::getenv("A");': ("environment", "Config"),
            "std::jthread worker;": ("thread", "one loop"),
            "std::mutex lock;": ("thread", "one loop"),
            "auto x = std::async(f);": ("thread", "one loop"),
            "asio::steady_timer timer(e);": ("executor", "Clock"),
            "try { f(); } catch (...) {}": ("catch-all", "boundary"),
        }
        for code, (rule, replacement) in cases.items():
            with self.subTest(code):
                self.assert_finds("src/tally/flow/a.cpp", f"\n{code}\n", 2, rule, replacement)

    def test_a_marked_boundary_catches_all(self):
        self.assert_clean("src/tally/base/a.cpp", "try { f(); } catch (...) {  // boundary\n}\n")

    def test_comments_and_literals_are_no_code(self):
        self.assert_clean("src/tally/flow/a.cpp", '// asio::detached\n/* std::mutex\n getenv */\nauto s = "std::mutex";\n'
                          'auto r = R"(catch (...) {)";\nauto q = \'"\'; auto n = 1\'000;\n')

    def test_threads_and_the_environment_have_their_places(self):
        self.write("src/tally/base/config.cpp", 'std::getenv("A");\n')
        self.assert_clean("src/tally/base/blocking.cpp", "std::jthread worker; std::mutex lock;\n")

    def test_tests_of_threads_have_threads(self):
        self.assert_clean("src/tally/base/pool_threads_test.cpp", "asio::thread_pool pool; std::thread a;\n")

    def test_unfinished_work(self):
        for word in ("TO" "DO", "FIX" "ME", "X" "XX", "HA" "CK"):
            with self.subTest(word):
                self.assert_finds("docs/a.md", f"# A\n\n{word}: later\n", 3, "unfinished", "finish it")

    def test_machine_paths(self):
        self.assert_finds("tools/a.sh", f"cd {WORK}main\n", 1, "machine-path", "relative")

    def test_third_party_headers(self):
        cases = ["sqlite3.h", "prometheus/counter.h", "spdlog/spdlog.h", "toml++/toml.h", "openssl/evp.h", "CLI/CLI.hpp",
                 "lzma.h", "valijson/schema.hpp", "boost/asio.hpp", "librdkafka/rdkafka.h", "boost/beast/http.hpp",
                 "gtest/gtest.h"]
        for header in cases:
            with self.subTest(header):
                self.assert_finds("src/tally/flow/a.cpp", f"#include <{header}>\n", 1, "third-party", "include our seam")

    def test_third_party_headers_in_their_places(self):
        self.write("src/tally/store/store.hpp", "int a;\n")
        self.write("src/tally/store/sqlite/a.hpp", "#include <sqlite3.h>\n")
        self.write("src/tally/base/metrics.cpp", "#include <prometheus/counter.h>\n")
        self.write("src/tallystick/main.cpp", "#include <CLI/CLI.hpp>\n")
        self.assert_clean("src/tally/http/session.cpp", "#include <boost/beast/http.hpp>\n")

    def test_beast_in_headers_and_in_a_fourth_file(self):
        self.assert_finds("src/tally/http/a.hpp", "#include <boost/beast/http.hpp>\n", 1, "third-party", "three .cpp")
        (self.root / "src/tally/http/a.hpp").unlink()
        for name in ("a", "b", "c"):
            self.write(f"src/tally/http/{name}.cpp", "#include <boost/beast/http.hpp>\n")
        self.assert_finds("src/tally/http/d.cpp", "#include <boost/beast/http.hpp>\n", 1, "third-party", "at most 3")

    def test_markdown_titles(self):
        self.assert_finds("docs/a.md", "Hello\n", 1, "title", "begin the page")
        self.assert_finds("docs/a.md", "# A\n```\n# no title\n```\n# B\n", 5, "title", "##")

    def test_readmes(self):
        self.write("src/services/orders/order.cpp", "int a;\n")
        (self.root / "src/services/orders/README.md").unlink()
        self.assertEqual(self.tidy("--no-format"), [
            "src/services/orders/README.md:1: [readme] missing; say what the folder is, its main types, its invariants"])
        self.assert_finds("src/services/orders/README.md", "# A\n" + "line\n" * 40, 41, "readme", "at most 40")

    def test_formatting_with_and_without_a_cache(self):
        cache = self.root / "build/cache.txt"
        self.write("src/tally/base/a.cpp", "int a;\nint  b;\n")
        self.write("src/tally/base/b.cpp", "int a;\n")
        for _ in range(2):
            findings = self.tidy("--cache", cache)
            self.assertEqual(len(findings), 1, findings)
            self.assertIn("src/tally/base/a.cpp:2: [format]", findings[0])
            self.assertIn("clang-format-19 -i", findings[0])
            self.assertEqual(len(cache.read_text().split()), 1)
        self.write("src/tally/base/a.cpp", "int a;\nint b;\n")
        self.assertEqual(self.tidy("--cache", cache), [])


if __name__ == "__main__":
    unittest.main()
