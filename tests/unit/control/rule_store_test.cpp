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
    store.take(7, "seven");
    store.take(9, "nine");
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
    store.take(7, "seven");
    write("8.tgb", "eight");  // and then the process is killed
  }
  const RuleStore store(folder_);
  EXPECT_EQ(store.in_force(), 7U);
  EXPECT_EQ(store.highest(), 7U);
  EXPECT_EQ(store.versions(), Versions{7});
  EXPECT_FALSE(fs::exists(store.path(8)));
}

TEST_F(RuleStoreTest, what_was_taken_can_be_taken_back) {
  RuleStore store(folder_);
  for (std::uint64_t version = 1; version <= 5; ++version) store.take(version, "x");
  store.prune();
  const RuleStore::State before = store.state();
  store.take(9, "nine");
  store.go_back_to(before);
  for (const RuleStore& one : {store, RuleStore(folder_)}) {
    EXPECT_EQ(one.in_force(), 5U);
    EXPECT_EQ(one.highest(), 5U) << "9 can come again";
    EXPECT_EQ(one.versions(), (Versions{1, 2, 3, 4, 5}));
    EXPECT_EQ(one.state().before, (Versions{4, 3, 2, 1, 0}));
    EXPECT_TRUE(fs::exists(one.path(1)));
  }
}

TEST_F(RuleStoreTest, the_way_back_leads_to_what_was_in_force_before) {
  RuleStore store(folder_);
  for (const std::uint64_t version : {5U, 6U, 7U}) store.take(version, "x");
  EXPECT_EQ(store.state().before, (Versions{6, 5, 0}));
  store.set_in_force(5);  // 6 and 7 were bad
  EXPECT_EQ(store.state().before, Versions{0});
  store.take(8, "x");
  EXPECT_EQ(store.state().before, (Versions{5, 0}));
  store.set_in_force(7);  // forward, to one that it was gone back from
  EXPECT_EQ(store.state().before, (Versions{8, 5, 0}));
  EXPECT_EQ(RuleStore(folder_).state().before, (Versions{8, 5, 0}));
  store.set_in_force(7);
  EXPECT_EQ(store.state().before, (Versions{8, 5, 0})) << "it is in force already";
}

TEST_F(RuleStoreTest, five_are_kept_those_on_the_way_back_first) {
  RuleStore store(folder_);
  for (std::uint64_t version = 1; version <= 7; ++version) {
    store.take(version, "x");
    store.prune();
  }
  EXPECT_EQ(store.versions(), (Versions{3, 4, 5, 6, 7}));
  store.set_in_force(3);
  store.prune();
  EXPECT_EQ(store.versions(), (Versions{3, 4, 5, 6, 7}));
  store.take(8, "x");
  EXPECT_EQ(store.to_keep(), (Versions{3, 5, 6, 7, 8}));
  EXPECT_TRUE(fs::exists(store.path(4))) << "until it is done";
  store.prune();
  EXPECT_EQ(store.versions(), (Versions{3, 5, 6, 7, 8}));
  EXPECT_EQ(RuleStore(folder_).versions(), (Versions{3, 5, 6, 7, 8}));
  EXPECT_FALSE(fs::exists(store.path(4)));
}

TEST_F(RuleStoreTest, a_state_that_is_missing_shows) {
  { RuleStore(folder_).take(7, "seven"); }
  fs::remove(folder_ + "/in-force.json");
  const RuleStore store(folder_);
  EXPECT_NE(store.damage(), "");
  EXPECT_EQ(store.in_force(), 7U);
  EXPECT_EQ(store.versions(), Versions{7});
}

TEST_F(RuleStoreTest, what_a_killed_process_left_is_cleared_away) {
  { RuleStore(folder_).take(7, "seven"); }
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
  { RuleStore(folder_).take(7, "seven"); }
  for (const char* text :
       {"", "{", "[]", R"({"in_force": 7, "highest": 9})", R"({"in_force": -1, "highest": 9, "before": []})",
        R"({"in_force": 7, "highest": 9, "before": [-1]})", R"({"in_force": 7, "highest": 9, "before": 7})",
        R"({"in_force": "7", "highest": 9, "before": []})"}) {
    write("in-force.json", text);
    const RuleStore store(folder_);
    EXPECT_NE(store.damage().find("in-force.json"), std::string::npos) << text;
    EXPECT_EQ(store.in_force(), 7U) << text;
    EXPECT_EQ(store.highest(), 7U) << text;
  }
  write("in-force.json", R"({"in_force": 0, "highest": 9, "before": []})");
  EXPECT_EQ(RuleStore(folder_).damage(), "");
  EXPECT_EQ(RuleStore(folder_).in_force(), RuleStore::folder_version);
}

TEST_F(RuleStoreTest, what_cannot_be_written_is_told_and_changes_nothing) {
  RuleStore store(folder_);
  store.take(7, "seven");
  fs::create_directory(folder_ + "/in-force.json.part");  // in the way, and not empty
  write("in-force.json.part/x", "");
  EXPECT_THROW(store.set_in_force(0), StoreError);
  EXPECT_EQ(store.in_force(), 7U);
  EXPECT_THROW(store.take(8, "eight"), StoreError);
  EXPECT_EQ(store.in_force(), 7U);
  EXPECT_EQ(store.highest(), 7U);
  EXPECT_EQ(store.versions(), Versions{7});
}

}  // namespace
}  // namespace tollgate::control
