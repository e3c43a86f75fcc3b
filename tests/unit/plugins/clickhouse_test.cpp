#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <httplib.h>
#include <unistd.h>

#include "answer.hpp"
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
    return {
        .folder = folder_, .most_octets = most, .most_octets_in_memory = memory, .most_octets_refused = 10};
  }
  std::vector<std::string> files() const { return files(folder_); }
  std::vector<std::string> refused() const { return files(folder_ / "refused"); }
  static std::vector<std::string> files(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& file : fs::directory_iterator(folder)) {
      if (file.is_regular_file() && file.path().filename() != "lock") names.push_back(file.path().filename());
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

TEST_F(SpoolTest, tells_the_next_process_which_table_a_batch_is_for) {
  {
    Spool spool(settings());
    spool.put("an event", 3);
    spool.put("a count", 5, Table::uninspected);
    EXPECT_EQ(files(), (Bodies{"00000000000000000001-3.tsv", "00000000000000000002-5-uninspected.tsv"}));
  }
  std::ofstream(folder_ / "00000000000000000003-9-others.tsv") << "of a table that a later one may have";
  Spool spool(settings());
  EXPECT_EQ(spool.state().waiting, 8U);
  const auto event = spool.oldest();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->table, Table::events);
  spool.done(event->serial);
  const auto count = spool.oldest();
  ASSERT_TRUE(count);
  EXPECT_EQ(count->body, "a count");
  EXPECT_EQ(count->table, Table::uninspected);
  spool.done(count->serial);
  EXPECT_EQ(files(), Bodies{"00000000000000000003-9-others.tsv"});
}

TEST_F(SpoolTest, splits_and_puts_aside_rows_of_their_table) {
  Spool spool(settings(100, 8));
  spool.put("aaa\nbbb\nccc\n", 3, Table::uninspected);
  EXPECT_EQ(files(),
            (Bodies{"00000000000000000001-2-uninspected.tsv", "00000000000000000002-1-uninspected.tsv"}));
  spool.refuse(spool.oldest()->serial);
  EXPECT_EQ(refused(), Bodies{"00000000000000000001-2-uninspected.tsv"});
  EXPECT_EQ(spool.state().refused, 2U);
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

TEST_F(SpoolTest, keeps_a_batch_that_cannot_be_read_and_tries_it_again) {
  Spool::Settings often = settings();
  often.between_reads = {};
  Spool spool(often);
  spool.put("one", 3);
  spool.put("two", 1);
  const fs::path file = folder_ / "00000000000000000001-3.tsv";
  fs::rename(file, folder_ / "kept");
  fs::create_directory(file);  // reading it is an error, for root too
  EXPECT_EQ(bodies(spool), Bodies{"two"});
  EXPECT_EQ(spool.state().lost, 0U);
  EXPECT_EQ(spool.state().waiting, 3U);
  EXPECT_EQ(spool.state().error, "3 events in the spool cannot be read: Is a directory");
  fs::remove(file);
  fs::rename(folder_ / "kept", file);
  EXPECT_EQ(bodies(spool), Bodies{"one"});
  EXPECT_EQ(spool.state().error, "");
  EXPECT_EQ(spool.state().waiting, 0U);
}

TEST_F(SpoolTest, does_not_read_again_at_once_what_cannot_be_read) {
  Spool::Settings seldom = settings();
  seldom.between_reads = std::chrono::hours(1);
  Spool spool(seldom);
  spool.put("one", 3);
  const fs::path file = folder_ / "00000000000000000001-3.tsv";
  fs::remove(file);
  fs::create_directory(file);
  EXPECT_EQ(bodies(spool), Bodies{});
  fs::remove(file);  // were it looked at, it would be lost
  EXPECT_EQ(bodies(spool), Bodies{});
  EXPECT_EQ(spool.state().waiting, 3U);
}

TEST_F(SpoolTest, splits_what_is_larger_than_a_bound_between_rows) {
  Spool spool(settings(100, 8));
  spool.put("aaa\nbbb\nccc\n", 3);
  EXPECT_EQ(files(), (Bodies{"00000000000000000001-2.tsv", "00000000000000000002-1.tsv"}));
  EXPECT_EQ(bodies(spool), (Bodies{"aaa\nbbb\n", "ccc\n"}));
}

TEST_F(SpoolTest, has_no_more_in_memory_than_its_bound_whatever_comes) {
  Spool spool(settings(3, 8));  // rows are larger than the bound of the disk, as if that were full
  spool.put("aaa\nbbb\nccc\n", 3);
  EXPECT_EQ(files(), Bodies{});
  EXPECT_EQ(spool.state().lost, 1U);
  spool.put("a row that is larger by itself\n", 1);
  EXPECT_EQ(spool.state().lost, 2U);
  EXPECT_EQ(bodies(spool), (Bodies{"bbb\n", "ccc\n"}));
}

TEST_F(SpoolTest, loses_what_comes_where_the_one_that_is_sent_takes_all_the_room) {
  Spool in_memory(settings(3, 8));
  in_memory.put("aaaaaaa\n", 1);
  const auto sent = in_memory.oldest();
  in_memory.put("bbbbbbb\n", 2);
  EXPECT_EQ(in_memory.state().lost, 2U);
  in_memory.done(sent->serial);
  EXPECT_EQ(bodies(in_memory), Bodies{});
}

TEST_F(SpoolTest, at_the_end_brings_to_the_disk_what_it_takes) {
  {
    Spool spool(settings(8, 8));
    spool.put("one\n", 1);
    const auto sent = spool.oldest();
    spool.put("another\n", 2);  // for which the first one leaves no room as long as it is sent
    EXPECT_EQ(files(), Bodies{"00000000000000000001-1.tsv"});
    spool.done(sent->serial);
    spool.keep();
  }
  EXPECT_EQ(files(), Bodies{"00000000000000000002-2.tsv"});
}

TEST_F(SpoolTest, puts_aside_what_is_refused) {
  {
    Spool spool(settings());
    spool.put("one", 3);
    spool.put("two", 1);
    spool.refuse(spool.oldest()->serial);
    EXPECT_EQ(bodies(spool), Bodies{"two"});
    EXPECT_EQ(refused(), Bodies{"00000000000000000001-3.tsv"});
    EXPECT_EQ(spool.state().refused, 3U);
    EXPECT_EQ(spool.state().refused_octets, 3U);
    EXPECT_EQ(spool.state().lost, 0U);
  }
  Spool next(settings());
  EXPECT_EQ(next.state().refused, 3U);
  EXPECT_EQ(next.state().waiting, 0U);
  next.put("another", 1);
  EXPECT_EQ(files(), Bodies{"00000000000000000002-1.tsv"});  // its number is not that of the one aside
}

TEST_F(SpoolTest, puts_aside_what_is_only_in_memory) {
  Spool spool(settings(1));  // smaller than the batch, as if the disk were full
  spool.put("one", 3);
  spool.refuse(spool.oldest()->serial);
  EXPECT_EQ(refused(), Bodies{"00000000000000000001-3.tsv"});
  EXPECT_EQ(spool.state().waiting, 0U);
}

TEST_F(SpoolTest, loses_the_oldest_of_those_put_aside_at_their_bound) {
  Spool spool(settings());
  for (const char* body : {"aaaa", "bbbb", "cccc", "longer than the bound"}) {
    spool.put(body, 2);
    spool.refuse(spool.oldest()->serial);
  }
  EXPECT_EQ(refused(), (Bodies{"00000000000000000002-2.tsv", "00000000000000000003-2.tsv"}));
  EXPECT_EQ(spool.state().refused, 4U);
  EXPECT_EQ(spool.state().lost, 4U);
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

TEST(Answer, is_by_the_number_of_ClickHouse_where_there_is_one) {
  EXPECT_EQ(answer_of(200, "Ok."), Answer::taken);
  // As 18.16 writes it, and as later ones do.
  EXPECT_EQ(answer_of(500, "Code: 27, e.displayText() = DB::Exception: Cannot parse input"), Answer::refused);
  EXPECT_EQ(answer_of(400, "Code: 27. DB::Exception: Cannot parse input"), Answer::refused);
  EXPECT_EQ(answer_of(500, "Code: 131, e.displayText() = DB::Exception: Too large value"), Answer::refused);
  // Without the table, over its memory, with too many parts, read only, with another password.
  for (const char* code : {"60", "241", "252", "242", "164", "193", "516", "202"})
    EXPECT_EQ(answer_of(400, "Code: " + std::string(code) + ", e.displayText() ="), Answer::later) << code;
}

TEST(Answer, is_by_the_status_of_others) {
  for (const int status : {400, 413, 415, 422}) EXPECT_EQ(answer_of(status, "no"), Answer::refused) << status;
  for (const int status : {301, 401, 403, 404, 407, 408, 421, 425, 429, 500, 502, 503, 504})
    EXPECT_EQ(answer_of(status, "Code red"), Answer::later) << status;
}

/// A server that refuses a batch of `bad`, and is overloaded by one of `slow`.
class SenderTest : public SpoolTest {
 protected:
  SenderTest() {
    http_.Post("/", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      got_.push_back(request.body);
      queries_.push_back(request.get_param_value("query"));
      response.status = request.body == "bad" ? 400 : request.body == "slow" ? 503 : 200;
      changed_.notify_all();
    });
    const int port = http_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { http_.listen_after_bind(); });
    server_ = std::make_unique<Server>(ServerSettings{.url = "http://127.0.0.1:" + std::to_string(port),
                                                      .database = "d",
                                                      .user = {},
                                                      .password = {},
                                                      .ca = {}});
  }
  ~SenderTest() override {
    server_.reset();  // with its connection, for which the other side would wait
    http_.stop();
    thread_.join();
  }
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return got_.size() >= count; });
  }

  httplib::Server http_;
  std::thread thread_;
  std::unique_ptr<Server> server_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Bodies got_;
  Bodies queries_;
};

TEST_F(SenderTest, goes_on_behind_a_batch_that_is_refused) {
  Spool spool(settings());
  for (const char* body : {"one", "bad", "two"}) spool.put(body, 5);
  Sender sender(spool, *server_);
  wait_for(1 + Sender::most_tries + 1);
  sender.finish(std::chrono::minutes(1));
  EXPECT_EQ(got_, (Bodies{"one", "bad", "bad", "bad", "two"}));
  EXPECT_EQ(sender.state().sent, 10U);
  EXPECT_EQ(sender.state().error, "");
  EXPECT_EQ(sender.state().refusal, "HTTP 400");
  EXPECT_EQ(spool.state().refused, 5U);
  EXPECT_EQ(spool.state().waiting, 0U);
}

TEST_F(SenderTest, inserts_into_the_table_of_the_batch) {
  Spool spool(settings());
  spool.put("an event", 1);
  spool.put("a count", 1, Table::uninspected);
  Sender sender(spool, *server_);
  wait_for(2);
  sender.finish(std::chrono::minutes(1));
  ASSERT_EQ(got_, (Bodies{"an event", "a count"}));
  EXPECT_TRUE(queries_[0].starts_with("INSERT INTO events (id,time,microseconds,")) << queries_[0];
  EXPECT_EQ(queries_[1], "INSERT INTO uninspected (id,time,reason,route,packets) FORMAT TabSeparated");
}

TEST_F(SenderTest, fails_where_two_are_refused_in_a_row) {
  Spool spool(settings());
  for (const char* body : {"bad", "bad"}) spool.put(body, 1);
  Sender sender(spool, *server_);
  wait_for(2 * Sender::most_tries);
  sender.finish(std::chrono::minutes(1));
  EXPECT_EQ(sender.state().error, "HTTP 400");
  EXPECT_EQ(spool.state().refused, 2U);
}

TEST_F(SenderTest, waits_for_a_server_that_is_overloaded) {
  Spool spool(settings());
  for (const char* body : {"slow", "two"}) spool.put(body, 1);
  Sender sender(spool, *server_);
  wait_for(Sender::most_tries + 1);
  sender.finish(std::chrono::minutes(1));
  EXPECT_EQ(std::count(got_.begin(), got_.end(), "two"), 0);
  EXPECT_EQ(sender.state().error, "HTTP 503");
  EXPECT_EQ(spool.state().waiting, 2U);
  EXPECT_EQ(spool.state().refused, 0U);
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
      R"({"kind":"message","origin":{"account":"acme","country":"DE","gt":"4917"},"sender":{"address":"A\tB",)"
      R"("number":"44"},"smpp":{"system_id":"bind"},"service_centre":{"address":"49","operator":"R","country":"AT"},)"
      R"("labels":["a2p","it's"],"rules":[{"id":7,"state":"enforce"},{"id":8,"state":"shadow"},)"
      R"({"id":9,"state":"enforce"}],"enforced":false,"charge":{"amount":65000,"currency":"EUR","repeated":true}})");
  EXPECT_EQ(field(row, "kind"), "message");
  EXPECT_EQ(field(row, "account"), "acme");
  EXPECT_EQ(field(row, "country"), "DE");
  EXPECT_EQ(field(row, "operator"), "");
  EXPECT_EQ(field(row, "gt"), "4917");
  EXPECT_EQ(field(row, "system_id"), "bind");
  EXPECT_EQ(field(row, "service_centre"), "49");
  EXPECT_EQ(field(row, "service_centre_operator"), "R");
  EXPECT_EQ(field(row, "service_centre_country"), "AT");
  EXPECT_EQ(field(row, "sender"), "A\\tB");
  EXPECT_EQ(field(row, "sender_number"), "44");
  EXPECT_EQ(field(row, "labels"), "['a2p','it\\'s']");
  EXPECT_EQ(field(row, "rules"), "[7,9]");
  EXPECT_EQ(field(row, "shadow_rules"), "[8]");
  EXPECT_EQ(field(row, "enforced"), "0");
  EXPECT_EQ(field(row, "repeated"), "1");
  EXPECT_EQ(field(row, "amount"), "65000");
  EXPECT_EQ(field(row, "currency"), "EUR");
}

TEST(Rows, of_what_was_not_read_have_a_field_for_each_column) {
  std::string row;
  append_unread(row, {.id = "ab",
                      .time_ns = 1'700'000'040'000'000'000,
                      .reason = "unread_encrypted",
                      .route = "a\troute",
                      .packets = 7});
  EXPECT_EQ(row, "ab\t1700000040\tunread_encrypted\ta\\troute\t7\n");
  EXPECT_EQ(std::count(row.begin(), row.end(), '\t'),
            std::count(unread_columns.begin(), unread_columns.end(), ','));
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
