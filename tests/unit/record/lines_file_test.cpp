#include "record/lines_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

#include "unit/control/temporary_folder.hpp"

namespace tollgate::record {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;
using Lines = std::vector<std::string>;

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t hour_ns = 3'600 * second_ns;
constexpr std::uint64_t day_ns = 24 * hour_ns;
constexpr std::uint64_t midday_ns = 1'700'049'600 * second_ns;  // 2023-11-15T12:00:00Z, by `date -d`
const std::string line = R"({"id":"1","time":"2023-11-15T12:00:00.000001Z"})";
const std::string later = R"({"id":"2","time":"2023-11-15T13:30:00.000001Z"})";

class LinesFileTest : public testing::Test {
 protected:
  LinesFileSettings settings(const std::string& name, std::uint64_t every_ns = hour_ns) const {
    return {.path = folder_ / name, .compressed = name.ends_with(".gz"), .rotation = {.every_ns = every_ns}};
  }
  LinesFileSettings sized(const std::string& name, std::uint64_t octets) const {
    return {.path = folder_ / name, .rotation = {.most_octets = octets}};
  }
  static bool write(LinesFile& file, const std::string& text) {
    return file.open() && file.add(text) && file.flush();
  }
  Names names() const {
    Names all;
    for (const auto& file : fs::directory_iterator(folder_.path())) all.insert(file.path().filename());
    return all;
  }
  /// Its lines; zlib reads plain files as they are.
  Lines lines(const std::string& name) const {
    Lines all;
    gzFile file = ::gzopen((folder_ / name).c_str(), "rb");
    char room[256];
    while (::gzgets(file, room, sizeof room) != nullptr) all.emplace_back(room);
    ::gzclose(file);
    for (std::string& one : all) one.pop_back();
    return all;
  }

  test::TemporaryFolder folder_;
};

TEST_F(LinesFileTest, is_added_to) {
  for (int process = 0; process < 2; ++process) {
    LinesFile file(settings("e.jsonl"));
    EXPECT_TRUE(write(file, line));
    EXPECT_EQ(file.written(), 1U);
  }
  EXPECT_EQ(lines("e.jsonl"), (Lines{line, line}));
}

TEST_F(LinesFileTest, is_never_put_aside_unless_that_is_asked_for) {
  LinesFile file(settings("e.jsonl", 0));
  for (std::uint64_t day = 0; day < 40; ++day) {
    EXPECT_TRUE(write(file, line));
    EXPECT_TRUE(file.keep(midday_ns + day * day_ns));
  }
  EXPECT_EQ(names(), Names{"e.jsonl"});
}

TEST_F(LinesFileTest, without_a_line_is_not_put_aside) {
  LinesFileSettings small = settings("e.jsonl");
  small.rotation.most_octets = 1;
  LinesFile file(small);
  for (std::uint64_t hour = 0; hour < 5; ++hour) EXPECT_TRUE(file.keep(midday_ns + hour * hour_ns));
  EXPECT_EQ(names(), Names{"e.jsonl"});
}

TEST_F(LinesFileTest, is_put_aside_by_the_time_of_its_first_line) {
  LinesFile file(settings("e.jsonl"));
  EXPECT_TRUE(write(file, line));
  EXPECT_TRUE(file.keep(midday_ns + hour_ns - 1));
  EXPECT_TRUE(file.add(later));
  EXPECT_TRUE(file.keep(midday_ns + hour_ns));
  EXPECT_EQ(names(), (Names{"e-20231115T120000Z.jsonl", "e.jsonl"}));
  EXPECT_EQ(lines("e-20231115T120000Z.jsonl"), (Lines{line, later}));
  EXPECT_TRUE(file.add(line));
  EXPECT_TRUE(file.keep(midday_ns + hour_ns));  // never over another
  EXPECT_EQ(names(), (Names{"e-20231115T120000Z-000002.jsonl", "e-20231115T120000Z.jsonl", "e.jsonl"}));
  EXPECT_EQ(file.written(), 3U);
}

TEST_F(LinesFileTest, is_put_aside_when_it_is_full) {
  LinesFile file(sized("e.jsonl", 2 * line.size()));
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(write(file, line));
    EXPECT_TRUE(file.keep(midday_ns));
  }
  EXPECT_EQ(names(), (Names{"e-20231115T120000Z-000002.jsonl", "e-20231115T120000Z.jsonl", "e.jsonl"}));
}

TEST_F(LinesFileTest, of_a_process_before_is_put_aside_at_its_own_time) {
  {
    LinesFile before(settings("e.jsonl", 0));
    EXPECT_TRUE(write(before, line));
  }
  LinesFile file(settings("e.jsonl", day_ns));
  EXPECT_TRUE(file.keep(midday_ns + 3 * day_ns));
  EXPECT_EQ(names(), (Names{"e-20231115T120000Z.jsonl", "e.jsonl"}));
}

TEST_F(LinesFileTest, that_is_compressed_can_be_read_as_far_as_it_was_flushed) {
  LinesFile file(settings("e.jsonl.gz"));
  EXPECT_TRUE(file.open());
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(file.add(line));
  EXPECT_EQ(file.waiting(), 1000U);
  EXPECT_TRUE(file.flush());
  EXPECT_EQ(file.written(), 1000U);
  EXPECT_EQ(lines("e.jsonl.gz").size(), 1000U);
  EXPECT_LT(fs::file_size(folder_ / "e.jsonl.gz"), 100 * line.size());
}

TEST_F(LinesFileTest, that_is_compressed_and_another_process_has_left_is_put_aside) {
  {
    LinesFile file(settings("e.jsonl.gz"));
    EXPECT_TRUE(write(file, line));
  }
  fs::resize_file(folder_ / "e.jsonl.gz", fs::file_size(folder_ / "e.jsonl.gz") - 4);  // as a kill leaves it
  LinesFile file(settings("e.jsonl.gz"));
  EXPECT_TRUE(write(file, later));
  EXPECT_EQ(names(), (Names{"e-20231115T120000Z.jsonl.gz", "e.jsonl.gz"}));
  EXPECT_EQ(lines("e.jsonl.gz"), Lines{later});
}

TEST_F(LinesFileTest, is_opened_anew_where_somebody_has_moved_it) {
  for (const std::string name : {"e.jsonl", "f.jsonl.gz"}) {
    LinesFile file(settings(name));
    EXPECT_TRUE(write(file, line));
    EXPECT_TRUE(file.add(line));
    fs::rename(folder_ / name, folder_ / "moved");
    EXPECT_TRUE(file.reopen());
    EXPECT_TRUE(write(file, later));
    EXPECT_EQ(lines("moved"), (Lines{line, line}));
    EXPECT_EQ(lines(name), Lines{later});
    EXPECT_EQ(file.written(), 3U);
  }
}

TEST_F(LinesFileTest, that_somebody_has_moved_is_not_put_aside_nor_is_what_stands_there_now) {
  LinesFile file(settings("e.jsonl"));
  EXPECT_TRUE(write(file, line));
  fs::rename(folder_ / "e.jsonl", folder_ / "moved");
  EXPECT_TRUE(file.keep(midday_ns + hour_ns));
  folder_.write("e.jsonl", "another's");
  EXPECT_TRUE(file.keep(midday_ns + hour_ns));
  EXPECT_EQ(names(), (Names{"e.jsonl", "moved"}));
  EXPECT_EQ(folder_.read("e.jsonl"), "another's");
}

TEST_F(LinesFileTest, that_is_a_link_stays_one) {
  fs::create_symlink(folder_ / "elsewhere", folder_ / "e.jsonl");
  LinesFile file(sized("e.jsonl", 1));
  EXPECT_TRUE(write(file, line));
  EXPECT_TRUE(file.keep(midday_ns));
  EXPECT_EQ(names(), (Names{"e.jsonl", "elsewhere"}));
  EXPECT_EQ(lines("elsewhere"), Lines{line});
}

TEST_F(LinesFileTest, that_cannot_be_put_aside_goes_on) {
  // More octets than a file system gives a name: no other name can be given.
  const std::string longest = std::string(245, 'e') + ".jsonl";
  LinesFile file(sized(longest, 1));
  EXPECT_TRUE(write(file, line));
  EXPECT_FALSE(file.keep(midday_ns));
  EXPECT_EQ(file.error(), "cannot put aside " + (folder_ / longest) + ": File name too long");
  EXPECT_FALSE(file.is_failing());
  EXPECT_TRUE(write(file, line));
  EXPECT_TRUE(file.keep(midday_ns + second_ns)) << "it is not tried again so soon";
  EXPECT_NE(file.error(), "");
  EXPECT_FALSE(file.keep(midday_ns + 60 * second_ns));
  EXPECT_EQ(lines(longest), (Lines{line, line}));
  EXPECT_EQ(file.lost(), 0U);
}

TEST_F(LinesFileTest, keeps_so_many_that_were_put_aside_and_leaves_others_alone) {
  LinesFileSettings few = settings("e.jsonl");
  few.most_files = 1;
  for (const char* name : {"e-20231114T120000Z.jsonl", "e-other.jsonl", "e-20231114T120000Z.jsonl.bak"})
    folder_.write(name, "\n");
  LinesFile file(few);
  EXPECT_TRUE(write(file, line));
  EXPECT_TRUE(file.keep(midday_ns + hour_ns));
  EXPECT_EQ(names(),
            (Names{"e-20231114T120000Z.jsonl.bak", "e-20231115T120000Z.jsonl", "e-other.jsonl", "e.jsonl"}));
}

TEST_F(LinesFileTest, keeps_so_many_days) {
  LinesFileSettings few = settings("e.jsonl");
  few.most_ns = 48 * hour_ns;
  // Put aside after an hour at most: the last event of the first can be of 12:59:59 two days ago, that of the
  // second not.
  for (const char* name :
       {"e-20231113T120000Z.jsonl", "e-20231113T110000Z.jsonl", "e-20231113T110000Z-000002.jsonl"})
    folder_.write(name, "\n");
  LinesFile file(few);
  EXPECT_TRUE(file.keep(midday_ns));
  EXPECT_EQ(names(), (Names{"e-20231113T120000Z.jsonl", "e.jsonl"}));
  EXPECT_TRUE(file.keep(midday_ns + hour_ns - 1));
  EXPECT_EQ(names().size(), 2U);
  EXPECT_TRUE(file.keep(midday_ns + hour_ns));
  EXPECT_EQ(names(), Names{"e.jsonl"});
}

TEST_F(LinesFileTest, keeps_the_newest_by_time_and_number) {
  LinesFileSettings few = settings("e.jsonl");
  few.most_files = 2;
  for (const char* name : {"e-20231113T110000Z.jsonl", "e-20231113T110000Z-000002.jsonl",
                           "e-20231113T110000Z-1000000.jsonl", "e-20231112T110000Z-000003.jsonl"})
    folder_.write(name, "\n");
  LinesFile file(few);
  EXPECT_TRUE(file.keep(midday_ns));
  EXPECT_EQ(names(),
            (Names{"e-20231113T110000Z-1000000.jsonl", "e-20231113T110000Z-000002.jsonl", "e.jsonl"}));
}

TEST_F(LinesFileTest, has_whole_lines_behind_a_power_cut) {
  const std::string half = line.substr(0, 20);
  for (const std::string& before : {line + "\n" + half, half, line + "\n" + std::string(200'000, '\0')}) {
    folder_.write("e.jsonl", before);
    LinesFile file(settings("e.jsonl"));
    EXPECT_TRUE(write(file, later));
    EXPECT_EQ(file.lost(), 1U);
    EXPECT_EQ(lines("e.jsonl"), before == half ? Lines{later} : (Lines{line, later}));
  }
}

TEST_F(LinesFileTest, without_a_newline_that_begins_as_no_event_does_is_left_alone) {
  const std::string key = "c2VjcmV0IG9mIHNvbWVib2R5";
  folder_.write("e.jsonl", key);
  LinesFile file(settings("e.jsonl"));
  EXPECT_FALSE(write(file, line));
  EXPECT_EQ(file.error(), (folder_ / "e.jsonl") + " is no file of events");
  EXPECT_TRUE(file.is_failing());
  EXPECT_EQ(lines("e.jsonl").size(), 1U);
  EXPECT_EQ(fs::file_size(folder_ / "e.jsonl"), key.size());
}

TEST_F(LinesFileTest, of_which_a_power_cut_left_no_octets_is_begun_anew) {
  folder_.write("e.jsonl", std::string(5'000, '\0'));
  LinesFile file(settings("e.jsonl"));
  EXPECT_TRUE(write(file, line));
  EXPECT_EQ(lines("e.jsonl"), Lines{line});
}

TEST_F(LinesFileTest, loses_what_comes_while_it_is_not_open_and_is_opened_again_by_keep) {
  LinesFile file(settings("absent/e.jsonl"));
  EXPECT_FALSE(file.open());
  EXPECT_FALSE(file.add(line));
  EXPECT_EQ(file.error(), "cannot open " + (folder_ / "absent/e.jsonl") + ": No such file or directory");
  EXPECT_TRUE(file.is_failing());
  fs::create_directories(folder_ / "absent");
  EXPECT_FALSE(file.add(line)) << "it is not tried for each line";
  EXPECT_TRUE(file.keep(midday_ns));
  EXPECT_TRUE(write(file, line));
  EXPECT_EQ(file.error(), "");
  EXPECT_EQ(file.lost(), 2U);
  EXPECT_EQ(lines("absent/e.jsonl"), Lines{line});
}

/// A disk that is full.
class FullDisk : public LinesFileTest {
 protected:
  void SetUp() override {
    if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
    fs::create_symlink("/dev/full", folder_ / "e.jsonl");
    fs::create_symlink("/dev/full", folder_ / "e.jsonl.gz");
  }
};

TEST_F(FullDisk, is_told_of_until_lines_are_written) {
  LinesFile file(settings("e.jsonl"));
  EXPECT_TRUE(file.open());
  EXPECT_TRUE(file.add(line));
  EXPECT_TRUE(file.add(line));
  EXPECT_FALSE(file.flush());
  EXPECT_EQ(file.error(), "cannot write to " + (folder_ / "e.jsonl") + ": No space left on device");
  EXPECT_EQ(file.lost(), 2U);
  fs::remove(folder_ / "e.jsonl");
  EXPECT_TRUE(file.keep(midday_ns));
  EXPECT_TRUE(file.flush());
  EXPECT_NE(file.error(), "");
  EXPECT_TRUE(write(file, line));
  EXPECT_EQ(file.error(), "");
  EXPECT_EQ(file.written(), 1U);
}

TEST_F(FullDisk, is_found_when_a_file_is_closed) {
  for (const std::string name : {"e.jsonl", "e.jsonl.gz"}) {
    LinesFile file(settings(name));
    EXPECT_TRUE(file.open());
    EXPECT_TRUE(file.add(line));
    file.close();
    EXPECT_EQ(file.lost(), 1U);
    EXPECT_EQ(file.written(), 0U);
    EXPECT_FALSE(file.is_open());
  }
}

}  // namespace
}  // namespace tollgate::record
