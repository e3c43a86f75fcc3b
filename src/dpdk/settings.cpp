#include "dpdk/settings.hpp"

#include <algorithm>
#include <string_view>

namespace tollgate::dpdk {
namespace {

bool is_hex(std::string_view text, std::size_t least, std::size_t most) {
  constexpr std::string_view digits = "0123456789abcdefABCDEF";
  return text.size() >= least && text.size() <= most && text.find_first_not_of(digits) == text.npos;
}

}  // namespace

// [DOMAIN:]BUS:DEVICE.FUNCTION, all hexadecimal
bool is_pci_address(const std::string& device) {
  std::string_view rest = device;
  rest = rest.substr(0, rest.find(','));
  const std::size_t dot = rest.find('.');
  if (dot == rest.npos || rest.size() != dot + 2 || rest[dot + 1] < '0' || rest[dot + 1] > '7') return false;
  rest = rest.substr(0, dot);
  const std::size_t last = rest.rfind(':');
  if (last == rest.npos || !is_hex(rest.substr(last + 1), 1, 2)) return false;
  rest = rest.substr(0, last);
  const std::size_t first = rest.find(':');
  if (first == rest.npos) return is_hex(rest, 1, 2);
  return is_hex(rest.substr(0, first), 1, 8) && is_hex(rest.substr(first + 1), 1, 2);
}

std::string device_name(const std::string& device) { return device.substr(0, device.find(',')); }

std::string device_argument(const std::string& device, const std::string& key) {
  std::size_t comma = device.find(',');
  while (comma != device.npos) {
    const std::size_t next = device.find(',', comma + 1);
    const std::string argument = device.substr(comma + 1, next == device.npos ? next : next - comma - 1);
    if (argument.starts_with(key + "=")) return argument.substr(key.size() + 1);
    comma = next;
  }
  return {};
}

}  // namespace tollgate::dpdk
