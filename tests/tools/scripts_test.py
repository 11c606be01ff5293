#!/usr/bin/env python3
"""run, tools/install-packages and tools/build with the programs that they call replaced by scripts that note the call."""
import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class ScriptTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.calls = self.root / "calls"
        (self.root / "bin").mkdir()

    def copy(self, path):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, target)

    def program(self, path, script):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'#!/usr/bin/env bash\necho "$(basename "$0") $*" >>"{self.calls}"\n{script}\n', encoding="utf-8")
        file.chmod(0o755)

    def call(self, path, *arguments):
        environment = dict(os.environ, PATH=f"{self.root}/bin:{os.environ['PATH']}", XDG_DATA_HOME=f"{self.root}/share")
        return subprocess.run([self.root / path, *arguments], text=True, capture_output=True, env=environment, check=False)

    def called(self):
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        self.calls.unlink(missing_ok=True)
        return lines


class InstallPackagesTest(ScriptTest):
    INSTALL = "apt-get install -y -qq --no-install-recommends two"

    def setUp(self):
        super().setUp()
        self.copy("tools/install-packages")
        (self.root / "tools/packages").write_text("# list\n\none\ntwo\n", encoding="utf-8")
        self.program("bin/dpkg-query", "echo 'one installed'; echo 'two not-installed'; exit 1")
        self.program("bin/id", "echo 0")

    def test_says_nothing_when_all_are_there(self):
        self.program("bin/dpkg-query", "echo 'one installed'; echo 'two installed'")
        run = self.call("tools/install-packages")
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, "", ""))
        self.assertEqual(len(self.called()), 1)

    def test_others_than_root_get_the_line(self):
        self.program("bin/id", "echo 1000")
        run = self.call("tools/install-packages")
        self.assertEqual(run.returncode, 2)
        self.assertIn("sudo apt-get update && sudo apt-get install -y --no-install-recommends two\n", run.stderr)
        self.assertFalse([line for line in self.called() if line.startswith("apt-get")])

    def test_installs_only_what_is_missing_and_updates_no_lists(self):
        self.program("bin/apt-get", "exit 0")
        self.assertEqual(self.call("tools/install-packages").returncode, 0)
        self.assertEqual([line for line in self.called() if line.startswith("apt-get")], [self.INSTALL])

    def test_updates_the_lists_when_a_package_is_not_found(self):
        self.program("bin/apt-get", f'[ "$1" = update ] && touch "{self.root}/updated"; [ -e "{self.root}/updated" ]')
        self.assertEqual(self.call("tools/install-packages").returncode, 0)
        self.assertEqual([line for line in self.called() if line.startswith("apt-get")],
                         [self.INSTALL, "apt-get update -qq", self.INSTALL])

    def test_a_failure_is_shown(self):
        self.program("bin/apt-get", "echo 'no such package'; exit 100")
        run = self.call("tools/install-packages")
        self.assertEqual(run.returncode, 1)
        self.assertIn("no such package", run.stderr)


class BuildTest(ScriptTest):
    def setUp(self):
        super().setUp()
        self.copy("tools/build")
        (self.root / "CMakePresets.json").write_text("{}", encoding="utf-8")
        self.program("bin/cmake", 'touch "build/$2/build.ninja"')
        self.program("bin/ninja", 'echo "@1/2@ Building a"; echo "@2/2@ Linking b"')

    def configured(self):
        return [line for line in self.called() if line.startswith("cmake")]

    def test_configures_once_and_again_for_other_settings(self):
        run = self.call("tools/build", "asan")
        self.assertEqual((run.returncode, run.stdout), (0, ""))
        self.assertEqual(run.stderr, "configuring asan\nbuilding asan\n")
        self.assertEqual(self.configured(), ["cmake --preset asan"])
        self.call("tools/build", "asan", "target")
        self.assertEqual(self.configured(), [])
        self.call("tools/build", "asan", "-DA=b")
        self.assertEqual(self.configured(), ["cmake --preset asan -DA=b"])
        (self.root / "CMakePresets.json").write_text("{ }", encoding="utf-8")
        self.call("tools/build", "asan", "-DA=b")
        self.assertEqual(self.configured(), ["cmake --preset asan -DA=b"])

    def test_builds_the_targets_that_it_is_given(self):
        self.call("tools/build", "release", "one", "two")
        self.assertRegex(self.called()[-1], r"^ninja -C build/release -j \d+ one two$")

    def test_errors_are_shown_without_the_progress(self):
        self.program("bin/ninja", 'echo "@1/2@ Building a"; echo "a.cpp:1: error: no"; exit 1')
        run = self.call("tools/build", "asan")
        self.assertEqual(run.returncode, 1)
        self.assertIn("a.cpp:1: error: no\n", run.stderr)
        self.assertNotIn("Building a", run.stderr)

    def test_a_failed_configuration_is_shown_and_tried_again(self):
        self.program("bin/cmake", "echo 'no compiler'; exit 1")
        for _ in range(2):
            run = self.call("tools/build", "asan")
            self.assertEqual(run.returncode, 1)
            self.assertIn("no compiler", run.stderr)


class RunTest(ScriptTest):
    def setUp(self):
        super().setUp()
        self.copy("run")
        self.program("tools/install-packages", "")
        self.program("tools/build", "")
        self.program("build/release/src/tallystick/tallystick", 'echo "$*"')
        self.data = self.root / "data"

    def serve(self, *arguments):
        run = self.call("run", *arguments)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return run.stdout.strip()

    def refused(self, *arguments):
        run = self.call("run", *arguments)
        self.assertEqual((run.returncode, run.stdout), (2, ""))
        self.assertFalse([line for line in self.called() if line.startswith("tallystick")])
        return run.stderr

    def free_port(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def test_installs_builds_and_serves(self):
        port = self.free_port()
        self.assertEqual(self.serve("--port", str(port)),
                         f"serve --data {self.root}/share/tallystick --listen 127.0.0.1:{port} --demo on")
        self.assertEqual(self.called()[:2], ["install-packages ", "build release tallystick"])

    def test_options_are_handed_on(self):
        port = self.free_port()
        self.assertEqual(self.serve(f"--port={port}", "--demo", "off", f"--data={self.data}"),
                         f"serve --data {self.data} --listen 127.0.0.1:{port} --demo off")

    def test_a_busy_port_gives_the_next_free_one(self):
        with socket.socket() as busy:
            busy.bind(("127.0.0.1", 0))
            busy.listen()
            port = busy.getsockname()[1]
            listen = self.serve("--port", str(port)).split("--listen 127.0.0.1:")[1].split()[0]
            self.assertGreater(int(listen), port)

    def test_wrong_usage_is_refused(self):
        for arguments in (["--what"], ["--port", "x"], ["--port", "0"], ["--port"], ["--demo", "maybe"], ["--data", ""]):
            with self.subTest(arguments):
                self.assertIn("run: ", self.refused(*arguments))

    def test_data_survives_unless_it_is_to_be_fresh(self):
        self.data.mkdir()
        for name in ("keys", "mail", "mail/tmp", "mail/new", "mail/cur"):
            (self.data / name).mkdir()
        for name in ("orders.db", "orders.db-wal", "endpoint", "lock", "keys/keys.db", "keys/master.key",
                     "mail/new/1.a.tallystick", "mail/cur/1.b.tallystick:2,S"):
            (self.data / name).write_text("x", encoding="utf-8")
        port = str(self.free_port())
        self.serve("--port", port, "--data", str(self.data))
        self.assertTrue((self.data / "orders.db").exists())
        self.serve("--port", port, "--data", str(self.data), "--fresh")
        self.assertEqual([file.name for file in self.data.iterdir()], ["lock"])

    def test_a_folder_of_somebody_else_is_not_removed(self):
        (self.data / "mail" / "new").mkdir(parents=True)
        for name in ("thesis.txt", "mail/new/letter", "mail/thesis.txt"):
            with self.subTest(name):
                file = self.data / name
                file.write_text("x", encoding="utf-8")
                self.assertIn(f"since {name} is not", self.refused("--data", str(self.data), "--fresh"))
                self.assertTrue(file.exists())
                file.unlink()

    def test_a_folder_in_use_is_not_removed(self):
        self.data.mkdir()
        with open(self.data / "lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertIn("another process uses", self.refused("--data", str(self.data), "--fresh"))
        self.assertTrue(self.data.exists())

    def test_nothing_is_served_if_the_build_fails(self):
        self.program("tools/build", "exit 1")
        run = self.call("run", "--data", str(self.data))
        self.assertEqual((run.returncode, run.stdout), (1, ""))


if __name__ == "__main__":
    unittest.main()
