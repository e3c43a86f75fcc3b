#include "record/event_file.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>

#include <gtest/gtest.h>

#include "record/event_time.hpp"
#include "record/rotated_name.hpp"
#include "unit/control/temporary_folder.hpp"

namespace tollgate::record {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t hour_ns = 3600 * second_ns;
constexpr std::uint64_t day_ns = 24 * hour_ns;
constexpr std::uint64_t noon_ns = 1'795'435'200 * second_ns;  // 2026-11-23T12:00:00Z, by `date -d`

class EventFileTest : public testing::Test {
 protected:
  static void write(EventFile& file, std::uint64_t time_ns, std::uint64_t frame = 1) {
    Message message;
    message.kind = Kind::message;
    message.time_ns = time_ns;
    message.frame = frame;
    file.write(message, {});
    file.flush();
    file.keep(time_ns);
  }
  Names names() const {
    Names all;
    for (const auto& entry : fs::directory_iterator(folder_.path())) all.insert(entry.path().filename());
    return all;
  }
  std::string text(const std::string& name) const { return folder_.read(name); }
  std::size_t lines(const std::string& name) const {
    const std::string all = text(name);
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n'));
  }

  test::TemporaryFolder folder_;
  const std::string path = folder_ / "events.jsonl";
};

TEST_F(EventFileTest, is_never_put_aside_unless_that_is_asked_for) {
  EventFile file(path, {});
  for (std::uint64_t day = 0; day < 40; ++day) write(file, noon_ns + day * day_ns);
  EXPECT_EQ(names(), Names{"events.jsonl"});
}

TEST_F(EventFileTest, is_put_aside_when_a_day_of_utc_ends_and_named_by_its_first_event) {
  EventFile file(path, {.every_ns = day_ns});
  write(file, noon_ns);
  write(file, noon_ns + 12 * hour_ns - 1);
  EXPECT_EQ(names(), Names{"events.jsonl"});
  file.keep(noon_ns + 12 * hour_ns);
  EXPECT_EQ(names(), (Names{"events.jsonl", "events-20261123T120000Z.jsonl"}));
  EXPECT_EQ(lines("events-20261123T120000Z.jsonl"), 2U);
  EXPECT_EQ(lines("events.jsonl"), 0U);
}

TEST_F(EventFileTest, without_an_event_nothing_is_put_aside) {
  EventFile file(path, {.most_octets = 1, .every_ns = hour_ns});
  for (std::uint64_t hour = 0; hour < 5; ++hour) file.keep(noon_ns + hour * hour_ns);
  EXPECT_EQ(names(), Names{"events.jsonl"});
}

TEST_F(EventFileTest, is_put_aside_when_it_is_large_and_never_over_another) {
  EventFile file(path, {.most_octets = 1});
  for (std::uint64_t frame = 1; frame <= 3; ++frame) write(file, noon_ns, frame);
  EXPECT_EQ(names(), (Names{"events.jsonl", "events-20261123T120000Z.jsonl",
                            "events-20261123T120000Z-000002.jsonl", "events-20261123T120000Z-000003.jsonl"}));
  EXPECT_NE(text("events-20261123T120000Z.jsonl").find(R"("frame":1,)"), std::string::npos);
  EXPECT_NE(text("events-20261123T120000Z-000003.jsonl").find(R"("frame":3,)"), std::string::npos);
}

TEST_F(EventFileTest, of_a_process_before_is_put_aside_at_its_own_time) {
  {
    EventFile before(path, {});
    write(before, noon_ns - 3 * day_ns);
  }
  EventFile file(path, {.every_ns = day_ns});
  file.keep(noon_ns);
  EXPECT_EQ(names(), (Names{"events.jsonl", "events-20261120T120000Z.jsonl"}));
}

TEST_F(EventFileTest, that_another_has_moved_away_is_begun_anew) {
  EventFile file(path, {.every_ns = day_ns});
  write(file, noon_ns);
  fs::rename(path, folder_ / "moved");
  file.reopen();
  write(file, noon_ns + second_ns);
  EXPECT_EQ(lines("moved"), 1U);
  EXPECT_EQ(lines("events.jsonl"), 1U);
}

TEST_F(EventFileTest, that_is_a_link_stays_one) {
  fs::create_symlink(folder_ / "elsewhere", path);
  EventFile file(path, {.most_octets = 1});
  write(file, noon_ns);
  EXPECT_EQ(names(), (Names{"events.jsonl", "elsewhere"}));
  EXPECT_EQ(lines("elsewhere"), 1U);
}

TEST_F(EventFileTest, that_cannot_be_put_aside_goes_on) {
  EventFile file(path, {.every_ns = day_ns});
  write(file, noon_ns);
  // More octets than a file system gives a name: no other name can be given.
  const std::string longest = folder_ / (std::string(245, 'e') + ".jsonl");
  EventFile other(longest, {.most_octets = 1});
  EXPECT_THROW(write(other, noon_ns), std::system_error);
  EXPECT_TRUE(other.is_open());
  EXPECT_NO_THROW(write(other, noon_ns + second_ns)) << "it is not tried again so soon";
  EXPECT_THROW(write(other, noon_ns + 60 * second_ns), std::system_error);
  EXPECT_EQ(lines(std::string(245, 'e') + ".jsonl"), 3U);
}

TEST_F(EventFileTest, that_could_not_be_opened_is_tried_again) {
  EventFile file(path, {});
  write(file, noon_ns);
  fs::remove(path);
  fs::create_directory(path);
  EXPECT_THROW(file.reopen(), std::system_error);
  EXPECT_THROW(write(file, noon_ns), std::system_error);
  EXPECT_THROW(file.keep(noon_ns), std::system_error);
  EXPECT_EQ(file.lines(), 2U) << "one of them is lost";
  fs::remove(path);
  file.keep(noon_ns);
  write(file, noon_ns);
  EXPECT_EQ(lines("events.jsonl"), 1U);
}

TEST(RotatedName, is_known_by_its_exact_pattern) {
  const std::string path = "/var/log/tollgate/events.jsonl";
  EXPECT_EQ(rotated_path(path, noon_ns, 1), "/var/log/tollgate/events-20261123T120000Z.jsonl");
  EXPECT_EQ(rotated_path("events", noon_ns, 2), "events-20261123T120000Z-000002");
  for (const char* name : {"events-20261123T120000Z.jsonl", "events-20261123T120000Z-000002.jsonl"})
    EXPECT_TRUE(is_rotated_name(path, name)) << name;
  for (const char* name :
       {"events.jsonl", "events-.jsonl", "events-20261123.jsonl", "events-20261123T120000Z.jsonl.gz",
        "events-20261123T120000Z-2.jsonl", "events-20261123T120000Z-00000x.jsonl",
        "xevents-20261123T120000Z.jsonl", "events-20261123T120000Z.json", "events-2026112xT120000Z.jsonl",
        "events-20261123T120000Z-old.jsonl", "events-20261123T120000Zjsonl", "events-20261123T120000",
        "events-jsonl", ".jsonl", ""})
    EXPECT_FALSE(is_rotated_name(path, name)) << name;
}

TEST(EventTime, is_read_as_it_is_written) {
  EXPECT_EQ(read_time("2026-11-23T12:00:00Z"), noon_ns);
  EXPECT_EQ(read_time("2026-11-23T12:00:00.000001Z"), noon_ns + 1000);
  EXPECT_EQ(read_time("2026-11-23T12:00:01.5Z"), noon_ns + 1'500'000'000);
  for (const char* bad : {"", "2026-11-23T12:00:00", "2026-11-23 12:00:00Z", "2026-02-30T12:00:00Z",
                          "2026-11-23T12:00:00.Z", "2026-11-23T12:00:00.x1Z", "2026-11-23T12:00:00,1Z",
                          "1969-12-31T23:59:59Z", "2026-11-23T12:00:00.1234567890Z"})
    EXPECT_EQ(read_time(bad), std::nullopt) << bad;
  EXPECT_EQ(time_of_line(R"({"id":"0","time":"2026-11-23T12:00:00.000000Z","frame":1})"), noon_ns);
  EXPECT_EQ(time_of_line(R"({"id":"0","text":"x"})"), std::nullopt);
}

}  // namespace
}  // namespace tollgate::record
