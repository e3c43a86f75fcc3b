#include "control/audit_log.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "control/audit_reader.hpp"
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

TEST_F(Audit, a_log_that_is_not_there_cannot_be_verified) {
  EXPECT_THROW(verify_audit(path("absent")), AuditError);
}

}  // namespace
}  // namespace tollgate::control
