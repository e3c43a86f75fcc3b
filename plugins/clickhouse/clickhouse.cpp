// A sink that brings events to ClickHouse over HTTP: plugins/README.md says how, and what is kept when the
// server is away.
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "../sink.hpp"
#include "plugin.h"
#include "rows.hpp"
#include "sender.hpp"
#include "server.hpp"
#include "spool.hpp"

namespace {

using namespace clickhouse;

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::size_t most_octets_of_batch = 8U << 20U;

struct Settings {
  ServerSettings server;
  Spool::Settings spool;
  std::uint64_t rows = 0;     ///< of a batch
  std::uint64_t seconds = 0;  ///< for which one waits for more
  bool uninspected = false;   ///< what was not read is sent too
};

/// A batch that is filled.
struct Filling {
  Table table;
  std::string rows{};
  std::uint64_t count = 0;     ///< of the rows
  std::uint64_t begun_ns = 0;  ///< when it was begun; 0: that is not known yet
};

class ClickHouse {
 public:
  explicit ClickHouse(Settings settings)
      : settings_(std::move(settings)), spool_(settings_.spool), server_(settings_.server) {}

  void take(const tollgate_event_batch& events) {
    for (std::size_t i = 0; i < events.count; ++i) {
      const tollgate_event& event = *events.events[i];
      append_row(events_.rows, sinks::view(event.id), event.time_ns, sinks::view(event.json));
      added_to(events_);
    }
  }
  void take_unread(const tollgate_unread_batch& counts) {
    if (!settings_.uninspected) return;
    for (std::size_t i = 0; i < counts.count; ++i) {
      const tollgate_unread& count = *counts.counts[i];
      append_unread(unread_.rows, {.id = sinks::view(count.id),
                                   .time_ns = count.time_ns,
                                   .reason = sinks::view(count.reason),
                                   .route = sinks::view(count.route),
                                   .packets = count.packets});
      added_to(unread_);
    }
  }
  void tick(std::uint64_t time_ns) {
    for (Filling* filling : {&events_, &unread_}) {
      if (filling->count == 0) continue;
      if (filling->begun_ns == 0 || filling->begun_ns > time_ns) filling->begun_ns = time_ns;
      if (time_ns - filling->begun_ns >= settings_.seconds * second_ns) seal(*filling);
    }
  }
  void reopen() {}
  void finish(std::chrono::milliseconds time) {
    for (Filling* filling : {&events_, &unread_}) seal(*filling);
    sender_.finish(time);
    spool_.keep();
  }
  sinks::Health health() const {
    const Spool::State state = spool_.state();
    const Sender::State sender = sender_.state();
    return {.sent = sender.sent,
            .lost = state.lost,
            .waiting = state.waiting + events_.count + unread_.count,
            .spooled = state.spooled,
            .refused = state.refused,
            .refused_octets = state.refused_octets,
            .error = sender.error.empty() ? state.error : sender.error,
            .refusal = sender.refusal};
  }

 private:
  void added_to(Filling& filling) {
    ++filling.count;
    if (filling.count >= settings_.rows || filling.rows.size() >= most_octets_of_batch) seal(filling);
  }
  void seal(Filling& filling) {
    if (filling.count == 0) return;
    spool_.put(std::exchange(filling.rows, {}), std::exchange(filling.count, 0), filling.table);
    filling.begun_ns = 0;
    sender_.wake();
  }

  const Settings settings_;
  Filling events_{.table = Table::events};
  Filling unread_{.table = Table::uninspected};
  Spool spool_;
  Server server_;
  Sender sender_{spool_, server_};
};

/// What is in the path of a URL would be lost on the way.
bool is_url(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!url.starts_with(scheme)) continue;
    const std::string_view host = url.substr(scheme.size());
    return !host.empty() && host.find_first_of("/?# ") == host.npos;
  }
  return false;
}

bool is_name(std::string_view name) {
  return !name.empty() && name.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == name.npos;
}

Settings read(sinks::Settings& given) {
  Settings settings;
  ServerSettings& server = settings.server;
  server.url = given.text("url");
  if (!given.has("url"))
    given.refuse("`url` is missing; it says where ClickHouse is, such as http://127.0.0.1:8123");
  else if (!is_url(server.url))
    given.unexpected("url", "an address such as http://127.0.0.1:8123, without a path");
  server.database = given.text("database", "tollgate");
  if (!is_name(server.database)) given.unexpected("database", "letters, digits and _");
  server.user = given.text("user");
  const auto password = given.path("password_file");
  if (!password.empty() && !given.only_check()) {
    std::ifstream file(password);
    if (!std::getline(file, server.password))
      given.unexpected("password_file", "a file that can be read, with the password");
  }
  server.ca = given.path("ca").string();
  server.timeout_seconds = given.number("timeout_seconds", 30, 1, 3'600, "seconds");
  server.create = given.flag("create");
  // Whoever makes the tables by hand says when this one is there: without it all would wait.
  settings.uninspected = given.has("uninspected") ? given.flag("uninspected") : server.create;
  settings.spool.folder = given.path("spool", "/var/lib/tollgate/spool/" + given.name());
  settings.spool.most_octets = given.number("spool_mib", 1'024, 1, 1'048'576, "MiB") << 20U;
  settings.spool.most_octets_refused = given.number("refused_mib", 256, 1, 1'048'576, "MiB") << 20U;
  settings.spool.most_octets_in_memory = given.number("memory_mib", 32, 1, 1'024, "MiB") << 20U;
  settings.rows = given.number("rows", 20'000, 1, 1'000'000, "rows");
  settings.seconds = given.number("seconds", 1, 0, 3'600, "seconds");
  return settings;
}

std::unique_ptr<ClickHouse> make(sinks::Settings& given) {
  Settings settings = read(given);
  if (!given.good() || given.only_check()) return nullptr;
  return std::make_unique<ClickHouse>(std::move(settings));
}

}  // namespace

const tollgate_plugin* tollgate_plugin_get(void) {
  return sinks::Plugin<ClickHouse, make>::describe("clickhouse");
}
