#include "control/live_file.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "control/utc.hpp"
#include "folder.hpp"

namespace tollgate::control {
namespace {

namespace fs = std::filesystem;
using rules::for_ever_ns;
using rules::ListType;
using rules::LiveEntries;

LiveBook book() {
  const auto shared = [](LiveEntries entries) {
    return std::make_shared<const LiveEntries>(std::move(entries));
  };
  return {
      {"hosts", {ListType::host, shared({{"evil.example", {.added_until_ns = 1'800'000'000 * second_ns}}})}},
      {"num \"bers",
       {ListType::number, shared({{"1", {.added_until_ns = for_ever_ns}},
                                  {"2", {.own_until_ns = 0}},
                                  {"3", {.added_until_ns = 60 * second_ns, .own_until_ns = 0}},
                                  {"4", {.own_until_ns = 60 * second_ns}}})}},
      {"senders", {ListType::sender, shared({{"\u00e4 \"b\\", {.added_until_ns = for_ever_ns}}})}}};
}

bool same(const LiveBook& one, const LiveBook& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](const auto& a, const auto& b) {
    return a.first == b.first && a.second.type == b.second.type && *a.second.entries == *b.second.entries;
  });
}

class LiveFileTest : public WithFolder {
 protected:
  LiveBook read() {
    return LiveFile(file_).read([this](const std::string& what) { told_.push_back(what); });
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& one : fs::directory_iterator(fs::path(file_).parent_path()))
      all.push_back(one.path().filename());
    return all;
  }
  const std::string file_ = path("lists.json");
  std::vector<std::string> told_;
};

TEST_F(LiveFileTest, keeps_what_was_changed) {
  EXPECT_TRUE(read().empty()) << "there is none yet";
  const LiveFile file(file_);
  file.write(book());
  EXPECT_TRUE(same(read(), book()));
  file.write({});
  EXPECT_TRUE(read().empty());
  EXPECT_TRUE(told_.empty());
  EXPECT_EQ(names(), std::vector<std::string>{"lists.json"});
}

TEST_F(LiveFileTest, is_for_one_appliance_at_a_time) {
  {
    LiveFile one(file_);
    one.claim();
    LiveFile another(path("other.json"));
    another.claim();
    LiveFile same(file_);
    EXPECT_THROW(same.claim(), LiveFileError);
  }
  LiveFile next(file_);
  next.claim();
}

TEST_F(LiveFileTest, needs_no_folder_to_be_claimed) {
  LiveFile file(path("absent/lists.json"));
  file.claim();
  EXPECT_THROW(file.write(book()), LiveFileError);
}

TEST_F(LiveFileTest, is_for_its_owner_alone) {
  LiveFile(file_).write(book());
  struct stat found {};
  ASSERT_EQ(::stat(file_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(LiveFileTest, one_that_is_torn_anywhere_is_kept_aside_and_told) {
  LiveFile(file_).write(book());
  const std::string whole = text_of(file_);
  for (std::size_t length = 0; length + 1 < whole.size(); length += 7) {
    told_.clear();
    write(file_, whole.substr(0, length));
    EXPECT_TRUE(read().empty()) << length;
    ASSERT_EQ(told_.size(), 1U) << length;
    EXPECT_FALSE(fs::exists(file_));
    ASSERT_EQ(names().size(), 1U);
    EXPECT_EQ(text_of(path(names()[0])), whole.substr(0, length));
    fs::remove(path(names()[0]));
  }
}

TEST_F(LiveFileTest, two_that_are_damaged_are_both_kept) {
  for (const char* text : {"one", "two"}) {
    write(file_, text);
    read();
  }
  EXPECT_EQ(names().size(), 2U);
}

TEST_F(LiveFileTest, what_is_no_such_file_is_not_believed) {
  for (const std::string text :
       {"", "[]", "{}", R"({"version":2,"lists":{}})", R"({"version":1})",
        R"({"version":1,"lists":{},"x":1})",
        R"({"version":1,"lists":{"a":{"type":"phrase","entries":{"x":{"added":true}}}}})",
        R"({"version":1,"lists":{"a":{"type":"number","entries":{}}}})",
        R"({"version":1,"lists":{"a":{"type":"number","entries":{"x":{"added":true}}}}})",
        R"({"version":1,"lists":{"a":{"type":"host","entries":{"A.example":{"added":true}}}}})",
        R"({"version":1,"lists":{"a":{"type":"number","entries":{"1":{}}}}})",
        R"({"version":1,"lists":{"a":{"type":"number","entries":{"1":{"added":false}}}}})",
        R"({"version":1,"lists":{"a":{"type":"number","entries":{"1":{"own":true}}}}})",
        R"({"version":1,"lists":{"a":{"type":"number","entries":{"1":{"added":"soon"}}}}})",
        R"({"version":1,"lists":{"a":{"type":"number","entries":{"1":{"added":true,"x":1}}}}})"}) {
    EXPECT_THROW(parse_live_book(text), LiveBookError) << text;
  }
}

TEST_F(LiveFileTest, what_cannot_be_read_is_not_written_over) {
  fs::create_directory(file_);  // cannot be read as a file, whoever asks
  LiveFile file(file_);
  EXPECT_TRUE(file.read([this](const std::string& what) { told_.push_back(what); }).empty());
  EXPECT_EQ(told_.size(), 1U);
  EXPECT_THROW(file.write(book()), LiveFileError);
}

TEST_F(LiveFileTest, where_nobody_can_say_whether_another_works_with_it_that_is_an_error) {
  LiveFile(path("no/folder/lists.json")).claim();
  fs::create_symlink("elsewhere", file_ + ".lock");  // which is not followed
  EXPECT_THROW(LiveFile(file_).claim(), LiveFileError);
  fs::remove(file_ + ".lock");
  LiveFile first(file_);
  first.claim();
  EXPECT_THROW(LiveFile(file_).claim(), LiveFileError);
}

TEST_F(LiveFileTest, what_cannot_be_written_leaves_the_one_before) {
  const LiveFile file(file_);
  file.write(book());
  fs::create_directory(file_ + ".part");
  EXPECT_THROW(file.write({}), LiveFileError);
  EXPECT_TRUE(same(read(), book()));
}

TEST(LiveBook, loses_what_is_over) {
  const LiveBook left = without_past(book(), 60 * second_ns);
  const LiveEntries& numbers = *left.at("num \"bers").entries;
  EXPECT_EQ(numbers.at("3"), (rules::LiveEntry{.added_until_ns = 0, .own_until_ns = 0}));
  EXPECT_EQ(numbers.at("4"), (rules::LiveEntry{.added_until_ns = 0, .own_until_ns = 0}))
      << "it stays taken out";
  EXPECT_FALSE(without_past(book(), 1'800'000'000 * second_ns).contains("hosts"));
  EXPECT_EQ(next_end(book()), 60 * second_ns);
  EXPECT_EQ(next_end(left), 1'800'000'000 * second_ns);
  EXPECT_EQ(next_end({}), for_ever_ns);
}

}  // namespace
}  // namespace tollgate::control
