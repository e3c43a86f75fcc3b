#include "record/sealed_cells.hpp"

#include <limits>

#include "record/sqlite_file.hpp"

namespace tollgate::record {
namespace {

constexpr unsigned bits_an_octet = 7;
constexpr std::uint64_t low_bits = (1U << bits_an_octet) - 1;

void put_varint(std::string& to, std::uint64_t value) {
  for (; value > low_bits; value >>= bits_an_octet) to.push_back(static_cast<char>(value | (low_bits + 1)));
  to.push_back(static_cast<char>(value));
}

[[noreturn]] void refuse(const char* found) {
  throw UnusableRollups(std::string("cells of a time that is over are damaged: ") + found);
}

}  // namespace

std::string sealed(const std::vector<KeyedMeasures>& cells) {
  std::string octets;
  std::int64_t before = 0;
  for (const KeyedMeasures& cell : cells) {
    put_varint(octets, static_cast<std::uint64_t>(cell.key - before));
    before = cell.key;
    const std::size_t mask_place = octets.size();
    octets.push_back('\0');
    unsigned mask = 0;
    for (std::size_t i = 0; i < measure_members.size(); ++i) {
      const std::int64_t value = cell.measures.*measure_members[i].member;
      if (value == 0) continue;
      mask |= 1U << i;
      put_varint(octets, static_cast<std::uint64_t>(value));
    }
    octets[mask_place] = static_cast<char>(mask);
  }
  return octets;
}

std::uint64_t SealedCells::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < std::numeric_limits<std::uint64_t>::digits; shift += bits_an_octet) {
    if (rest_.empty()) refuse("they end within a number");
    const auto octet = std::to_integer<std::uint64_t>(rest_.front());
    rest_ = rest_.subspan(1);
    value |= (octet & low_bits) << shift;
    if (octet <= low_bits) return value;
  }
  refuse("a number is too long");
}

bool SealedCells::next(KeyedMeasures& cell) {
  if (rest_.empty()) return false;
  const std::uint64_t more = varint();
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  if (more == 0 || more > most - key_) refuse("keys do not rise");
  key_ += more;
  if (rest_.empty()) refuse("they end within a cell");
  const auto mask = std::to_integer<unsigned>(rest_.front());
  rest_ = rest_.subspan(1);
  if (mask >> measure_members.size() != 0) refuse("there are more measures than there should be");
  cell = {.key = static_cast<std::int64_t>(key_), .measures = {}};
  for (std::size_t i = 0; i < measure_members.size(); ++i) {
    if ((mask & 1U << i) != 0) cell.measures.*measure_members[i].member = static_cast<std::int64_t>(varint());
  }
  return true;
}

}  // namespace tollgate::record
