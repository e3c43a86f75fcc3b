// Brings events, and what was not read, to a ClickHouse as its sink does, making the tables. As after answers
// that were lost, each third batch is sent twice.
//
// usage: clickhouse-insert URL UNREAD < EVENTS.jsonl      UNREAD: as report-traffic writes it
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "record/event_time.hpp"
#include "rows.hpp"
#include "server.hpp"

namespace tollgate {
namespace {

constexpr std::uint64_t rows_of_batch = 4'000;
constexpr std::uint64_t unread_of_batch = 100;

class Inserting {
 public:
  explicit Inserting(const std::string& url)
      : server_({.url = url,
                 .database = "tollgate",
                 .user = {},
                 .password = {},
                 .ca = {},
                 .timeout_seconds = 60,
                 .create = true}) {}

  void add(const std::string& line) {
    const auto event = nlohmann::json::parse(line);
    const auto time_ns = record::read_time(event.at("time").get<std::string>());
    clickhouse::append_row(rows_, event.at("id").get<std::string>(), time_ns.value(), line);
    if (++count_ % rows_of_batch == 0) send(clickhouse::Table::events);
  }

  /// `SECOND,REASON,ROUTE,PACKETS`. As sinks are told of it: by the minute, with an id of its own.
  void add_unread(const std::string& line) {
    std::istringstream fields(line);
    std::string second;
    std::string reason;
    std::string route;
    std::string packets;
    std::getline(fields, second, ',');
    std::getline(fields, reason, ',');
    std::getline(fields, route, ',');
    std::getline(fields, packets);
    constexpr std::uint64_t minute_ns = 60'000'000'000;
    clickhouse::append_unread(rows_, {.id = fmt::format("{:032x}", ++count_),
                                      .time_ns = std::stoull(second) / 60 * minute_ns,
                                      .reason = reason,
                                      .route = route,
                                      .packets = std::stoull(packets)});
    if (count_ % unread_of_batch == 0) send(clickhouse::Table::uninspected);
  }

  void send(clickhouse::Table table) {
    if (rows_.empty()) return;
    for (int times = batches_++ % 3 == 0 ? 2 : 1; times > 0; --times) {
      if (server_.insert(table, rows_) != clickhouse::Answer::taken)
        throw std::runtime_error(server_.error());
    }
    rows_.clear();
  }

 private:
  clickhouse::Server server_;
  std::string rows_;
  std::uint64_t count_ = 0;
  std::uint64_t batches_ = 0;
};

void insert(const std::string& url, const std::string& unread) {
  Inserting inserting(url);
  for (std::string line; std::getline(std::cin, line);) inserting.add(line);
  inserting.send(clickhouse::Table::events);
  std::ifstream file(unread);
  for (std::string line; std::getline(file, line);) inserting.add_unread(line);
  inserting.send(clickhouse::Table::uninspected);
}

}  // namespace
}  // namespace tollgate

int main(int argc, char** argv) {
  try {
    if (argc != 3) throw std::runtime_error("usage: clickhouse-insert URL UNREAD");
    tollgate::insert(argv[1], argv[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "clickhouse-insert: %s\n", error.what());
    return 1;
  }
  return 0;
}
