// Brings events to a ClickHouse as its sink does, making the tables. As after answers that were lost, each
// third batch is sent twice.
//
// usage: clickhouse-insert URL < EVENTS.jsonl
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "record/event_time.hpp"
#include "rows.hpp"
#include "server.hpp"

namespace tollgate {
namespace {

constexpr std::uint64_t rows_of_batch = 4'000;

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
    if (++count_ % rows_of_batch == 0) send();
  }

  void send() {
    if (rows_.empty()) return;
    for (int times = batches_++ % 3 == 0 ? 2 : 1; times > 0; --times) {
      if (server_.insert(rows_) != clickhouse::Answer::taken) throw std::runtime_error(server_.error());
    }
    rows_.clear();
  }

 private:
  clickhouse::Server server_;
  std::string rows_;
  std::uint64_t count_ = 0;
  std::uint64_t batches_ = 0;
};

void insert(const std::string& url) {
  Inserting inserting(url);
  for (std::string line; std::getline(std::cin, line);) inserting.add(line);
  inserting.send();
}

}  // namespace
}  // namespace tollgate

int main(int argc, char** argv) {
  try {
    if (argc != 2) throw std::runtime_error("usage: clickhouse-insert URL");
    tollgate::insert(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "clickhouse-insert: %s\n", error.what());
    return 1;
  }
  return 0;
}
