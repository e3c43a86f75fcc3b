#!/usr/bin/env python3
"""That what the page says stands in strings.json, all of it, and nothing else does."""
import json
import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap

PAGE = SOURCE / "src/control/page"
STRINGS = json.loads((PAGE / "strings.json").read_text())
CODE = {path.name: path.read_text() for path in [*PAGE.rglob("*.js"), *PAGE.glob("*.html")]}
# Looked up by a word that the appliance says, or by a name that is put together.
FAMILIES = ("column", "verdict", "report", "difference", "payment", "status", "state", "table", "span", "step", "nav", "role", "direction",
            "alerts", "marks", "overview", "versions")


class StringsTest(unittest.TestCase):
    def test_what_is_said_is_there(self):
        for name, text in CODE.items():
            for key in re.findall(r'\bt\("([^"]+)"', text) + re.findall(r"\{\{([^}]+)\}\}", text):
                self.assertIn(key, STRINGS, name)

    def test_what_is_there_is_said(self):
        everything = "\n".join(CODE.values())
        for key in STRINGS:
            if key.split(".")[0] not in FAMILIES:
                self.assertTrue(f'"{key}"' in everything or f"{{{{{key}}}}}" in everything, key)

    def test_nothing_is_said_beside_them(self):
        for name, text in CODE.items():
            if name.endswith(".js") and name != "dom.js":
                for said in re.findall(r'element\("[^"]*", \{[^{}]*\}, "([^"]*)"', text):
                    self.assertNotRegex(said, "[A-Za-z]", name)

    def test_every_table_of_the_appliance_has_a_name(self):
        tables = re.findall(r"^  X\((\w+), ", (SOURCE / "src/engine/tables.hpp").read_text(), re.MULTILINE)
        self.assertGreater(len(tables), 10)
        for table in tables:
            self.assertIn(f"table.{table}", STRINGS)

    def test_values_stand_in_braces(self):
        for key, text in STRINGS.items():
            self.assertRegex(text, r"^([^{}]|\{\w+\})*$", key)


if __name__ == "__main__":
    tap.main() if hasattr(tap, "main") else unittest.main()
