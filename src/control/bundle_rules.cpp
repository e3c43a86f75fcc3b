#include "control/bundle_rules.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "control/bundle_names.hpp"
#include "control/plain_text.hpp"

namespace tollgate::control {
namespace {

namespace fs = std::filesystem;

std::vector<rules::File>& group_of(rules::RuleFiles& files, RulesPart part) {
  switch (part) {
    case RulesPart::rules: return files.rules;
    case RulesPart::policy: return files.policy;
    case RulesPart::list: return files.lists;
    case RulesPart::operators: break;
  }
  return files.operators;
}

[[noreturn]] void refuse(const fs::path& path, std::string found, std::string expected, std::string advice) {
  throw BundleError(BundleError::Reason::refused,
                    {path.string(), std::move(found), std::move(expected), std::move(advice)});
}

/// A bundle has files only: what a link leads to could be another file where it is checked and packed.
void refuse_link(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_symlink(path, ignored))
    refuse(path, "a link", "a file or folder", "put in its place what it leads to");
}

void add(std::vector<rules::File>& to, const std::vector<rules::File>& files, std::string_view in) {
  for (const rules::File& file : files) {
    const fs::path path(file.name);
    if (!in.empty()) refuse_link(path.parent_path());
    refuse_link(path);
    const std::string name = std::string(in) + path.filename().string();
    if (!part_named(name))
      refuse(is_plain_text(file.name) ? path : path.parent_path(),
             "a file's name that is too long, or cannot be shown",
             "200 octets of UTF-8 at most, without control characters", "give it another name");
    to.push_back({name, file.content});
  }
}

}  // namespace

rules::RuleFiles rule_files_of(const Bundle& bundle, rules::Findings& findings) {
  rules::RuleFiles files;
  files.accounts = true;  // they stand elsewhere, and may name lists that no rule does
  for (const rules::File& file : bundle.files) {
    if (const auto part = part_named(file.name)) group_of(files, *part).push_back(file);
  }
  if (files.policy.empty()) findings.warning({"policy.yaml", 0, 0}, "is not there: every message passes");
  return files;
}

std::vector<rules::File> bundle_files_of(const rules::RuleFiles& files) {
  std::vector<rules::File> all;
  add(all, files.rules, "");
  add(all, files.policy, "");
  add(all, files.operators, "");
  add(all, files.lists, "lists/");
  return all;
}

}  // namespace tollgate::control
