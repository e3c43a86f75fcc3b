#include "engine/memory_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tollgate::engine {
namespace {

using Found = MemoryFile::Found;

class MemoryFileTest : public testing::Test {
 protected:
  ~MemoryFileTest() override { std::filesystem::remove_all(folder); }
  std::filesystem::path folder = [] {
    std::string name = testing::TempDir() + "memory-file-XXXXXX";
    return std::filesystem::path(mkdtemp(name.data()));
  }();
  std::string path = folder / "worker-0";
};

TEST_F(MemoryFileTest, a_new_one_is_zeros) {
  const MemoryFile file(path, 10'000, 1);
  EXPECT_EQ(file.found(), Found::nothing);
  EXPECT_EQ(file.memory().size(), 10'000U);
  EXPECT_TRUE(
      std::all_of(file.memory().begin(), file.memory().end(), [](std::byte b) { return b == std::byte{}; }));
}

TEST_F(MemoryFileTest, what_a_process_wrote_is_there_after_it_was_killed) {
  const pid_t child = fork();
  if (child == 0) {
    const MemoryFile file(path, 10'000, 1);
    file.memory()[9'999] = std::byte{42};
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  const MemoryFile file(path, 10'000, 1);
  EXPECT_EQ(file.found(), Found::same);
  EXPECT_EQ(file.memory()[9'999], std::byte{42});
}

TEST_F(MemoryFileTest, what_must_be_kept_is_not_replaced) {
  const auto begins_with_one = [](std::span<const std::byte> memory) { return memory[0] == std::byte{1}; };
  for (const auto& [size, layout] : {std::pair{10'000U, 2U}, std::pair{20'000U, 1U}, std::pair{5'000U, 1U}}) {
    { MemoryFile(path, 10'000, 1).memory()[0] = std::byte{1}; }
    EXPECT_THROW(MemoryFile(path, size, layout, begins_with_one), std::runtime_error);
    {
      const MemoryFile as_it_was(path, 10'000, 1, begins_with_one);
      EXPECT_EQ(as_it_was.memory()[0], std::byte{1});
      as_it_was.memory()[0] = std::byte{2};
    }
    EXPECT_EQ(MemoryFile(path, size, layout, begins_with_one).memory()[0], std::byte{});
  }
  for (const std::size_t size : {10U, 20'000U}) {
    std::filesystem::remove(path);
    std::ofstream(path) << std::string(size, 'x');
    EXPECT_THROW(MemoryFile(path, 10'000, 1, begins_with_one), std::runtime_error) << "it is another's";
  }
}

TEST_F(MemoryFileTest, another_layout_or_size_is_replaced_by_zeros) {
  for (const auto& [size, layout] : {std::pair{10'000U, 2U}, std::pair{20'000U, 1U}, std::pair{5'000U, 1U}}) {
    { MemoryFile(path, 10'000, 1).memory()[0] = std::byte{42}; }
    const MemoryFile file(path, size, layout);
    EXPECT_EQ(file.found(), Found::other);
    EXPECT_EQ(file.memory()[0], std::byte{});
    EXPECT_EQ(file.memory()[size - 1], std::byte{});
  }
}

TEST_F(MemoryFileTest, two_at_a_time_are_refused) {
  const MemoryFile file(path, 10'000, 1);
  try {
    const MemoryFile second(path, 10'000, 1);
    FAIL() << "two have it";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::device_or_resource_busy);
    EXPECT_THAT(error.what(), testing::HasSubstr(path));
  }
}

TEST_F(MemoryFileTest, a_folder_that_is_not_there_is_named) {
  try {
    const MemoryFile file(folder / "none" / "worker-0", 10'000, 1);
    FAIL() << "made in a folder that is not there";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
    EXPECT_THAT(error.what(), testing::HasSubstr("none/worker-0"));
  }
}

}  // namespace
}  // namespace tollgate::engine
