#include "control/bundle_folder.hpp"

#include <filesystem>
#include <map>
#include <system_error>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bundles.hpp"
#include "control/bundle_rules.hpp"
#include "temporary_folder.hpp"

namespace tollgate::test {
namespace {

namespace fs = std::filesystem;
using control::Bundle;
using testing::HasSubstr;

/// Of each file and folder below, what is in it, and who can read it.
using Tree = std::map<std::string, std::pair<std::string, unsigned>>;
Tree tree_of(const TemporaryFolder& folder, const std::string& name) {
  Tree tree;
  for (const auto& entry : fs::recursive_directory_iterator(folder / name)) {
    const std::string path = fs::relative(entry.path(), folder.path()).string();
    tree[fs::relative(entry.path(), folder / name).string()] = {
        entry.is_directory() ? "" : folder.read(path),
        static_cast<unsigned>(entry.symlink_status().permissions())};
  }
  return tree;
}

std::size_t entries_in(const TemporaryFolder& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder.path()), {}));
}

Bundle bundle_of(Files files) {
  return control::open_bundle(control::pack_bundle(std::move(files), title, secret_key()), trusted(),
                              "b.tgb");
}

TEST(BundleFolder, HasTheFilesAndNobodyElseCanReadThem) {
  const TemporaryFolder folder;
  control::unpack(bundle_of(few_files()), folder / "rules");
  Tree expected{{"lists", {"", 0700U}}};
  for (const rules::File& file : few_files()) expected[file.name] = {file.content, 0600U};
  EXPECT_EQ(tree_of(folder, "rules"), expected);
  EXPECT_EQ(static_cast<unsigned>(fs::status(folder / "rules").permissions()), 0700U);
  EXPECT_EQ(entries_in(folder), 1U) << "nothing is left beside it";
}

TEST(BundleFolder, WithoutListsHasNoFolderOfThem) {
  const TemporaryFolder folder;
  control::unpack(bundle_of({{"a.yaml", "a"}}), folder / "rules/");
  EXPECT_EQ(tree_of(folder, "rules"), (Tree{{"a.yaml", {"a", 0600U}}}));
}

TEST(BundleFolder, TakesNoOthersPlace) {
  const TemporaryFolder folder;
  folder.write("rules/mine", "mine");
  folder.write("file", "mine");
  fs::create_directory(folder / "empty");
  fs::create_directory_symlink(folder / "empty", folder / "link");
  fs::create_symlink(folder / "nowhere", folder / "dangling");
  for (const char* taken : {"rules", "file", "empty", "link", "dangling"})
    EXPECT_THROW(control::unpack(bundle_of(few_files()), folder / taken), std::system_error) << taken;
  EXPECT_EQ(folder.read("rules/mine"), "mine");
  EXPECT_EQ(folder.read("file"), "mine");
  EXPECT_TRUE(fs::is_empty(folder / "empty"));
  EXPECT_FALSE(fs::exists(folder / "nowhere"));
  EXPECT_EQ(entries_in(folder), 5U) << "what was begun is removed";
}

TEST(BundleFolder, IsNotThereWhereItCannotBeWhole) {
  const TemporaryFolder folder;
  Bundle crafted = bundle_of(few_files());
  crafted.files.push_back({"../climbed.yaml", "x"});
  EXPECT_THROW(control::unpack(crafted, folder / "rules"), std::invalid_argument);
  crafted.files.back() = crafted.files.front();
  EXPECT_THROW(control::unpack(crafted, folder / "rules"), std::system_error);
  EXPECT_EQ(entries_in(folder), 0U);
  EXPECT_THROW(control::unpack(bundle_of(few_files()), folder / "absent/rules"), std::system_error);
}

TEST(BundleRules, OfAFolderAreTheSameRulesPackedOrNot) {
  const TemporaryFolder folder;
  for (const rules::File& file : few_files()) folder.write("rules/" + file.name, file.content);
  folder.write("rules/operators.csv", "gt_prefix,operator,country,account\n");
  folder.write("rules/README.md", "not a rule");
  folder.write("rules/accounts.yaml", "accounts: []\n");
  rules::Findings findings;
  const rules::RuleFiles read = rules::read_rule_files(folder / "rules", findings);
  const Bundle bundle = bundle_of(control::bundle_files_of(read));
  EXPECT_EQ(bundle.files.size(), 4U);
  const auto before = rules::load(read, {}, findings);
  const auto after = rules::load(control::rule_files_of(bundle, findings), {}, findings);
  ASSERT_TRUE(before != nullptr && after != nullptr);
  EXPECT_EQ(before->name, after->name);
  EXPECT_EQ(after->lists.size(), 1U);
  EXPECT_NE(after->operators, nullptr);
  EXPECT_EQ(after->policy.size(), 1U);
}

TEST(BundleRules, WithoutAPolicyWarn) {
  rules::Findings findings;
  control::rule_files_of(bundle_of({{"a.yaml", ""}}), findings);
  ASSERT_EQ(findings.all().size(), 1U);
  EXPECT_THAT(findings.all()[0].text, HasSubstr("every message passes"));
}

std::string refusal_of_folder(const TemporaryFolder& folder) {
  rules::Findings findings;
  try {
    control::bundle_files_of(rules::read_rule_files(folder.path(), findings));
  } catch (const BundleError& error) {
    return error.what();
  }
  return "taken";
}

TEST(BundleRules, LinksAndHiddenNamesAreNotPacked) {
  const TemporaryFolder with_link;
  with_link.write("elsewhere", "x");
  fs::create_symlink("elsewhere", with_link / "a.yaml");
  EXPECT_THAT(refusal_of_folder(with_link), testing::AllOf(HasSubstr("a.yaml"), HasSubstr("a link")));

  const TemporaryFolder with_folder;
  with_folder.write("elsewhere/a.txt", "# type: host\n");
  fs::create_directory_symlink("elsewhere", with_folder / "lists");
  EXPECT_THAT(refusal_of_folder(with_folder), HasSubstr("lists: found a link"));

  const TemporaryFolder with_name;
  with_name.write("a\x1b[2J.yaml", "x");
  EXPECT_THAT(refusal_of_folder(with_name),
              testing::AllOf(HasSubstr("cannot be shown"), testing::Not(HasSubstr("\x1b"))));
}

}  // namespace
}  // namespace tollgate::test
