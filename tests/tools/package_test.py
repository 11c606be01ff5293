#!/usr/bin/env python3
"""The installed package, used as its user does: find_package(tally) in a project outside this tree.

    package_test.py SOURCE_DIR BUILD_DIR CXX_COMPILER
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE, BUILD, COMPILER = Path(), Path(), ""

USER_PROJECT = """cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES CXX)
find_package(tally REQUIRED COMPONENTS store_sqlite testing)
add_executable(user main.cpp)
target_link_libraries(user PRIVATE tally::store_sqlite)
"""
USER_MAIN = """#include <iostream>

#include "tally/base/uuid.hpp"
#include "tally/store/sqlite/folder_lock.hpp"

int main(int argc, char** argv) {
    const auto lock = tally::lock_folder(argc > 1 ? argv[1] : ".");
    std::cout << (lock ? "locked" : "refused") << '\\n';
}
"""


class PackageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        cls.prefix = cls.root / "prefix"
        cls.execute("cmake", "--install", BUILD, "--prefix", cls.prefix)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def execute(cls, *command):
        run = subprocess.run([str(part) for part in command], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, check=False)
        if run.returncode != 0:
            raise AssertionError(f"{command}:\n{run.stdout}")
        return run.stdout

    def build(self, project):
        self.execute("cmake", "-G", "Ninja", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}",
                     f"-DCMAKE_CXX_COMPILER={COMPILER}", "-DCMAKE_BUILD_TYPE=Release")
        self.execute("cmake", "--build", project / "build")
        return project / "build"

    def test_a_user_finds_headers_and_libraries(self):
        project = self.root / "user"
        project.mkdir()
        (project / "CMakeLists.txt").write_text(USER_PROJECT, encoding="utf-8")
        (project / "main.cpp").write_text(USER_MAIN, encoding="utf-8")
        data = project / "data"
        data.mkdir()
        self.assertEqual(self.execute(self.build(project) / "user", data), "locked\n")

    def test_nothing_of_the_build_leaks(self):
        files = sorted(self.prefix.rglob("*.cmake"))
        self.assertTrue(files)
        for file in files:
            text = file.read_text(encoding="utf-8")
            for leak in ("tally_options", "tally_pch", "-Werror", "-fsanitize", str(SOURCE), str(BUILD)):
                self.assertNotIn(leak, text, file.name)

    def test_only_headers_of_the_platform_are_installed(self):
        include = self.prefix / "include"
        self.assertEqual(os.listdir(include), ["tally"])
        files = [file for file in include.rglob("*") if file.is_file()]
        self.assertTrue((include / "tally/base/error.hpp") in files and (include / "tally/flow/session.hpp") in files)
        self.assertEqual([file for file in files if file.suffix != ".hpp"], [])
        self.assertEqual([file for file in files if file.name.endswith("_test.hpp") and file.parent.name != "testing"], [])

    def test_the_example_builds_and_runs(self):
        project = self.root / "hello"
        shutil.copytree(SOURCE / "examples/hello", project)
        lines = [line for file in sorted(project.glob("*.cpp")) for line in file.read_text(encoding="utf-8").splitlines()]
        self.assertLess(len(lines), 60)
        self.assertNotEqual(self.execute(self.build(project) / "hello").strip(), "")


if __name__ == "__main__":
    SOURCE, BUILD, COMPILER = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    unittest.main(argv=sys.argv[:1])
