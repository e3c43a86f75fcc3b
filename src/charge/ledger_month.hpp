#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rules/time_window.hpp"

namespace tollgate::charge {

/// A month by the clocks of a zone.
struct Month {
  std::string name;            ///< `2026-11`
  std::uint64_t begin_ns = 0;  ///< since 1970-01-01T00:00:00Z
  std::uint64_t end_ns = 0;    ///< up to but without
};

Month month_at(const rules::TimeZone& zone, std::uint64_t time_ns);

/// Of `YYYY-MM`, from 1970 to 2099; nothing where it is no such thing.
std::optional<Month> month_named(const rules::TimeZone& zone, std::string_view name);

/// The day by the clocks of `zone`, as `2026-11-22`.
std::string day_at(const rules::TimeZone& zone, std::uint64_t time_ns);

/// The same of times that mostly come in order.
class Days {
 public:
  /// `zone` must outlive it.
  explicit Days(const rules::TimeZone& zone) : zone_(zone) {}
  /// Good until the next call.
  const std::string& of(std::uint64_t time_ns);

 private:
  const rules::TimeZone& zone_;
  std::uint64_t quarter_ = ~std::uint64_t{0};
  std::string day_;
};

}  // namespace tollgate::charge
