#include "message/number.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

namespace tollgate {
namespace {

constexpr std::size_t longest_number = 15;  // E.164 6.1

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool begins_with(std::string_view digits, std::string_view prefix) {
  return !prefix.empty() && digits.starts_with(prefix);
}

std::string_view if_valid(std::string_view number) {
  const bool valid = !number.empty() && number.front() != '0' && number.size() <= longest_number;
  return valid ? number : std::string_view{};
}

std::string_view international(std::string_view digits, const Home& home) {
  if (home.international_prefix.starts_with('0') && digits.starts_with(home.international_prefix)) {
    digits.remove_prefix(home.international_prefix.size());
  } else if (digits.starts_with("00")) {
    digits.remove_prefix(2);
  }
  return if_valid(digits);
}

/// The own country code, then `digits`.
std::string_view at_home(std::string_view digits, const Home& home, Arena& arena) {
  const std::size_t length = home.country_code.size() + digits.size();
  const std::span<char> room = arena.room();
  if (home.country_code.empty() || digits.empty() || length > longest_number || length > room.size())
    return {};
  const auto end = std::copy(home.country_code.begin(), home.country_code.end(), room.begin());
  std::copy(digits.begin(), digits.end(), end);
  return arena.commit(length);
}

/// Digits of unknown type, without any prefix.
std::string_view unknown(std::string_view digits, const Home& home, Arena& arena) {
  const std::size_t enough = home.national_prefix.empty() ? 9 : 7;
  if (begins_with(digits, home.country_code) && digits.size() >= home.country_code.size() + enough)
    return if_valid(digits);
  return home.national_prefix.empty() ? at_home(digits, home, arena) : std::string_view{};
}

std::string_view number_of(const Address& address, const Home& home, Arena& arena) {
  std::string_view digits = address.address;
  NumberType type = address.type;
  if (type == NumberType::alphanumeric || type == NumberType::network) return {};
  if (digits.starts_with('+')) {
    digits.remove_prefix(1);
    type = NumberType::international;
  }
  if (!all_digits(digits)) return {};
  if (type == NumberType::international) return international(digits, home);
  if (type == NumberType::abbreviated || type == NumberType::subscriber) return {};
  if (digits.size() >= home.short_code_min_digits && digits.size() <= home.short_code_max_digits) return {};
  if (begins_with(digits, home.international_prefix))
    return if_valid(digits.substr(home.international_prefix.size()));
  if (begins_with(digits, home.national_prefix))
    return at_home(digits.substr(home.national_prefix.size()), home, arena);
  return type == NumberType::national ? at_home(digits, home, arena) : unknown(digits, home, arena);
}

}  // namespace

void fill_number(Address& address, const Home& home, Arena& arena) {
  address.number = number_of(address, home, arena);
}

}  // namespace tollgate
