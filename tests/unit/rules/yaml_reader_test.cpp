#include "rules/yaml_reader.hpp"

#include <string>

#include <gtest/gtest.h>

namespace tollgate::rules {
namespace {

/// What a person is told of `yaml`, read as a map with the keys `name` and `wide`.
std::string told(const std::string& yaml) {
  Findings findings;
  YamlReader reader("t.yaml", findings);
  if (const auto root = reader.parse(yaml)) {
    reader.attempt([&] {
      reader.map(*root, {},
                 {{"name", [&](const YAML::Node& n) { reader.text(n, "a name"); }},
                  {"wide", [&](const YAML::Node& n) { reader.flag(n); }},
                  {"count", [&](const YAML::Node& n) { reader.number(n, 1, 9, "1 to 9"); }}});
    });
  }
  std::string text;
  for (const Finding& finding : findings.all()) text += to_string(finding) + "\n";
  return text;
}

TEST(YamlReader, tells_every_fault_of_a_file) {
  EXPECT_EQ(told("name: []\nwide: maybe\ncount: 10\nnmae: x\n"),
            "t.yaml:1:7: error: found a list; expected a name\n"
            "t.yaml:2:7: error: found `maybe`; expected `true` or `false`\n"
            "t.yaml:3:8: error: found `10`; expected 1 to 9\n"
            "t.yaml:4:1: error: unknown key `nmae`; did you mean `name`?\n");
}

TEST(YamlReader, says_what_has_to_be_quoted) {
  EXPECT_EQ(told("name: @staff\n"), "t.yaml:1:7: error: a list's name has to be quoted: write '@staff'\n");
  EXPECT_EQ(told("name: *77\n"), "t.yaml:1:7: error: a value that begins with * has to be quoted\n");
  EXPECT_EQ(told("count: > 3\n"), "t.yaml:1:10: error: a comparison has to be quoted: write '> 3'\n");
  EXPECT_EQ(told("count: >= 3\n"), "t.yaml:1:9: error: a comparison has to be quoted: write '>= 3'\n");
}

TEST(YamlReader, refuses_aliases_for_they_could_make_a_file_of_any_size) {
  EXPECT_EQ(told("name: &a x\nwide: *a\n"),
            "t.yaml:2:7: error: a value that begins with * has to be quoted\n");
}

TEST(YamlReader, gives_the_nearest_name_where_one_is_near) {
  EXPECT_EQ(nearest("sendr", {"text", "sender"}), "sender");
  EXPECT_EQ(nearest("banana", {"text", "sender"}), "");
}

}  // namespace
}  // namespace tollgate::rules
