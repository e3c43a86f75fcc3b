#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate::record {

/// By what messages are told apart where they are counted. A message may have several labels.
enum class Dimension : std::uint8_t {
  route,
  direction,
  protocol,
  operation,
  operator_name,  ///< of the service centre, else of the origin
  country,        ///< the same, ISO 3166
  account,
  label,  ///< in a key: all of them in order, a space between two
  verdict,
  policy,
  refusal,   ///< why nobody pays what the policy charges
  currency,  ///< of what was charged or leaked
  sender,
  rule,
  state,   ///< of the rule
  origin,  ///< as name_of_origin() tells
};
inline constexpr std::size_t dimension_count = 16;
/// Those of any message; the others belong to some cubes only.
inline constexpr std::size_t common_dimensions = 12;

std::string_view to_string(Dimension dimension);
std::optional<Dimension> dimension_named(std::string_view name);

/// What is counted apart from one another, so that neither makes the other large.
enum class Cube : std::uint8_t {
  traffic,  ///< each message once
  senders,  ///< the same, and by sender
  rules,    ///< each message once for each rule that holds
  leaks,    ///< each message that nobody paid for and somebody should, by origin
};
inline constexpr std::array all_cubes{Cube::traffic, Cube::senders, Cube::rules, Cube::leaks};
std::string_view to_string(Cube cube);

/// How long the time is over which a count is kept.
enum class Level : std::uint8_t { minute, hour, day };
inline constexpr std::array all_levels{Level::minute, Level::hour, Level::day};
std::string_view to_string(Level level);
std::optional<Level> level_named(std::string_view name);

/// Where a name stands for all those that are not kept by themselves.
inline constexpr std::string_view others = "(others)";

/// A value for each dimension; empty where there is none.
using RollupKey = std::array<std::string, dimension_count>;

inline std::string& value_of(RollupKey& key, Dimension dimension) {
  return key[static_cast<std::size_t>(dimension)];
}
inline const std::string& value_of(const RollupKey& key, Dimension dimension) {
  return key[static_cast<std::size_t>(dimension)];
}

/// What is counted. Money is in millionths of the key's currency.
struct Measures {
  std::int64_t messages = 0;  ///< a long message counts with its first part
  std::int64_t parts = 0;     ///< each part, and each message that has none
  std::int64_t paid = 0;      ///< parts that were charged, and not before
  std::int64_t charged = 0;   ///< for these, without fees
  std::int64_t fees = 0;
  std::int64_t leaks = 0;  ///< parts that nobody paid for and somebody should
  std::int64_t leaked = 0;

  Measures& operator+=(const Measures& more) {
    messages += more.messages;
    parts += more.parts;
    paid += more.paid;
    charged += more.charged;
    fees += more.fees;
    leaks += more.leaks;
    leaked += more.leaked;
    return *this;
  }
  friend bool operator==(const Measures&, const Measures&) = default;
};

/// Each of them, in the order in which files have them.
struct MeasureMember {
  std::string_view name;
  std::int64_t Measures::*member;
};
inline constexpr std::array measure_members{
    MeasureMember{"messages", &Measures::messages}, MeasureMember{"parts", &Measures::parts},
    MeasureMember{"paid", &Measures::paid},         MeasureMember{"charged", &Measures::charged},
    MeasureMember{"fees", &Measures::fees},         MeasureMember{"leaks", &Measures::leaks},
    MeasureMember{"leaked", &Measures::leaked}};

}  // namespace tollgate::record
