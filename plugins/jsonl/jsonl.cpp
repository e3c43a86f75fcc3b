// A sink that adds events to files of JSON Lines, plain or as gzip, which it puts aside by size and by time.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "../sink.hpp"
#include "plugin.h"
#include "record/lines_file.hpp"

namespace {

using tollgate::record::LinesFile;
using tollgate::record::LinesFileSettings;

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t hour_ns = 3'600 * second_ns;
constexpr std::uint64_t day_ns = 24 * hour_ns;

class JsonLines {
 public:
  explicit JsonLines(LinesFileSettings settings) : file_(std::move(settings)) {}

  bool open() { return file_.open(); }
  const std::string& error() const { return file_.error(); }

  void take(const tollgate_event_batch& events) {
    for (std::size_t i = 0; i < events.count; ++i) file_.add(sinks::view(events.events[i]->json));
  }
  /// Once a second what has come can be read.
  void tick(std::uint64_t time_ns) {
    if (flushed_ns_ <= time_ns && time_ns - flushed_ns_ < second_ns) return;
    flushed_ns_ = time_ns;
    file_.flush();
    file_.keep(time_ns);
  }
  void reopen() { file_.reopen(); }
  void finish(std::chrono::milliseconds /*time*/) { file_.close(); }
  sinks::Health health() const {
    return {
        .sent = file_.written(), .lost = file_.lost(), .waiting = file_.waiting(), .error = file_.error()};
  }

 private:
  LinesFile file_;
  std::uint64_t flushed_ns_ = 0;
};

std::unique_ptr<JsonLines> make(sinks::Settings& given) {
  LinesFileSettings settings;
  settings.path = given.path("file").string();
  if (settings.path.empty())
    given.refuse("`file` is missing; it says where the events go, such as events.jsonl.gz");
  settings.compressed = settings.path.ends_with(".gz");
  settings.rotation.most_octets = given.number("mib", 1'024, 1, 1'048'576, "MiB") << 20U;
  settings.rotation.every_ns = given.number("hours", 24, 1, 8'760, "hours") * hour_ns;
  settings.most_files = given.number("files", 0, 1, 1'000'000, "files");
  settings.most_ns = given.number("days", 0, 1, 36'500, "days") * day_ns;
  if (!given.good() || given.only_check()) return nullptr;
  auto sink = std::make_unique<JsonLines>(std::move(settings));
  if (!sink->open()) given.refuse(sink->error());
  return sink;
}

}  // namespace

const tollgate_plugin* tollgate_plugin_get(void) { return sinks::Plugin<JsonLines, make>::describe("jsonl"); }
