#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include "lines_file.hpp"

namespace jsonl {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

constexpr std::uint64_t hour_ns = 3'600'000'000'000;
constexpr std::uint64_t midday_ns = 1'700'049'600'000'000'000;  // 2023-11-15T12:00:00Z
const std::string line = R"({"id":"1","time":"2023-11-15T12:00:00.000001Z"})";
const std::string later = R"({"id":"2","time":"2023-11-15T13:30:00.000001Z"})";

class LinesFileTest : public testing::Test {
 protected:
  LinesFileTest()
      : folder_(fs::temp_directory_path() / ("tollgate-jsonl-" + std::to_string(::getpid()) + "-" +
                                             testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::create_directories(folder_);
  }
  ~LinesFileTest() override { fs::remove_all(folder_); }

  FileSettings settings(const std::string& name) const {
    return {.path = folder_ / name, .compressed = name.ends_with(".gz"), .every_ns = hour_ns};
  }
  Names names() const {
    Names all;
    for (const auto& file : fs::directory_iterator(folder_)) all.push_back(file.path().filename());
    std::sort(all.begin(), all.end());
    return all;
  }
  /// Its lines; zlib reads plain files as they are.
  Names lines(const std::string& name) const {
    Names all;
    gzFile file = ::gzopen((folder_ / name).c_str(), "rb");
    char room[256];
    while (::gzgets(file, room, sizeof room) != nullptr) all.emplace_back(room);
    ::gzclose(file);
    for (std::string& one : all) one.pop_back();
    return all;
  }

  fs::path folder_;
};

TEST_F(LinesFileTest, is_added_to) {
  for (int process = 0; process < 2; ++process) {
    LinesFile file(settings("e.jsonl"));
    EXPECT_TRUE(file.add(line));
    EXPECT_TRUE(file.flush());
  }
  EXPECT_EQ(lines("e.jsonl"), (Names{line, line}));
}

TEST_F(LinesFileTest, is_put_aside_by_the_time_of_its_first_line) {
  LinesFile file(settings("e.jsonl"));
  EXPECT_TRUE(file.add(line));
  EXPECT_TRUE(file.keep(midday_ns + hour_ns - 1));
  EXPECT_TRUE(file.add(later));
  EXPECT_TRUE(file.keep(midday_ns + hour_ns));
  EXPECT_EQ(names(), (Names{"e-20231115T120000Z.jsonl", "e.jsonl"}));
  EXPECT_EQ(lines("e-20231115T120000Z.jsonl"), (Names{line, later}));
  EXPECT_TRUE(file.add(line));
  EXPECT_TRUE(file.keep(midday_ns + hour_ns));  // never over another
  EXPECT_EQ(names(), (Names{"e-20231115T120000Z-2.jsonl", "e-20231115T120000Z.jsonl", "e.jsonl"}));
}

TEST_F(LinesFileTest, is_put_aside_when_it_is_full) {
  FileSettings small = settings("e.jsonl");
  small.every_ns = 0;
  small.most_octets = 2 * line.size();
  LinesFile file(small);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(file.add(line));
    EXPECT_TRUE(file.flush());
    EXPECT_TRUE(file.keep(midday_ns));
  }
  EXPECT_EQ(names(), (Names{"e-20231115T120000Z-2.jsonl", "e-20231115T120000Z.jsonl", "e.jsonl"}));
}

TEST_F(LinesFileTest, that_is_compressed_can_be_read_as_far_as_it_was_flushed) {
  LinesFile file(settings("e.jsonl.gz"));
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(file.add(line));
  EXPECT_TRUE(file.flush());
  EXPECT_EQ(lines("e.jsonl.gz").size(), 1000U);
  EXPECT_LT(fs::file_size(folder_ / "e.jsonl.gz"), 100 * line.size());
}

TEST_F(LinesFileTest, that_is_compressed_and_another_process_has_left_is_put_aside) {
  {
    LinesFile file(settings("e.jsonl.gz"));
    EXPECT_TRUE(file.add(line));
  }
  fs::resize_file(folder_ / "e.jsonl.gz", fs::file_size(folder_ / "e.jsonl.gz") - 4);  // as a kill leaves it
  LinesFile file(settings("e.jsonl.gz"));
  EXPECT_TRUE(file.add(later));
  EXPECT_TRUE(file.flush());
  EXPECT_EQ(names(), (Names{"e-20231115T120000Z.jsonl.gz", "e.jsonl.gz"}));
  EXPECT_EQ(lines("e.jsonl.gz"), Names{later});
}

TEST_F(LinesFileTest, is_opened_anew_where_somebody_has_moved_it) {
  LinesFile file(settings("e.jsonl"));
  EXPECT_TRUE(file.add(line));
  EXPECT_TRUE(file.flush());
  fs::rename(folder_ / "e.jsonl", folder_ / "moved");
  file.close();
  EXPECT_TRUE(file.add(later));
  EXPECT_TRUE(file.flush());
  EXPECT_EQ(lines("moved"), Names{line});
  EXPECT_EQ(lines("e.jsonl"), Names{later});
}

TEST_F(LinesFileTest, keeps_so_many_that_were_put_aside_and_leaves_others_alone) {
  FileSettings few = settings("e.jsonl");
  few.most_files = 1;
  for (const char* name : {"e-20231114T120000Z.jsonl", "e-other.jsonl", "e-20231114T120000Z.jsonl.bak"})
    std::ofstream(folder_ / name) << "\n";
  LinesFile file(few);
  EXPECT_TRUE(file.add(line));
  EXPECT_TRUE(file.keep(midday_ns + hour_ns));
  EXPECT_EQ(names(),
            (Names{"e-20231114T120000Z.jsonl.bak", "e-20231115T120000Z.jsonl", "e-other.jsonl", "e.jsonl"}));
}

TEST_F(LinesFileTest, keeps_so_many_days) {
  FileSettings few = settings("e.jsonl");
  few.most_ns = 48 * hour_ns;
  // Put aside after an hour at most: the last event of the first can be of 12:59:59 two days ago, that of the
  // second not.
  for (const char* name :
       {"e-20231113T120000Z.jsonl", "e-20231113T110000Z.jsonl", "e-20231113T110000Z-2.jsonl"})
    std::ofstream(folder_ / name) << "\n";
  LinesFile file(few);
  EXPECT_TRUE(file.keep(midday_ns));
  EXPECT_EQ(names(), Names{"e-20231113T120000Z.jsonl"});
  EXPECT_TRUE(file.keep(midday_ns + hour_ns - 1));
  EXPECT_EQ(names().size(), 1U);
  EXPECT_TRUE(file.keep(midday_ns + hour_ns));
  EXPECT_EQ(names(), Names{});
}

TEST_F(LinesFileTest, keeps_the_newest_by_time_and_number) {
  FileSettings few = settings("e.jsonl");
  few.most_files = 2;
  for (const char* name :
       {"e-20231113T110000Z.jsonl", "e-20231113T110000Z-2.jsonl", "e-20231113T110000Z-10.jsonl"})
    std::ofstream(folder_ / name) << "\n";
  LinesFile file(few);
  EXPECT_TRUE(file.keep(midday_ns));
  EXPECT_EQ(names(), (Names{"e-20231113T110000Z-10.jsonl", "e-20231113T110000Z-2.jsonl"}));
}

TEST_F(LinesFileTest, has_whole_lines_behind_a_power_cut) {
  const std::string half = line.substr(0, 20);
  for (const std::string& before : {line + "\n" + half, half, line + "\n" + std::string(200'000, '\0')}) {
    std::ofstream(folder_ / "e.jsonl", std::ios::binary) << before;
    LinesFile file(settings("e.jsonl"));
    EXPECT_TRUE(file.add(later));
    EXPECT_TRUE(file.flush());
    EXPECT_EQ(file.halves(), 1U);
    EXPECT_EQ(lines("e.jsonl"), before == half ? Names{later} : (Names{line, later}));
  }
}

TEST_F(LinesFileTest, keeps_its_error_until_lines_are_written) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  fs::create_symlink("/dev/full", folder_ / "e.jsonl");
  LinesFile file(settings("e.jsonl"));
  EXPECT_TRUE(file.add(line));
  EXPECT_FALSE(file.flush());
  file.flush();
  EXPECT_NE(file.error(), "");
  fs::remove(folder_ / "e.jsonl");
  file.close();
  EXPECT_TRUE(file.flush());
  EXPECT_NE(file.error(), "");
  EXPECT_TRUE(file.add(line));
  EXPECT_TRUE(file.flush());
  EXPECT_EQ(file.error(), "");
}

TEST_F(LinesFileTest, says_why_it_does_not_work_and_goes_on_when_it_does) {
  FileSettings absent = settings("absent/e.jsonl");
  LinesFile file(absent);
  EXPECT_FALSE(file.add(line));
  EXPECT_EQ(file.error(), "cannot open " + absent.path.string() + ": No such file or directory");
  fs::create_directories(folder_ / "absent");
  EXPECT_TRUE(file.add(line));
  EXPECT_TRUE(file.flush());
  EXPECT_EQ(file.error(), "");
}

TEST_F(LinesFileTest, that_finds_the_disk_full_says_so) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  fs::create_symlink("/dev/full", folder_ / "e.jsonl");
  LinesFile file(settings("e.jsonl"));
  EXPECT_TRUE(file.add(line));
  EXPECT_FALSE(file.flush());
  EXPECT_EQ(file.error(), "cannot write to " + (folder_ / "e.jsonl").string() + ": No space left on device");
}

}  // namespace
}  // namespace jsonl
