#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "message/counters.hpp"
#include "message/message.hpp"
#include "record/revenue.hpp"

namespace tollgate::record {

/// Counts what a run saw: messages by what they are, what came of them, and why something was not read.
class Summary {
 public:
  void add(const Message& message);
  /// Adds the counters of a worker that has stopped.
  void add(const Counters& counters) { counters_.add(counters); }

  std::uint64_t of(Kind kind) const { return by_kind_[static_cast<std::size_t>(kind)]; }
  const Counters& counters() const { return counters_; }

  /// For a person: a table, each line ended.
  std::string table() const;
  /// The same for programs.
  nlohmann::ordered_json json() const;

 private:
  struct Operation {
    Protocol protocol;
    std::string_view name;                               ///< static storage
    std::int32_t code;                                   ///< where it has no name
    auto operator<=>(const Operation&) const = default;  // NOLINT(modernize-use-nullptr): a false alarm
  };
  using ByComponent = std::array<std::uint64_t, 4>;

  std::array<std::uint64_t, 3> by_kind_{};
  std::array<std::uint64_t, 3> by_direction_{};  ///< of Kind::message only, as the rest
  std::array<std::uint64_t, 15> by_coding_{};
  std::uint64_t text_ = 0;
  std::uint64_t binary_ = 0;
  std::uint64_t parts_ = 0;      ///< of a concatenated message
  std::uint64_t completed_ = 0;  ///< concatenated messages put together
  std::uint64_t answers_ = 0;    ///< responses whose request was seen
  std::map<Operation, ByComponent> operations_;
  Revenue revenue_;
  Counters counters_;
};

}  // namespace tollgate::record
