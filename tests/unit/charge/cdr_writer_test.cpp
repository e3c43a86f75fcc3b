#include "charge/cdr_writer.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "ledger_support.hpp"

namespace tollgate::charge {
namespace {

namespace fs = std::filesystem;

const std::string header =
    "id,time,account,tariff,price,part,parts,country,operator,route,amount,fees,currency\n";
constexpr const char* part_name = "tollgate-north.csv.part";

/// No file grows beyond so many octets while this is there: writes end as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t octets) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = octets, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

class CdrWriterTest : public ::testing::Test {
 protected:
  CdrWriter writer(std::uint64_t time_ns = noon_ns) { return {settings, "north", time_ns}; }
  /// The n-th charge and those after it.
  static std::vector<Charge> charges(std::uint64_t first, std::uint64_t count) {
    std::vector<Charge> all;
    for (std::uint64_t n = first; n < first + count; ++n) all.push_back(charge_of(acme, n));
    return all;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(settings.folder))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  std::string text(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder.file(name)).rdbuf();
    return text.str();
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder.file(name)) << text;
  }
  /// The identities in all whole files, each of which begins with the header.
  std::multiset<std::string> ids() const {
    std::multiset<std::string> ids;
    for (const std::string& name : names()) {
      if (!name.ends_with(".csv")) continue;
      std::istringstream lines(text(name));
      std::string line;
      std::getline(lines, line);
      EXPECT_EQ(line + '\n', header) << name;
      while (std::getline(lines, line)) {
        EXPECT_EQ(std::count(line.begin(), line.end(), ','), 12) << line;
        ids.insert(line.substr(0, line.find(',')));
      }
    }
    return ids;
  }
  static std::multiset<std::string> ids_of(std::uint64_t first, std::uint64_t count) {
    std::multiset<std::string> ids;
    for (const Charge& charge : charges(first, count)) {
      std::ostringstream id;
      id << std::hex << charge.id.high << charge.id.low;  // both have their first digit
      ids.insert(id.str());
    }
    return ids;
  }

  Folder folder;
  CdrSettings settings{.folder = folder.file("")};
  Quotas quotas;
  Book book{{.id = "a ledger",
             .version = 1,
             .secret = {},
             .accounts = {{.number = acme, .id = "acme", .currency = "EUR"},
                          {.number = bank, .id = "the \"Bank\", Ltd", .currency = "GBP"}},
             .prices = {}},
            quotas,
            [](const std::string&) { return nullptr; }};
};

TEST_F(CdrWriterTest, a_line_tells_what_was_charged) {
  CdrWriter cdr = writer();
  Charge charge = charge_of(acme, 7, 65'000, noon_ns + 1'234'567);
  charge.fees = 1'020'005;
  charge.part = 2;
  charge.parts = 3;
  cdr.add(book, std::vector{charge}, noon_ns);
  cdr.end(noon_ns);
  EXPECT_EQ(names(), std::vector<std::string>{"tollgate-north-20261122T120000Z-000001.csv"});
  EXPECT_EQ(text(names()[0]),
            header +
                "11110000000000072222000000000007,2026-11-22T12:00:00.001234Z,acme,domestic,1,2,3,GB,"
                "Example Mobile,international,0.065000,1.020005,EUR\n");
  EXPECT_EQ(fs::status(folder.file(names()[0])).permissions() & fs::perms::others_all, fs::perms::none);
}

TEST_F(CdrWriterTest, fields_are_quoted_and_what_is_not_known_is_empty) {
  CdrWriter cdr = writer();
  Charge charge = charge_of(bank, 1, 100);
  charge.price = domestic_price;
  charge.country = {};
  charge.recipient_operator.assign("");
  charge.tariff.assign("two\nlines");
  charge.route.assign("a,b");
  cdr.add(book, std::vector{charge}, noon_ns);
  cdr.end(noon_ns);
  EXPECT_EQ(text(names().at(0)),
            header +
                "11110000000000012222000000000001,2026-11-22T12:00:00.000000Z,\"the \"\"Bank\"\", Ltd\","
                "\"two\nlines\",1,1,1,,,\"a,b\",0.000100,0.000000,GBP\n");
}

TEST_F(CdrWriterTest, a_file_is_named_when_it_is_complete) {
  CdrWriter cdr = writer();
  cdr.keep(noon_ns);
  EXPECT_TRUE(names().empty()) << "none without a line";
  cdr.add(book, charges(1, 2), noon_ns);
  EXPECT_EQ(names(), std::vector<std::string>{part_name});
  const std::string now = text(part_name);
  EXPECT_EQ(std::count(now.begin(), now.end(), '\n'), 3) << "nothing waits in the process";
  cdr.end(noon_ns);
  EXPECT_EQ(names(), std::vector<std::string>{"tollgate-north-20261122T120000Z-000001.csv"});
  EXPECT_EQ(ids(), ids_of(1, 2));
}

TEST_F(CdrWriterTest, no_file_is_larger_than_it_may) {
  settings.most_octets = 1'000;
  CdrWriter cdr = writer();
  for (std::uint64_t n = 0; n < 100; n += 20) cdr.add(book, charges(n, 20), noon_ns);
  cdr.end(noon_ns);
  EXPECT_EQ(ids(), ids_of(0, 100));
  const auto all = names();
  EXPECT_GT(all.size(), 10U);
  for (const std::string& name : all) {
    EXPECT_TRUE(name.ends_with(".csv")) << name;
    EXPECT_LE(text(name).size(), 1'000U);
    // Another line did not fit: each is of 126 octets.
    if (name == all.back()) continue;
    EXPECT_GT(text(name).size() + 126, 1'000U) << name;
  }
}

TEST_F(CdrWriterTest, a_line_longer_than_a_file_has_one_of_its_own) {
  settings.most_octets = 10;
  CdrWriter cdr = writer();
  cdr.add(book, charges(1, 3), noon_ns);
  cdr.end(noon_ns);
  EXPECT_EQ(names().size(), 3U);
  EXPECT_EQ(ids(), ids_of(1, 3));
}

TEST_F(CdrWriterTest, a_file_that_is_old_enough_is_complete) {
  settings.most_ns = 60 * second_ns;
  CdrWriter cdr = writer();
  cdr.add(book, charges(1, 1), noon_ns + 100 * second_ns);
  cdr.keep(noon_ns + 159 * second_ns);
  EXPECT_EQ(names(), std::vector<std::string>{part_name}) << "its time begins with its first line";
  cdr.keep(noon_ns + 160 * second_ns);
  EXPECT_EQ(names(), std::vector<std::string>{"tollgate-north-20261122T120240Z-000001.csv"});
  cdr.add(book, charges(2, 1), noon_ns + 161 * second_ns);
  cdr.keep(noon_ns + 221 * second_ns);
  EXPECT_EQ(names().size(), 2U);
  EXPECT_EQ(ids(), ids_of(1, 2));
}

TEST_F(CdrWriterTest, a_clock_that_is_set_back_keeps_no_file_open) {
  settings.most_ns = 60 * second_ns;
  CdrWriter cdr = writer();
  cdr.add(book, charges(1, 1), noon_ns);
  cdr.keep(noon_ns - 30 * day_ns);
  EXPECT_EQ(names(), std::vector<std::string>{part_name});
  cdr.keep(noon_ns - 30 * day_ns + 60 * second_ns);
  EXPECT_EQ(names(), std::vector<std::string>{"tollgate-north-20261023T120100Z-000001.csv"});
}

TEST_F(CdrWriterTest, no_file_is_written_over) {
  const std::string taken = "tollgate-north-20261122T120000Z-000001.csv";
  write(taken, "somebody's");
  CdrWriter cdr = writer();
  cdr.add(book, charges(1, 1), noon_ns);
  cdr.end(noon_ns);
  EXPECT_EQ(text(taken), "somebody's");
  EXPECT_EQ(names().at(1), "tollgate-north-20261122T120000Z-000002.csv");
}

TEST_F(CdrWriterTest, the_part_of_a_killed_process_gets_its_name) {
  writer().add(book, charges(1, 2), noon_ns);  // without an end
  ASSERT_EQ(names(), std::vector<std::string>{part_name});
  const std::string whole = text(part_name);
  // Half of a third line, with a line feed in quotes.
  write(part_name, whole + whole.substr(header.size(), 70) + "\"two\nlin");
  CdrWriter cdr = writer(noon_ns + second_ns);
  EXPECT_EQ(names(), std::vector<std::string>{"tollgate-north-20261122T120001Z-000001.csv"});
  EXPECT_EQ(text(names().at(0)), whole);
  cdr.add(book, charges(3, 1), noon_ns + second_ns);
  cdr.end(noon_ns + second_ns);
  EXPECT_EQ(names().size(), 2U);
  EXPECT_EQ(ids(), ids_of(1, 3));
}

TEST_F(CdrWriterTest, a_part_without_a_whole_line_is_removed) {
  for (const std::string& left : {std::string(), header.substr(0, 5), header, header + "1111000000"}) {
    write(part_name, left);
    CdrWriter cdr = writer();
    EXPECT_TRUE(names().empty()) << left;
    EXPECT_EQ(cdr.trouble(), "");
  }
}

TEST_F(CdrWriterTest, on_a_full_disk_lines_wait_and_none_is_half_or_twice) {
  CdrWriter cdr = writer();
  cdr.add(book, charges(1, 2), noon_ns);
  {
    const FullDisk full(text(part_name).size() + 150);
    cdr.add(book, charges(3, 5), noon_ns);
    EXPECT_NE(cdr.trouble().find(part_name), std::string::npos) << cdr.trouble();
    cdr.keep(noon_ns + 2 * second_ns);
    EXPECT_NE(cdr.trouble(), "");
    cdr.add(book, charges(8, 1), noon_ns + 2 * second_ns);
  }
  cdr.keep(noon_ns + 2 * second_ns + 1);
  EXPECT_NE(cdr.trouble(), "") << "it is tried each second";
  cdr.keep(noon_ns + 3 * second_ns);
  EXPECT_EQ(cdr.trouble(), "");
  cdr.end(noon_ns + 3 * second_ns);
  EXPECT_EQ(ids(), ids_of(1, 8));
  EXPECT_EQ(cdr.lost(), 0U);
}

TEST_F(CdrWriterTest, a_disk_full_from_the_start_leaves_no_file_without_a_header) {
  CdrWriter cdr = writer();
  {
    const FullDisk full(header.size() / 2);
    cdr.add(book, charges(1, 2), noon_ns);
    EXPECT_NE(cdr.trouble(), "");
  }
  cdr.keep(noon_ns + second_ns);
  cdr.end(noon_ns + second_ns);
  EXPECT_EQ(ids(), ids_of(1, 2));
}

TEST_F(CdrWriterTest, at_the_end_a_full_disk_has_what_was_written_and_the_rest_is_counted) {
  CdrWriter cdr = writer();
  cdr.add(book, charges(1, 2), noon_ns);
  {
    const FullDisk full(text(part_name).size() + 150);
    cdr.add(book, charges(3, 5), noon_ns);
    cdr.end(noon_ns);
  }
  EXPECT_EQ(cdr.lost(), 5U);
  EXPECT_NE(cdr.trouble(), "");
  EXPECT_EQ(ids(), ids_of(1, 2));
  EXPECT_EQ(names().size(), 1U);
}

TEST_F(CdrWriterTest, a_folder_that_cannot_be_written_is_named_and_lines_wait_for_it) {
  settings.folder = folder.file("missing");
  CdrWriter cdr = writer();
  EXPECT_NE(cdr.trouble().find("missing"), std::string::npos) << cdr.trouble();
  cdr.add(book, charges(1, 2), noon_ns);
  fs::create_directory(settings.folder);
  cdr.keep(noon_ns + second_ns);
  EXPECT_EQ(cdr.trouble(), "");
  cdr.end(noon_ns + second_ns);
  EXPECT_EQ(names().size(), 1U);
  EXPECT_EQ(cdr.lost(), 0U);
}

TEST_F(CdrWriterTest, a_part_that_somebody_removed_is_counted_and_the_next_is_whole) {
  CdrWriter cdr = writer();
  cdr.add(book, charges(1, 2), noon_ns);
  fs::remove(folder.file(part_name));
  cdr.keep(noon_ns + settings.most_ns);
  EXPECT_EQ(cdr.lost(), 2U);
  EXPECT_NE(cdr.trouble(), "");
  cdr.add(book, charges(3, 2), noon_ns + settings.most_ns + second_ns);
  cdr.end(noon_ns + settings.most_ns + second_ns);
  EXPECT_EQ(ids(), ids_of(3, 2));
}

TEST_F(CdrWriterTest, an_appliance_of_any_name_has_files_in_the_folder) {
  CdrWriter cdr(settings, "../a b", noon_ns);
  cdr.add(book, charges(1, 1), noon_ns);
  cdr.end(noon_ns);
  EXPECT_EQ(names(), std::vector<std::string>{"tollgate-.._a_b-20261122T120000Z-000001.csv"});
}

}  // namespace
}  // namespace tollgate::charge
