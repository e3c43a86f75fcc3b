#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "message/countries.hpp"
#include "message/number.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate;
  if (size < 2) return 0;
  Home home;
  if ((data[1] & 1U) != 0) home.country_code = "39";
  if ((data[1] & 2U) != 0) home.national_prefix.clear();
  Arena arena(64);
  Address address;
  address.type = static_cast<NumberType>(data[0] % 8);
  address.address = {reinterpret_cast<const char*>(data) + 2, size - 2};
  fill_number(address, home, arena);
  const std::string_view number = address.number;
  if (number.size() > 15 || (!number.empty() && number.front() == '0')) __builtin_trap();
  if (!std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; }))
    __builtin_trap();
  if (const auto country = country_of(address.address); !country.empty() && country.size() != 2)
    __builtin_trap();
  return 0;
}
