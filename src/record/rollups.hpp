#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "message/counters.hpp"
#include "message/link.hpp"
#include "message/message.hpp"
#include "record/frequent_names.hpp"
#include "record/privacy.hpp"
#include "record/pseudonyms.hpp"
#include "record/rollup_key.hpp"
#include "record/unread_counts.hpp"

namespace tollgate::record {

/// What was counted since it was last taken.
struct RollupBatch {
  struct Cell {
    Cube cube = Cube::traffic;
    std::uint64_t minute = 0;  ///< since 1970
    RollupKey key;
    Measures measures;
  };
  using Unread = UnreadCount;
  std::vector<Cell> cells;
  std::vector<Unread> unread;
  std::map<std::uint32_t, std::uint64_t> last_hits;  ///< of rules, nanoseconds since 1970

  bool empty() const { return cells.empty() && unread.empty(); }
};

/// Counts messages by the minute and by what they are, for reports, off the packet path. Bounded: where
/// there is no room, senders, origins and accounts are counted as `(others)`.
class Rollups {
 public:
  static constexpr std::size_t most_cells = 400'000;  ///< between two takings
  static constexpr std::size_t usual_names = 10'000;  ///< of an hour

  /// How the numbers of senders are kept, as Privacy has it; those that are masked are counted by country:
  /// `(numbers of GB)`. Reads the key where there are to be pseudonyms; throws as read_pseudonym_key does.
  /// Of an hour `names` senders have room, as many origins, and as many accounts.
  explicit Rollups(const PrivacySettings& privacy, std::size_t names = usual_names);

  /// Counts what carries or routes a short message; nothing else.
  void add(const Message& message);
  /// What engines have counted in all on these links, at a time. Any thread.
  void add_unread(const Counters& counters, std::span<const Link> links, std::uint64_t time_ns);
  /// Any thread.
  RollupBatch take();

 private:
  void count(Cube cube, const Measures& measures, std::initializer_list<std::string_view> own);
  std::string_view sender_of(const Message& message);
  void write_common(const Message& message, bool has_room);
  static std::string_view admitted(std::string_view name, FrequentNames& names, const Message& message,
                                   bool has_room);

  mutable std::mutex mutex_;  ///< of all below
  const ShownNumbers numbers_;
  std::optional<Pseudonyms> pseudonyms_;
  FrequentNames senders_;
  FrequentNames origins_;
  FrequentNames accounts_;
  std::string encoded_;         ///< the cell that is counted
  std::size_t common_end_ = 0;  ///< of what all cubes have, in it
  std::string labels_;
  std::string hidden_;  ///< what stands for a number
  absl::flat_hash_map<std::string, Measures> cells_;
  std::map<std::uint32_t, std::uint64_t> last_hits_;
  std::vector<RollupBatch::Unread> unread_;
  UnreadCounts counted_;
};

}  // namespace tollgate::record
