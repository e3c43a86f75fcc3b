#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "rows.hpp"
#include "sender.hpp"
#include "spool.hpp"

namespace clickhouse {
namespace {

namespace fs = std::filesystem;

class SpoolTest : public testing::Test {
 protected:
  SpoolTest()
      : folder_(fs::temp_directory_path() / ("tollgate-spool-" + std::to_string(::getpid()) + "-" +
                                             testing::UnitTest::GetInstance()->current_test_info()->name())) {
  }
  ~SpoolTest() override {
    std::error_code error;
    fs::remove_all(folder_, error);
  }
  Spool::Settings settings(std::uint64_t most = 1000, std::uint64_t memory = 100) const {
    return {.folder = folder_, .most_octets = most, .most_octets_in_memory = memory};
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& file : fs::directory_iterator(folder_)) {
      if (file.path().filename() != "lock") names.push_back(file.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  /// Takes all that waits.
  static std::vector<std::string> bodies(Spool& spool) {
    std::vector<std::string> all;
    while (const auto batch = spool.oldest()) {
      all.push_back(batch->body);
      spool.done(batch->serial);
    }
    return all;
  }

  fs::path folder_;
};

using Bodies = std::vector<std::string>;

TEST_F(SpoolTest, gives_batches_in_their_order_until_they_are_done) {
  Spool spool(settings());
  spool.put("one", 1);
  spool.put("two", 2);
  EXPECT_EQ(files(), (Bodies{"00000000000000000001-1.tsv", "00000000000000000002-2.tsv"}));
  EXPECT_EQ(spool.state().waiting, 3U);
  EXPECT_EQ(spool.state().spooled, 6U);
  const auto first = spool.oldest();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->body, "one");
  spool.later();
  EXPECT_EQ(bodies(spool), (Bodies{"one", "two"}));
  EXPECT_EQ(files(), Bodies{});
  EXPECT_EQ(spool.state().waiting, 0U);
}

TEST_F(SpoolTest, is_found_again_by_the_next_process) {
  { Spool(settings()).put("one", 7); }
  std::ofstream(folder_ / "00000000000000000002-9.tsv.tmp") << "half of a ba";
  std::ofstream(folder_ / "README.tsv") << "not a batch";
  Spool spool(settings());
  EXPECT_EQ(spool.state().waiting, 7U);
  spool.put("two", 1);
  EXPECT_EQ(bodies(spool), (Bodies{"one", "two"}));
  EXPECT_EQ(files(), Bodies{"README.tsv"});
}

TEST_F(SpoolTest, drops_the_oldest_at_its_bound_but_not_the_one_that_is_sent) {
  Spool spool(settings(10));
  spool.put("aaaa", 1);
  spool.put("bbbb", 2);
  const auto sent = spool.oldest();
  spool.put("cccc", 4);
  EXPECT_EQ(spool.state().lost, 2U);
  EXPECT_EQ(spool.state().spooled, 8U);
  spool.done(sent->serial);
  EXPECT_EQ(bodies(spool), Bodies{"cccc"});
  EXPECT_EQ(spool.state().lost, 2U);
}

TEST_F(SpoolTest, keeps_in_memory_what_the_disk_does_not_take) {
  Spool spool(settings(4, 12));  // a batch that is larger than the bound, as if the disk were full
  spool.put("aaaaaa", 1);
  spool.put("bbbbbb", 2);
  EXPECT_EQ(files(), Bodies{});
  EXPECT_EQ(spool.state().waiting, 3U);
  spool.put("cccccc", 4);
  EXPECT_EQ(spool.state().lost, 1U);
  EXPECT_EQ(bodies(spool), (Bodies{"bbbbbb", "cccccc"}));
}

TEST_F(SpoolTest, counts_a_batch_that_somebody_has_removed_as_lost) {
  Spool spool(settings());
  spool.put("one", 3);
  spool.put("two", 1);
  fs::remove(folder_ / "00000000000000000001-3.tsv");
  EXPECT_EQ(bodies(spool), Bodies{"two"});
  EXPECT_EQ(spool.state().lost, 3U);
}

TEST_F(SpoolTest, belongs_to_one_process) {
  Spool spool(settings());
  EXPECT_THROW(Spool{settings()}, std::runtime_error);
}

TEST_F(SpoolTest, is_readable_by_its_owner_alone) {
  Spool spool(settings());
  spool.put("one", 1);
  const auto mode = fs::status(folder_ / files().front()).permissions();
  EXPECT_EQ(mode & (fs::perms::group_all | fs::perms::others_all), fs::perms::none);
}

TEST(BackOff, doubles_up_to_a_bound_and_begins_anew) {
  BackOff back_off;
  EXPECT_EQ(back_off.failed(), BackOff::least);
  EXPECT_EQ(back_off.failed(), 2 * BackOff::least);
  for (int i = 0; i < 20; ++i) back_off.failed();
  EXPECT_EQ(back_off.failed(), BackOff::most);
  back_off.worked();
  EXPECT_EQ(back_off.failed(), BackOff::least);
}

/// The fields of a row, by the names of the columns.
std::string field(const std::string& row, std::string_view name) {
  std::string_view names = columns;
  std::string_view fields = row;
  for (;;) {
    const std::size_t comma = names.find(',');
    if (names.substr(0, comma) == name) return std::string(fields.substr(0, fields.find_first_of("\t\n")));
    if (comma == names.npos || fields.find('\t') == fields.npos) return "no such column";
    names.remove_prefix(comma + 1);
    fields.remove_prefix(fields.find('\t') + 1);
  }
}

TEST(Rows, have_a_field_for_each_column) {
  std::string row;
  append_row(row, "ab", 1'700'000'000'123'456'789, "{}");
  EXPECT_EQ(std::count(row.begin(), row.end(), '\t'), std::count(columns.begin(), columns.end(), ','));
  EXPECT_EQ(std::count(row.begin(), row.end(), '\n'), 1);
  EXPECT_EQ(field(row, "id"), "ab");
  EXPECT_EQ(field(row, "time"), "1700000000");
  EXPECT_EQ(field(row, "microseconds"), "123456");
  EXPECT_EQ(field(row, "enforced"), "1");
  EXPECT_EQ(field(row, "alert"), "0");
  EXPECT_EQ(field(row, "labels"), "[]");
  EXPECT_EQ(field(row, "event"), "{}");
}

TEST(Rows, take_the_fields_of_the_event) {
  std::string row;
  append_row(
      row, "ab", 0,
      R"({"kind":"message","origin":{"account":"acme","country":"DE"},"sender":{"address":"A\tB"},)"
      R"("labels":["a2p","it's"],"rules":[{"id":7,"state":"enforce"},{"id":8,"state":"shadow"},)"
      R"({"id":9,"state":"enforce"}],"enforced":false,"charge":{"amount":65000,"currency":"EUR","repeated":true}})");
  EXPECT_EQ(field(row, "kind"), "message");
  EXPECT_EQ(field(row, "account"), "acme");
  EXPECT_EQ(field(row, "country"), "DE");
  EXPECT_EQ(field(row, "operator"), "");
  EXPECT_EQ(field(row, "sender"), "A\\tB");
  EXPECT_EQ(field(row, "labels"), "['a2p','it\\'s']");
  EXPECT_EQ(field(row, "rules"), "[7,9]");
  EXPECT_EQ(field(row, "shadow_rules"), "[8]");
  EXPECT_EQ(field(row, "enforced"), "0");
  EXPECT_EQ(field(row, "repeated"), "1");
  EXPECT_EQ(field(row, "amount"), "65000");
  EXPECT_EQ(field(row, "currency"), "EUR");
}

TEST(Rows, survive_what_is_no_event) {
  for (const char* json : {"", "[]", "{\"labels\":{},\"rules\":7,\"parts\":[]}", "{\"sender\":"}) {
    std::string row;
    append_row(row, "ab", 0, json);
    EXPECT_EQ(std::count(row.begin(), row.end(), '\t'), std::count(columns.begin(), columns.end(), ','))
        << json;
  }
}

}  // namespace
}  // namespace clickhouse
