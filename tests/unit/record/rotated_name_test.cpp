#include "record/rotated_name.hpp"

#include <string>

#include <gtest/gtest.h>

#include "record/event_time.hpp"

namespace tollgate::record {
namespace {

constexpr std::uint64_t noon_ns = 1'795'435'200'000'000'000;  // 2026-11-23T12:00:00Z, by `date -d`

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

TEST(RotatedName, keeps_the_ending_of_what_is_compressed) {
  const std::string path = "archive.jsonl.gz";
  EXPECT_EQ(rotated_path(path, noon_ns, 1), "archive-20261123T120000Z.jsonl.gz");
  EXPECT_TRUE(is_rotated_name(path, "archive-20261123T120000Z-000010.jsonl.gz"));
  EXPECT_FALSE(is_rotated_name(path, "archive-20261123T120000Z.gz"));
  EXPECT_EQ(rotated_path("log.gz", noon_ns, 1), "log-20261123T120000Z.gz");
}

TEST(RotatedName, tells_time_and_serial) {
  const auto name = read_rotated_name("e.jsonl", "e-20261123T120000Z-000012.jsonl");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->time_ns, noon_ns);
  EXPECT_EQ(name->serial, 12U);
  EXPECT_EQ(read_rotated_name("e.jsonl", "e-20261123T120000Z.jsonl")->serial, 1U);
  EXPECT_FALSE(read_rotated_name("e.jsonl", "e-20261323T120000Z.jsonl")) << "there is no such month";
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
