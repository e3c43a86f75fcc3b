#include "control/retention.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "control/audit_files.hpp"
#include "control/audit_reader.hpp"
#include "folder.hpp"
#include "record/event_time.hpp"
#include "record/rotated_name.hpp"

namespace tollgate::control {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t day_ns = 86'400'000'000'000;
constexpr std::uint64_t noon_ns = 1'795'435'200'000'000'000;  // 2026-11-23T12:00:00Z, by `date -d`
constexpr std::uint32_t days = 7;

class RetentionTest : public WithFolder {
 protected:
  const std::string audit_ = path("audit.jsonl");
  const std::string old_ = path("events-20261101T000000Z.jsonl");
  std::vector<std::string> said_;

  static std::string event(const std::string& time) { return R"({"id":"0","time":")" + time + "\"}\n"; }
  std::vector<RecordFiles> kinds() const {
    return {
        {.kind = "events",
         .folder = path(""),
         .days = days,
         .is_ours =
             [this](std::string_view name) { return record::is_rotated_name(path("events.jsonl"), name); },
         .time_of = record::time_of_line},
        {.kind = "audit",
         .folder = path(""),
         .days = days,
         .is_ours = [this](std::string_view name) { return audit_file_first(audit_, name).has_value(); },
         .time_of = record::time_of_line}};
  }
  void purge(std::uint64_t time_ns, const std::string& audit) {
    AuditLog log(audit);
    Retention(kinds(), log, [this](const std::string& what) { said_.push_back(what); }).purge(time_ns);
  }
  void purge(std::uint64_t time_ns = noon_ns) { purge(time_ns, audit_); }
  std::vector<Json> told() const {
    std::vector<Json> all;
    for (const std::string& line : audit_lines_after(audit_, 0, 1000)) all.push_back(Json::parse(line));
    return all;
  }
};

TEST_F(RetentionTest, what_is_older_is_removed_and_the_audit_log_tells_what_it_was) {
  const std::string text =
      event("2026-11-02T00:00:00.5Z") + event("2026-11-01T00:00:00Z") + event("2026-11-01T01:00:00Z");
  write(old_, text);
  purge();
  EXPECT_FALSE(fs::exists(old_));
  ASSERT_EQ(told().size(), 1U);
  const Json line = told()[0];
  EXPECT_EQ(line["what"], "retention.removed");
  EXPECT_EQ(line["who"], "tollgate");
  EXPECT_EQ(line["time"], "2026-11-23T12:00:00.000Z");
  const Json& before = line["before"];
  EXPECT_EQ(before["kind"], "events");
  EXPECT_EQ(before["file"], "events-20261101T000000Z.jsonl");
  EXPECT_EQ(before["octets"], text.size());
  EXPECT_EQ(before["records"], 3);
  EXPECT_EQ(before["first"], "2026-11-01T00:00:00.000Z");
  EXPECT_EQ(before["last"], "2026-11-02T00:00:00.500Z");
  // printf of these three lines | b2sum -l 256
  EXPECT_EQ(before["blake2b"], "14908403b640092254106d05f5261ca81a8a522b7217463fad521f4f2ef1a101");
  ASSERT_EQ(said_.size(), 1U);
}

TEST_F(RetentionTest, the_youngest_record_decides_to_the_nanosecond) {
  write(old_, event("2026-11-01T00:00:00Z") + event("2026-11-16T12:00:00Z") + event("2026-11-02T00:00:00Z"));
  purge(noon_ns);  // seven days later to the nanosecond
  EXPECT_TRUE(fs::exists(old_));
  purge(noon_ns + 1);
  EXPECT_FALSE(fs::exists(old_));
}

TEST_F(RetentionTest, a_file_without_records_goes_by_its_last_change) {
  write(old_, "torn");
  purge(noon_ns - 365 * day_ns);
  EXPECT_TRUE(fs::exists(old_)) << "it was changed today";
  purge(noon_ns + 40'000 * day_ns);
  EXPECT_FALSE(fs::exists(old_));
  EXPECT_EQ(told()[0]["before"]["records"], 0);
}

TEST_F(RetentionTest, what_is_not_ours_or_in_use_stays) {
  const std::string text = event("2026-11-01T00:00:00Z");
  for (const char* name : {"events.jsonl", "events-20261101T000000Z.jsonl.gz", "events-2026.jsonl",
                           "other.jsonl", "events-20261101T000000Z-keep.jsonl"})
    write(path(name), text);
  write(path("target"), text);
  fs::create_symlink(path("target"), path("events-20261101T000001Z.jsonl"));
  fs::create_directory(path("events-20261101T000002Z.jsonl"));
  ASSERT_EQ(::mkfifo(path("events-20261101T000003Z.jsonl").c_str(), 0600), 0);
  purge();
  for (const char* name :
       {"events.jsonl", "events-20261101T000000Z.jsonl.gz", "events-2026.jsonl", "other.jsonl",
        "events-20261101T000000Z-keep.jsonl", "target", "events-20261101T000001Z.jsonl",
        "events-20261101T000002Z.jsonl", "events-20261101T000003Z.jsonl"})
    EXPECT_TRUE(fs::exists(fs::symlink_status(path(name)))) << name;
  EXPECT_TRUE(told().empty());
  EXPECT_TRUE(said_.empty()) << said_.front();
}

TEST_F(RetentionTest, what_cannot_be_told_of_is_not_removed) {
  write(old_, event("2026-11-01T00:00:00Z"));
  purge(noon_ns, "/dev/full");
  EXPECT_TRUE(fs::exists(old_));
  ASSERT_FALSE(said_.empty());
  EXPECT_NE(said_[0].find("/dev/full"), std::string::npos) << said_[0];
}

TEST_F(RetentionTest, without_a_number_of_days_all_is_kept) {
  write(old_, event("2026-11-01T00:00:00Z"));
  auto all = kinds();
  for (RecordFiles& kind : all) kind.days = 0;
  AuditLog log(audit_);
  Retention(all, log, [](const auto&) {}).purge(noon_ns);
  EXPECT_TRUE(fs::exists(old_));
}

TEST_F(RetentionTest, who_is_asked_to_stop_removes_nothing_more) {
  write(old_, event("2026-11-01T00:00:00Z"));
  std::stop_source stop;
  stop.request_stop();
  AuditLog log(audit_);
  Retention(kinds(), log, [](const auto&) {}).purge(noon_ns, stop.get_token());
  EXPECT_TRUE(fs::exists(old_));
}

/// A log of which each line but the last stands in a file of its own.
class AuditRetention : public RetentionTest {
 protected:
  AuditRetention() {
    AuditLog log(audit_, 1);
    for (unsigned day = 0; day < 5; ++day)
      log.append({.who = "alice",
                  .role = "admin",
                  .from = "local",
                  .what = "bypass",
                  .before = nullptr,
                  .after = nullptr},
                 noon_ns + day * day_ns);
  }
};

TEST_F(AuditRetention, the_rest_of_the_log_is_vouched_for) {
  purge(noon_ns + (days + 1) * day_ns + 1);
  EXPECT_FALSE(fs::exists(path("audit-000000000001.jsonl")));
  EXPECT_FALSE(fs::exists(path("audit-000000000002.jsonl")));
  EXPECT_TRUE(fs::exists(path("audit-000000000003.jsonl")));
  const AuditState state = verify_audit(audit_);
  EXPECT_EQ(state.wrong_line, 0U) << state.why;
  EXPECT_EQ(state.removed, 2U);
  EXPECT_EQ(state.end.number, 7U) << "five, and two that tell of the removed";
  purge(noon_ns + 365 * day_ns);
  EXPECT_EQ(verify_audit(audit_).wrong_line, 0U) << verify_audit(audit_).why;
  EXPECT_FALSE(fs::exists(path("audit-000000000004.jsonl")));
  EXPECT_TRUE(fs::exists(audit_)) << "the file that lines are added to is never removed";
}

TEST_F(AuditRetention, a_log_that_was_changed_is_not_removed_any_further) {
  const std::string second = path("audit-000000000002.jsonl");
  std::string text = text_of(second);
  text.replace(text.find("alice"), 5, "malic");
  write(second, text);
  purge(noon_ns + 365 * day_ns);
  EXPECT_FALSE(fs::exists(path("audit-000000000001.jsonl")));
  for (const char* name : {"audit-000000000002.jsonl", "audit-000000000003.jsonl"})
    EXPECT_TRUE(fs::exists(path(name))) << name;
  EXPECT_NE(said_.back().find("its hash is another"), std::string::npos) << said_.back();
}

}  // namespace
}  // namespace tollgate::control
