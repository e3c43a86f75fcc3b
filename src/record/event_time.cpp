#include "record/event_time.hpp"

#include <charconv>
#include <chrono>
#include <cstddef>

namespace tollgate::record {
namespace {

constexpr std::string_view like = "0000-00-00T00:00:00";
constexpr std::size_t most_decimals = 9;
constexpr std::size_t near = 200;
constexpr std::chrono::year last_year{2261};  // behind it nanoseconds do not fit

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_alike(std::string_view text) {
  for (std::size_t i = 0; i < like.size(); ++i) {
    if (like[i] == '0' ? !is_digit(text[i]) : text[i] != like[i]) return false;
  }
  return true;
}

unsigned number(std::string_view digits) {
  unsigned value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

/// Of `.123456`; nothing where it is not such a thing.
std::optional<std::uint64_t> decimals_ns(std::string_view text) {
  if (text.empty()) return 0;
  text.remove_prefix(1);
  if (text.empty() || text.size() > most_decimals) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < most_decimals; ++i) {
    if (i < text.size() && !is_digit(text[i])) return std::nullopt;
    value = value * 10 + (i < text.size() ? static_cast<std::uint64_t>(text[i] - '0') : 0);
  }
  return value;
}

}  // namespace

std::optional<std::uint64_t> read_time(std::string_view text) {
  using namespace std::chrono;
  if (text.size() <= like.size() || !text.ends_with('Z') || !is_alike(text)) return std::nullopt;
  const std::string_view decimals = text.substr(like.size(), text.size() - like.size() - 1);
  if (!decimals.empty() && decimals.front() != '.') return std::nullopt;
  const auto below_ns = decimals_ns(decimals);
  const year_month_day day(year(static_cast<int>(number(text.substr(0, 4)))),
                           month(number(text.substr(5, 2))), std::chrono::day(number(text.substr(8, 2))));
  if (!below_ns || !day.ok() || day.year() < year(1970) || day.year() > last_year) return std::nullopt;
  const auto since_1970 = sys_days(day).time_since_epoch() + hours(number(text.substr(11, 2))) +
                          minutes(number(text.substr(14, 2))) + seconds(number(text.substr(17, 2)));
  return static_cast<std::uint64_t>(duration_cast<nanoseconds>(since_1970).count()) + *below_ns;
}

std::optional<std::uint64_t> time_of_line(std::string_view line) {
  constexpr std::string_view before = R"("time":")";
  line = line.substr(0, near);
  const std::size_t begin = line.find(before);
  if (begin == line.npos) return std::nullopt;
  line.remove_prefix(begin + before.size());
  return read_time(line.substr(0, line.find('"')));
}

}  // namespace tollgate::record
