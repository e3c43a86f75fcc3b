#include "control/folders.hpp"

#include <filesystem>
#include <string>
#include <system_error>

#include <gtest/gtest.h>

#include "unit/control/temporary_folder.hpp"

namespace tollgate::control {
namespace {

namespace fs = std::filesystem;

TEST(Folders, are_made_with_those_above_them) {
  const test::TemporaryFolder temporary;
  make_folders(temporary / "a/b/c/");
  EXPECT_TRUE(fs::is_directory(temporary / "a/b/c"));
  make_folders(temporary / "a/b/c");
  make_folders(temporary / "a/../a/d");
  EXPECT_TRUE(fs::is_directory(temporary / "a/d"));
}

TEST(Folders, cannot_be_made_in_a_file) {
  const test::TemporaryFolder temporary;
  temporary.write("file", "");
  EXPECT_THROW(make_folders(temporary / "file/a"), std::system_error);
}

class PutInPlaceTest : public ::testing::TestWithParam<bool> {
 protected:
  PutInPlaceTest() {
    temporary_.write("file.part", "new");
    if (GetParam()) temporary_.write("file", "old");
  }

  test::TemporaryFolder temporary_;
  std::string whole_ = temporary_ / "file";
  std::string part_ = temporary_ / "file.part";
};
INSTANTIATE_TEST_SUITE_P(Folders, PutInPlaceTest, ::testing::Bool());

TEST_P(PutInPlaceTest, the_new_one_alone_is_left) {
  std::string synced;
  put_in_place(part_, whole_, [&](const std::string& folder) {
    synced = folder;
    EXPECT_EQ(temporary_.read("file"), "new");
  });
  EXPECT_EQ(synced, temporary_.path());
  EXPECT_EQ(temporary_.read("file"), "new");
  EXPECT_FALSE(fs::exists(part_));
}

TEST_P(PutInPlaceTest, what_was_there_is_there_again_where_the_disk_fails) {
  const auto failing = [](const std::string& folder) {
    throw std::system_error(EIO, std::generic_category(), folder);
  };
  EXPECT_THROW(put_in_place(part_, whole_, failing), std::system_error);
  EXPECT_EQ(fs::exists(whole_), GetParam());
  EXPECT_EQ(temporary_.read("file"), GetParam() ? "old" : "");
  EXPECT_EQ(temporary_.read("file.part"), "new");
}

TEST_P(PutInPlaceTest, it_works_with_the_disk) {
  put_in_place(part_, whole_);
  EXPECT_EQ(temporary_.read("file"), "new");
}

}  // namespace
}  // namespace tollgate::control
