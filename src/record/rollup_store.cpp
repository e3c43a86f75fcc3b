#include "record/rollup_store.hpp"

#include <fmt/format.h>

namespace tollgate::record {
namespace {

std::size_t place_of(Level level, Cube cube) {
  return static_cast<std::size_t>(level) * all_cubes.size() + static_cast<std::size_t>(cube);
}

}  // namespace

RollupStore::RollupStore(const RollupSettings& settings)
    : settings_(settings),
      file_(open_rollups(settings.file)),
      time_(settings.time_zone),
      keys_(file_),
      add_hit_(file_.prepare("INSERT INTO last_hit VALUES (?1, ?2) "
                             "ON CONFLICT DO UPDATE SET seconds = max(seconds, excluded.seconds)")),
      tidying_(settings_, file_, time_, keys_) {
  check_zone();
  for (const Level level : all_levels) {
    for (const Cube cube : all_cubes) add_.emplace_back(file_, CellsOf{level, cube});
    add_unread_.push_back(
        file_.prepare(fmt::format("INSERT INTO {} VALUES (?1, ?2, ?3, ?4) "
                                  "ON CONFLICT DO UPDATE SET packets = packets + excluded.packets",
                                  unread_table(level))));
  }
}

/// Where hours and days begin follows from the zone, so that it stays what it was.
void RollupStore::check_zone() {
  file_.prepare("INSERT INTO setting VALUES ('time_zone', ?1) ON CONFLICT DO NOTHING")
      .with(settings_.time_zone)
      .run();
  SqliteStatement zone = file_.prepare("SELECT value FROM setting WHERE name = 'time_zone'");
  if (zone.next() && zone.text(0) != settings_.time_zone)
    throw UnusableRollups(
        fmt::format("rollups {}: their days are those of {}, and `home: time_zone` is {}; "
                    "expected the same, or another file",
                    file_.path(), zone.text(0), settings_.time_zone));
}

void RollupStore::add(const RollupBatch& batch) {
  SqliteFile::Transaction transaction(file_);
  try {
    for (const RollupBatch::Cell& cell : batch.cells) {
      const std::int64_t key = keys_.number_of(cell.cube, cell.key);
      for (const Level level : all_levels)
        add_[place_of(level, cell.cube)].add(time_.begin(level, static_cast<std::int64_t>(cell.minute) * 60),
                                             key, cell.measures);
    }
    for (const RollupBatch::Unread& unread : batch.unread) add_unread(unread);
    for (const auto& [rule, time_ns] : batch.last_hits)
      add_hit_.with(std::int64_t{rule}, static_cast<std::int64_t>(time_ns / 1'000'000'000)).run();
    transaction.commit();
  } catch (...) {
    keys_.forget();
    throw;
  }
}

void RollupStore::add_unread(const RollupBatch::Unread& unread) {
  for (const Level level : all_levels)
    add_unread_[static_cast<std::size_t>(level)]
        .with(time_.begin(level, static_cast<std::int64_t>(unread.minute) * 60), unread.reason, unread.route,
              static_cast<std::int64_t>(unread.packets))
        .run();
}

void RollupStore::name_rules(const std::vector<NamedRule>& rules) {
  SqliteFile::Transaction transaction(file_);
  file_.execute("DELETE FROM rule");
  SqliteStatement add = file_.prepare("INSERT OR REPLACE INTO rule VALUES (?1, ?2, ?3, ?4)");
  for (const NamedRule& rule : rules)
    add.with(std::int64_t{rule.id}, std::int64_t{rule.rev}, to_string(rule.state), rule.name).run();
  transaction.commit();
}

}  // namespace tollgate::record
