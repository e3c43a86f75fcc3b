#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "rules/load.hpp"

// tests/rules/bad: each file is wrong, and begins with what a person is told of it, a line each:
//
//     # rules.yaml:5:11: error: TEXT
//
// `policy-*.yaml` are policies, the others rules; @staff is a list of numbers.
namespace tollgate::rules {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

/// The lines that say what is expected, without their `# `.
std::string expected_of(const std::string& content) {
  std::istringstream lines(content);
  std::string expected;
  for (std::string line; std::getline(lines, line) && line.starts_with("# ");)
    expected += line.substr(2) + "\n";
  return expected;
}

std::string told(const fs::path& path, const std::string& content) {
  RuleFiles files;
  if (path.filename().string().starts_with("policy-")) {
    files.rules = {{"rules.yaml", "- {id: 1, name: Spam, labels: [spam], when: {text: x}}"}};
    files.policy = {{"policy.yaml", content}};
  } else {
    files.rules = {{"rules.yaml", content}};
  }
  if (content.find("@s") != content.npos) files.lists = {{"staff.txt", "# type: number\n447700900123\n"}};
  Findings findings;
  load(files, {}, findings);
  std::string text;
  for (const Finding& finding : findings.all()) {
    if (finding.place.file == "staff.txt") continue;  // that nobody names it
    text += to_string(finding) + "\n";
  }
  return text;
}

class BadFiles : public testing::TestWithParam<fs::path> {};

TEST_P(BadFiles, say_where_they_are_wrong_and_what_to_do) {
  const std::string content = content_of(GetParam());
  EXPECT_EQ(told(GetParam(), content), expected_of(content));
}

std::vector<fs::path> bad_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(TOLLGATE_SOURCE_ROOT "/tests/rules/bad")) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

INSTANTIATE_TEST_SUITE_P(Rules, BadFiles, testing::ValuesIn(bad_files()), [](const auto& tested) {
  std::string name = tested.param.stem();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace tollgate::rules
