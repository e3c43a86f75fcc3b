#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "message/message.hpp"
#include "record/money.hpp"

namespace tollgate::record {

/// What a run decided, and what came of it in money.
class Revenue {
 public:
  /// Origins told apart, by what leaked; others are counted together.
  static constexpr std::size_t most_origins = 10'000;

  void add(const Message& message);

  /// For a person, a line for each thing that occurred. Empty where nothing was judged.
  std::string table() const;
  /// The same for programs.
  nlohmann::ordered_json json() const;

 private:
  struct Leaked {
    std::string origin;
    std::string currency;
    auto operator<=>(const Leaked&) const = default;  // NOLINT(modernize-use-nullptr): a false alarm
  };

  void add_leaked(const Message& message);
  std::vector<std::pair<Leaked, MoneySum>> most_leaked(std::size_t most) const;

  bool judged_ = false;
  std::array<std::uint64_t, 5> by_verdict_{};
  Money money_;
  std::map<Leaked, MoneySum> leaked_by_origin_;
};

}  // namespace tollgate::record
