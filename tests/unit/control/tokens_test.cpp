#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "control/token_book.hpp"
#include "control/token_file.hpp"
#include "control/utc.hpp"
#include "folder.hpp"

namespace tollgate::control {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t noon_ns = 1'795'435'200'000'000'000;  // 2026-11-23T12:00:00Z, by `date -d`

Token token(const std::string& name, const std::string& secret, Role role = Role::viewer) {
  return {name, role, hash_of_token(secret), noon_ns, noon_ns + 60 * second_ns};
}

class TokenFile : public WithFolder {
 protected:
  const std::string file_ = path("tokens.json");
  std::vector<std::string> logged_;

  void add(const Token& one) {
    change_tokens(file_, [&](Tokens& all) { all.push_back(one); });
  }
  TokenBook book() {
    return {file_, [this](const std::string& what) { logged_.push_back(what); }};
  }
};

TEST_F(TokenFile, what_was_written_is_read) {
  add(token("dashboard", "a"));
  add(token("soc.team-1", "b", Role::security));
  const Tokens read = read_tokens(file_);
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[1].name, "soc.team-1");
  EXPECT_EQ(read[1].role, Role::security);
  EXPECT_EQ(read[1].hash, hash_of_token("b"));
  EXPECT_EQ(read[1].created_ns, noon_ns);
  EXPECT_EQ(read[1].expires_ns, noon_ns + 60 * second_ns);
}

TEST_F(TokenFile, it_is_for_its_owner_alone_and_has_no_token) {
  const std::string secret = make_token();
  add(token("dashboard", secret));
  struct stat found {};
  ASSERT_EQ(::stat(file_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  EXPECT_EQ(text_of(file_).find(secret), std::string::npos);
}

TEST_F(TokenFile, the_hash_is_blake2b_of_32_octets) {
  // python3 -c 'import hashlib; print(hashlib.blake2b(b"abc", digest_size=32).hexdigest())'
  EXPECT_EQ(hash_of_token("abc"), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST_F(TokenFile, tokens_are_256_bits_and_never_the_same) {
  std::set<std::string> made;
  for (int i = 0; i < 100; ++i) made.insert(make_token());
  EXPECT_EQ(made.size(), 100U);
  EXPECT_EQ(made.begin()->size(), 3U + 43U);  // 43 characters of 6 bits have 256
}

TEST_F(TokenFile, what_a_change_throws_changes_nothing) {
  add(token("dashboard", "a"));
  const std::string before = text_of(file_);
  EXPECT_THROW(change_tokens(file_,
                             [](Tokens& all) {
                               all.clear();
                               throw TokenError("no");
                             }),
               TokenError);
  EXPECT_EQ(text_of(file_), before);
}

TEST_F(TokenFile, one_that_others_can_write_is_refused) {
  add(token("dashboard", "a"));
  fs::permissions(file_, fs::perms::group_write, fs::perm_options::add);
  EXPECT_THROW(read_tokens(file_), TokenError);
}

TEST_F(TokenFile, what_is_no_file_of_tokens_is_refused) {
  const std::string good = tokens_text({token("dashboard", "a")});
  EXPECT_EQ(parse_tokens(good, "x").size(), 1U);
  const auto refused = [&](const std::string& from, const std::string& to) {
    std::string changed = good;
    changed.replace(changed.find(from), from.size(), to);
    EXPECT_THROW(parse_tokens(changed, "x"), TokenError) << changed;
  };
  refused("\"version\": 1", "\"version\": 2");
  refused("viewer", "owner");
  refused("dashboard", "dash board");
  refused("\"hash\": \"", "\"hash\": \"0");
  refused("2026-11-23T12:00:00Z", "2026-11-31T12:00:00Z");
  refused("\"role\"", "\"rolle\"");
  refused("\"tokens\": [", "\"tokens\": [1, ");
  for (const std::string text : {"", "[]", "{", "{\"version\": 1}", "null"})
    EXPECT_THROW(parse_tokens(text, "x"), TokenError) << text;
}

TEST_F(TokenFile, a_name_stands_once) {
  EXPECT_THROW(parse_tokens(tokens_text({token("a", "1"), token("a", "2")}), "x"), TokenError);
}

TEST_F(TokenFile, a_token_has_its_owner_until_it_expires) {
  add(token("dashboard", "right", Role::analyst));
  TokenBook tokens = book();
  const auto owner = tokens.owner("right", noon_ns);
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->name, "dashboard");
  EXPECT_EQ(owner->role, Role::analyst);
  EXPECT_FALSE(owner->expired);
  EXPECT_FALSE(tokens.owner("right", noon_ns + 60 * second_ns - 1)->expired);
  EXPECT_TRUE(tokens.owner("right", noon_ns + 60 * second_ns)->expired);
  EXPECT_FALSE(tokens.owner("wrong", noon_ns));
  EXPECT_FALSE(tokens.owner("", noon_ns));
  EXPECT_FALSE(tokens.owner(hash_of_token("right"), noon_ns)) << "the hash is no token";
}

TEST_F(TokenFile, changes_are_taken_without_a_restart) {
  TokenBook tokens = book();
  EXPECT_FALSE(tokens.owner("right", noon_ns));
  add(token("dashboard", "right"));
  EXPECT_TRUE(tokens.owner("right", noon_ns));
  change_tokens(file_, [](Tokens& all) { all.clear(); });
  EXPECT_FALSE(tokens.owner("right", noon_ns));
  add(token("dashboard", "right"));
  EXPECT_TRUE(tokens.owner("right", noon_ns));
  fs::remove(file_);
  EXPECT_FALSE(tokens.owner("right", noon_ns));
  EXPECT_TRUE(logged_.empty());
}

TEST_F(TokenFile, a_file_with_a_fault_changes_nothing_and_is_told_once) {
  add(token("dashboard", "right"));
  TokenBook tokens = book();
  write(file_, "{");
  EXPECT_TRUE(tokens.owner("right", noon_ns));
  EXPECT_TRUE(tokens.owner("right", noon_ns));
  ASSERT_EQ(logged_.size(), 1U);
  EXPECT_NE(logged_[0].find(file_), std::string::npos);
}

TEST(Utc, times_are_written_and_read) {
  EXPECT_EQ(to_utc(noon_ns), "2026-11-23T12:00:00Z");
  EXPECT_EQ(to_utc_ms(noon_ns + 7'999'999), "2026-11-23T12:00:00.007Z");
  EXPECT_EQ(from_utc("2026-11-23T12:00:00Z"), noon_ns);
  for (const std::string wrong : {"", "2026-11-23", "2026-11-23T12:00:00", "2026-02-29T00:00:00Z",
                                  "2026-11-23T12:00:00Z ", "1960-01-01T00:00:00Z", "2026-11-23T25:00:00Z"})
    EXPECT_FALSE(from_utc(wrong)) << wrong;
}

}  // namespace
}  // namespace tollgate::control
