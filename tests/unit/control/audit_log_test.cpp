#include "control/audit_log.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "control/audit_files.hpp"
#include "control/audit_reader.hpp"
#include "control/removed_files.hpp"
#include "folder.hpp"

namespace tollgate::control {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t noon_ns = 1'795'435'200'000'000'000;  // 2026-11-23T12:00:00Z, by `date -d`

AuditEntry bypass(bool on) {
  return {.who = "alice",
          .role = "admin",
          .from = "192.0.2.7",
          .what = "bypass",
          .before = {{"bypass", !on}},
          .after = {{"bypass", on}}};
}

class Audit : public WithFolder {
 protected:
  const std::string file_ = path("audit.jsonl");

  void write_lines(unsigned count) {
    AuditLog log(file_);
    for (unsigned i = 0; i < count; ++i) log.append(bypass(i % 2 == 0), noon_ns + i);
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    const std::string text = text_of(file_);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      all.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return all;
  }
  void write_back(const std::vector<std::string>& all) const {
    std::string text;
    for (const std::string& line : all) text += line + "\n";
    write(file_, text);
  }
  /// What a line that is added now is refused for; empty where it is not.
  std::string refusal() const {
    try {
      AuditLog(file_).append(bypass(true), noon_ns);
      return {};
    } catch (const AuditError& error) {
      return error.what();
    }
  }
};

TEST_F(Audit, a_line_says_who_changed_what_and_when) {
  write_lines(1);
  const Json line = Json::parse(text_of(file_));
  EXPECT_EQ(line["number"], 1);
  EXPECT_EQ(line["time"], "2026-11-23T12:00:00.000Z");
  EXPECT_EQ(line["who"], "alice");
  EXPECT_EQ(line["role"], "admin");
  EXPECT_EQ(line["from"], "192.0.2.7");
  EXPECT_EQ(line["what"], "bypass");
  EXPECT_EQ(line["before"]["bypass"], false);
  EXPECT_EQ(line["after"]["bypass"], true);
}

TEST_F(Audit, each_line_has_the_hash_of_the_one_before) {
  write_lines(3);
  const auto all = lines();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(Json::parse(all[0])["hash_before"], std::string(64, '0'));
  EXPECT_EQ(Json::parse(all[1])["hash_before"], Json::parse(all[0])["hash"]);
  EXPECT_EQ(Json::parse(all[2])["hash_before"], Json::parse(all[1])["hash"]);
  EXPECT_NE(Json::parse(all[0])["hash"], Json::parse(all[1])["hash"]);
}

TEST_F(Audit, the_file_is_for_its_owner_alone) {
  write_lines(1);
  struct stat found {};
  ASSERT_EQ(::stat(file_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(Audit, the_chain_goes_on_in_the_next_process) {
  write_lines(2);
  write_lines(2);
  const AuditState state = verify_audit(file_);
  EXPECT_EQ(state.wrong_line, 0U) << state.why;
  EXPECT_EQ(state.end.number, 4U);
}

TEST_F(Audit, two_that_have_it_open_add_to_one_chain) {
  AuditLog one(file_);
  AuditLog two(file_);
  for (unsigned i = 0; i < 3; ++i) {
    one.append(bypass(true), noon_ns);
    two.append(bypass(false), noon_ns);
  }
  const AuditState state = verify_audit(file_);
  EXPECT_EQ(state.wrong_line, 0U) << state.why;
  EXPECT_EQ(state.end.number, 6U);
}

TEST_F(Audit, threads_add_to_one_chain) {
  AuditLog log(file_);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 4; ++i) {
    threads.emplace_back([&log] {
      for (unsigned line = 0; line < 10; ++line) log.append(bypass(true), noon_ns);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const AuditState state = verify_audit(file_);
  EXPECT_EQ(state.wrong_line, 0U) << state.why;
  EXPECT_EQ(state.end.number, 40U);
}

TEST_F(Audit, every_single_octet_that_is_changed_is_found_in_its_line) {
  write_lines(3);
  const std::string whole = text_of(file_);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    write(file_, changed);
    const auto line =
        static_cast<std::uint64_t>(std::count(whole.begin(), whole.begin() + static_cast<long>(at), '\n')) +
        1;
    EXPECT_EQ(verify_audit(file_).wrong_line, line) << "octet " << at;
  }
}

TEST_F(Audit, a_line_that_is_missing_or_moved_is_found) {
  write_lines(4);
  const auto all = lines();
  write_back({all[1], all[2], all[3]});
  EXPECT_EQ(verify_audit(file_).wrong_line, 1U);
  write_back({all[0], all[2], all[3]});
  EXPECT_EQ(verify_audit(file_).wrong_line, 2U);
  write_back({all[0], all[2], all[1], all[3]});
  EXPECT_EQ(verify_audit(file_).wrong_line, 2U);
  write_back({all[0], all[1], all[1], all[2]});
  EXPECT_EQ(verify_audit(file_).wrong_line, 3U);
}

TEST_F(Audit, a_line_of_another_log_does_not_follow) {
  write_lines(2);
  const auto ours = lines();
  fs::remove(file_);
  {
    AuditLog log(file_);
    log.append(bypass(false), noon_ns + 5);
    log.append(bypass(false), noon_ns + 6);
  }
  write_back({ours[0], lines()[1]});
  const AuditState state = verify_audit(file_);
  EXPECT_EQ(state.wrong_line, 2U);
  EXPECT_NE(state.why.find("does not follow"), std::string::npos) << state.why;
}

TEST_F(Audit, a_line_that_is_cut_anywhere_is_mended_and_told) {
  write_lines(2);
  const std::string whole = text_of(file_);
  const std::size_t first = whole.find('\n') + 1;
  for (std::size_t length = first + 1; length < whole.size() - 1; length += 7) {
    write(file_, whole.substr(0, length));
    EXPECT_EQ(verify_audit(file_).wrong_line, 2U);
    ASSERT_EQ(refusal(), "");
    EXPECT_EQ(verify_audit(file_).wrong_line, 0U);
    const auto all = lines();
    ASSERT_EQ(all.size(), 3U);
    const Json told = Json::parse(all[1]);
    EXPECT_EQ(told["what"], "audit.mended");
    EXPECT_EQ(told["before"]["torn"], whole.substr(first, length - first));
  }
}

TEST_F(Audit, a_line_that_lacks_its_end_alone_is_kept) {
  write_lines(2);
  const std::string whole = text_of(file_);
  write(file_, whole.substr(0, whole.size() - 1));
  ASSERT_EQ(refusal(), "");
  EXPECT_EQ(text_of(file_).substr(0, whole.size()), whole);
  EXPECT_EQ(verify_audit(file_).end.number, 3U);
}

TEST_F(Audit, a_first_line_that_is_torn_is_mended) {
  write(file_, R"({"numb)");
  ASSERT_EQ(refusal(), "");
  EXPECT_EQ(verify_audit(file_).wrong_line, 0U);
  EXPECT_EQ(lines().size(), 2U);
}

TEST_F(Audit, zeros_that_a_power_cut_leaves_are_mended) {
  write_lines(1);
  write(file_, text_of(file_) + std::string(300, '\0'));
  ASSERT_EQ(refusal(), "");
  EXPECT_EQ(verify_audit(file_).wrong_line, 0U);
}

TEST_F(Audit, behind_a_wrong_last_line_nothing_is_added) {
  write_lines(2);
  auto all = lines();
  all[1].replace(all[1].find("alice"), 5, "malic");
  write_back(all);
  const std::string before = text_of(file_);
  EXPECT_NE(refusal().find("wrong last line"), std::string::npos);
  EXPECT_EQ(text_of(file_), before);
}

TEST_F(Audit, a_log_that_is_taken_away_meanwhile_is_not_begun_anew) {
  AuditLog log(file_);
  log.append(bypass(true), noon_ns);
  fs::rename(file_, path("elsewhere"));
  EXPECT_THROW(log.append(bypass(false), noon_ns), AuditError);
  write(file_, "");
  EXPECT_THROW(log.append(bypass(false), noon_ns), AuditError);
  fs::rename(path("elsewhere"), file_);
  log.append(bypass(false), noon_ns);
  EXPECT_EQ(verify_audit(file_).end.number, 2U);
}

TEST_F(Audit, a_log_that_becomes_shorter_meanwhile_is_refused) {
  AuditLog log(file_);
  log.append(bypass(true), noon_ns);
  log.append(bypass(false), noon_ns);
  fs::resize_file(file_, text_of(file_).find('\n') + 1);
  EXPECT_THROW(log.append(bypass(true), noon_ns), AuditError);
}

TEST_F(Audit, what_cannot_be_written_is_an_error_and_leaves_nothing) {
  EXPECT_THROW(AuditLog("/dev/full").append(bypass(true), noon_ns), AuditError);
  EXPECT_THROW(AuditLog("/proc/none/audit.jsonl").append(bypass(true), noon_ns), AuditError);
  AuditEntry huge = bypass(true);
  huge.after = std::string(longest_audit_line, 'x');
  AuditLog log(file_);
  EXPECT_THROW(log.append(huge, noon_ns), AuditError);
  log.append(bypass(true), noon_ns);
  EXPECT_EQ(verify_audit(file_).end.number, 1U);
}

TEST_F(Audit, lines_behind_a_number_are_read) {
  write_lines(5);
  const auto all = lines();
  EXPECT_EQ(audit_lines_after(file_, 3, 10), (std::vector<std::string>{all[3], all[4]}));
  EXPECT_EQ(audit_lines_after(file_, 0, 2), (std::vector<std::string>{all[0], all[1]}));
  EXPECT_TRUE(audit_lines_after(file_, 5, 10).empty());
  EXPECT_TRUE(audit_lines_after(path("absent"), 0, 10).empty());
}

/// A log of five lines in three files.
class AuditFiles : public Audit {
 protected:
  static constexpr std::uint64_t small = 500;  // of which two lines are more
  const std::string first_ = path("audit-000000000001.jsonl");
  const std::string third_ = path("audit-000000000003.jsonl");

  AuditFiles() {
    AuditLog log(file_, small);
    for (unsigned i = 0; i < 5; ++i) log.append(bypass(i % 2 == 0), noon_ns + i);
  }
  static std::vector<std::uint64_t> numbers(const std::vector<std::string>& lines) {
    std::vector<std::uint64_t> all;
    for (const std::string& line : lines) all.push_back(Json::parse(line)["number"]);
    return all;
  }
  /// As the removal of that file is told of.
  RemovedFile removal_of(const std::string& file) const {
    const std::string text = text_of(file);
    const std::string last = text.substr(text.rfind('\n', text.size() - 2) + 1);
    return {.kind = "audit",
            .file = file,
            .octets = text.size(),
            .records = 2,
            .first = {},
            .last = {},
            .hash = {},
            .audit_end = audit_end_at(last.substr(0, last.size() - 1))};
  }
};

TEST_F(AuditFiles, are_put_aside_when_they_are_large_and_the_chain_goes_on) {
  EXPECT_EQ(text_of(first_).find(R"({"number":1,)"), 0U);
  EXPECT_EQ(text_of(third_).find(R"({"number":3,)"), 0U);
  EXPECT_EQ(text_of(file_).find(R"({"number":5,)"), 0U);
  const AuditState state = verify_audit(file_);
  EXPECT_EQ(state.wrong_line, 0U) << state.why;
  EXPECT_EQ(state.end.number, 5U);
  EXPECT_EQ(state.removed, 0U);
}

TEST_F(Audit, is_put_aside_when_its_month_ends) {
  constexpr std::uint64_t day_ns = 86'400'000'000'000;
  AuditLog log(file_);
  log.append(bypass(true), noon_ns);
  log.append(bypass(true), noon_ns + 7 * day_ns);  // the 30th
  EXPECT_FALSE(fs::exists(path("audit-000000000001.jsonl")));
  log.append(bypass(true), noon_ns + 8 * day_ns);
  EXPECT_TRUE(fs::exists(path("audit-000000000001.jsonl")));
  EXPECT_EQ(lines().size(), 1U);
  EXPECT_EQ(verify_audit(file_).end.number, 3U);
}

TEST_F(AuditFiles, another_process_goes_on_where_the_log_is) {
  AuditLog other(file_);
  other.append(bypass(true), noon_ns);  // line 6: it knows the file that is put aside next
  AuditLog log(file_, small);
  for (unsigned i = 0; i < 6; ++i) log.append(bypass(false), noon_ns);
  other.append(bypass(true), noon_ns);
  const AuditState state = verify_audit(file_);
  EXPECT_EQ(state.wrong_line, 0U) << state.why;
  EXPECT_EQ(state.end.number, 13U);
}

TEST_F(Audit, several_that_add_and_put_files_aside_at_once_keep_one_chain) {
  constexpr std::uint64_t small = 1000;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (unsigned round = 0; round < 5; ++round) {
        AuditLog log(file_, small);  // as a command that runs beside an appliance
        for (unsigned line = 0; line < 5; ++line) log.append(bypass(true), noon_ns);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const AuditState state = verify_audit(file_);
  EXPECT_EQ(state.wrong_line, 0U) << state.file << ": " << state.why;
  EXPECT_EQ(state.end.number, 100U);
  EXPECT_GT(audit_files(file_).size(), 10U);
}

TEST_F(AuditFiles, what_was_killed_before_it_began_the_next_is_gone_on_with) {
  fs::rename(file_, path("audit-000000000005.jsonl"));
  EXPECT_EQ(refusal(), "");
  EXPECT_EQ(Json::parse(text_of(file_))["number"], 6);
  EXPECT_EQ(verify_audit(file_).wrong_line, 0U);
}

TEST_F(AuditFiles, of_another_log_in_the_place_of_one_that_was_put_aside_are_no_followers) {
  AuditLog other(file_);
  other.append(bypass(true), noon_ns);
  fs::rename(file_, path("audit-000000000005.jsonl"));
  write(file_, text_of(first_));
  EXPECT_THROW(other.append(bypass(true), noon_ns), AuditError);
}

TEST_F(AuditFiles, a_line_that_was_changed_is_found_in_its_file) {
  std::string text = text_of(third_);
  text.replace(text.rfind("alice"), 5, "malic");
  write(third_, text);
  const AuditState state = verify_audit(file_);
  EXPECT_EQ(state.file, third_);
  EXPECT_EQ(state.wrong_line, 2U);
  EXPECT_EQ(state.end.number, 3U);
}

TEST_F(AuditFiles, that_are_missing_are_found) {
  fs::rename(third_, path("elsewhere"));
  EXPECT_EQ(verify_audit(file_).file, file_);
  EXPECT_EQ(verify_audit(file_).wrong_line, 1U);
  fs::rename(path("elsewhere"), third_);
  fs::remove(first_);
  const AuditState state = verify_audit(file_);
  EXPECT_EQ(state.file, third_);
  EXPECT_EQ(state.wrong_line, 1U);
  EXPECT_EQ(state.why, "its number is 3, and no line tells that those before it were removed");
}

TEST_F(AuditFiles, that_were_removed_are_told_of_by_a_later_line) {
  AuditLog(file_).append(entry_of(removal_of(first_)), noon_ns);
  EXPECT_EQ(verify_audit(file_).removed, 0U) << "it is still there";
  fs::remove(first_);
  const AuditState state = verify_audit(file_);
  EXPECT_EQ(state.wrong_line, 0U) << state.why;
  EXPECT_EQ(state.removed, 2U);
  EXPECT_EQ(state.end.number, 6U);
  fs::remove(third_);
  EXPECT_EQ(verify_audit(file_).wrong_line, 1U) << "of this one no line tells";
}

TEST_F(AuditFiles, that_were_removed_must_have_ended_as_the_line_says) {
  for (const bool other_number : {false, true}) {
    RemovedFile removal = removal_of(first_);
    if (other_number) ++removal.audit_end->number;
    else removal.audit_end->hash.back() = removal.audit_end->hash.back() == '0' ? '1' : '0';
    AuditLog(file_).append(entry_of(removal), noon_ns);
  }
  fs::remove(first_);
  EXPECT_EQ(verify_audit(file_).wrong_line, 1U);
}

TEST_F(AuditFiles, lines_are_read_across_them) {
  using Numbers = std::vector<std::uint64_t>;
  EXPECT_EQ(numbers(audit_lines_after(file_, 0, 10)), (Numbers{1, 2, 3, 4, 5}));
  EXPECT_EQ(numbers(audit_lines_after(file_, 1, 3)), (Numbers{2, 3, 4}));
  EXPECT_EQ(numbers(audit_lines_after(file_, 2, 10)), (Numbers{3, 4, 5}));
  EXPECT_EQ(numbers(audit_lines_after(file_, 4, 1)), (Numbers{5}));
  fs::remove(first_);
  EXPECT_EQ(numbers(audit_lines_after(file_, 0, 2)), (Numbers{3, 4}));
}

TEST_F(Audit, lines_far_behind_in_a_file_are_read_without_those_before_them) {
  constexpr std::uint64_t count = 300;  // of 70 KiB
  write_lines(count);
  const auto all = lines();
  for (std::uint64_t after = 0; after < count; ++after)
    ASSERT_EQ(audit_lines_after(file_, after, 1), std::vector<std::string>{all[after]}) << after;
  EXPECT_TRUE(audit_lines_after(file_, count, 1).empty());
  // What is wrong in the beginning is not looked at.
  std::string text = text_of(file_);
  std::fill_n(text.begin(), 5000, 'x');
  write(file_, text);
  EXPECT_EQ(audit_lines_after(file_, count - 1, 1), std::vector<std::string>{all.back()});
}

TEST(AuditFileName, is_known_by_its_exact_pattern) {
  const std::string log = "/var/lib/tollgate/audit.jsonl";
  EXPECT_EQ(audit_file_path(log, 42), "/var/lib/tollgate/audit-000000000042.jsonl");
  EXPECT_EQ(audit_file_first(log, "audit-000000000042.jsonl"), 42U);
  EXPECT_EQ(audit_file_first(log, "audit-1000000000042.jsonl"), 1'000'000'000'042U);
  for (const char* name :
       {"audit.jsonl", "audit-42.jsonl", "audit-0000000000042.jsonl", "audit-00000000004x.jsonl",
        "audit-000000000042.json", "xaudit-000000000042.jsonl", "audit-.jsonl", "audit-000000000042.jsonl.gz",
        "audit-99999999999999999999999.jsonl"})
    EXPECT_EQ(audit_file_first(log, name), std::nullopt) << name;
}

TEST_F(Audit, a_log_that_is_not_there_cannot_be_verified) {
  EXPECT_THROW(verify_audit(path("absent")), AuditError);
}

}  // namespace
}  // namespace tollgate::control
