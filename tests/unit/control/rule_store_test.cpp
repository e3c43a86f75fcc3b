#include "control/rule_store.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "unit/control/temporary_folder.hpp"

namespace tollgate::control {
namespace {

namespace fs = std::filesystem;
using Versions = std::vector<std::uint64_t>;

class RuleStoreTest : public ::testing::Test {
 protected:
  std::string read(const std::string& name) const { return temporary_.read("bundles/" + name); }
  void write(const std::string& name, const std::string& text) const {
    temporary_.write("bundles/" + name, text);
  }

  test::TemporaryFolder temporary_;
  std::string folder_ = temporary_ / "bundles";
};

TEST_F(RuleStoreTest, begins_with_the_folder_of_rules) {
  const RuleStore store(folder_);
  EXPECT_EQ(store.in_force(), RuleStore::folder_version);
  EXPECT_EQ(store.highest(), 0U);
  EXPECT_TRUE(store.versions().empty());
  struct stat found {};
  ASSERT_EQ(::stat(folder_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0700U);
}

TEST_F(RuleStoreTest, another_process_finds_what_was_put) {
  {
    RuleStore store(folder_);
    store.put(7, "seven");
    store.set_in_force(7);
    store.put(9, "nine");
    store.set_in_force(9);
    store.set_in_force(7);
  }
  const RuleStore store(folder_);
  EXPECT_EQ(store.in_force(), 7U);
  EXPECT_EQ(store.highest(), 9U);
  EXPECT_EQ(store.versions(), (Versions{7, 9}));
  EXPECT_EQ(read("7.tgb"), "seven");
  EXPECT_EQ(read("9.tgb"), "nine");
}

TEST_F(RuleStoreTest, a_bundle_that_was_put_and_is_not_in_force_changes_nothing) {
  {
    RuleStore store(folder_);
    store.put(7, "seven");
    store.set_in_force(7);
    store.put(8, "eight");  // and then the process is killed
  }
  const RuleStore store(folder_);
  EXPECT_EQ(store.in_force(), 7U);
  EXPECT_EQ(store.highest(), 7U);
}

TEST_F(RuleStoreTest, keeps_five_and_always_the_one_in_force) {
  RuleStore store(folder_);
  for (std::uint64_t version = 1; version <= 7; ++version) {
    store.put(version, "x");
    store.set_in_force(version);
  }
  EXPECT_EQ(store.versions(), (Versions{3, 4, 5, 6, 7}));
  store.set_in_force(3);
  store.put(8, "x");
  store.put(9, "x");
  store.set_in_force(3);
  EXPECT_EQ(store.versions(), (Versions{3, 6, 7, 8, 9}));
  EXPECT_EQ(RuleStore(folder_).versions(), (Versions{3, 6, 7, 8, 9}));
  EXPECT_FALSE(fs::exists(store.path(4)));
}

TEST_F(RuleStoreTest, what_a_killed_process_left_is_cleared_away) {
  { RuleStore(folder_).put(7, "seven"); }
  write("8.tgb.part", "eig");
  write("in-force.json.part", "{");
  write("007.tgb", "not written by us");
  write("notes.txt", "somebody's");
  const RuleStore store(folder_);
  EXPECT_EQ(store.versions(), Versions{7});
  EXPECT_FALSE(fs::exists(folder_ + "/8.tgb.part"));
  EXPECT_FALSE(fs::exists(folder_ + "/in-force.json.part"));
  EXPECT_TRUE(fs::exists(folder_ + "/notes.txt"));
}

TEST_F(RuleStoreTest, with_a_damaged_state_the_newest_bundle_is_the_one_in_force) {
  { RuleStore(folder_).put(7, "seven"); }
  for (const char* text : {"", "{", "[]", R"({"in_force": 7})", R"({"in_force": -1, "highest": 9})",
                           R"({"in_force": "7", "highest": 9})"}) {
    write("in-force.json", text);
    const RuleStore store(folder_);
    EXPECT_NE(store.damage().find("in-force.json"), std::string::npos) << text;
    EXPECT_EQ(store.in_force(), 7U) << text;
    EXPECT_EQ(store.highest(), 7U) << text;
  }
  write("in-force.json", R"({"in_force": 0, "highest": 9})");
  EXPECT_EQ(RuleStore(folder_).damage(), "");
  EXPECT_EQ(RuleStore(folder_).in_force(), RuleStore::folder_version);
}

TEST_F(RuleStoreTest, what_cannot_be_written_is_told_and_changes_nothing) {
  RuleStore store(folder_);
  store.put(7, "seven");
  store.set_in_force(7);
  fs::create_directory(folder_ + "/in-force.json.part");  // in the way, and not empty
  write("in-force.json.part/x", "");
  EXPECT_THROW(store.set_in_force(0), StoreError);
  EXPECT_EQ(store.in_force(), 7U);
}

}  // namespace
}  // namespace tollgate::control
