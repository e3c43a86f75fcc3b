#include "inspect/map_edit.hpp"

#include <algorithm>

namespace tollgate::inspect {
namespace {

constexpr std::byte return_result_last{0xA2};
constexpr std::byte return_error{0xA3};
constexpr std::byte reject{0xA4};
constexpr std::byte integer{0x02};
constexpr std::byte invoke_problem{0x81};
constexpr std::byte one{1};

/// A digit of TBCD becomes 0; the filler, 1111, stays.
constexpr unsigned without_digit(unsigned nibble) { return nibble == 0xFU ? nibble : 0U; }

}  // namespace

NobodysImsi::NobodysImsi(Octets imsi) : size(std::min(imsi.size(), room.size())) {
  std::transform(imsi.begin(), imsi.begin() + static_cast<std::ptrdiff_t>(size), room.begin(),
                 [](std::byte octet) {
                   const auto two = std::to_integer<unsigned>(octet);
                   return static_cast<std::byte>(without_digit(two >> 4U) << 4U | without_digit(two & 0xFU));
                 });
}

std::optional<std::array<std::byte, 8>> reply_in_place_of(Octets answer, const ReplyToInvoke& reply) {
  if (answer.size() != 8) return {};
  const std::byte invoke_id = answer[4];
  const std::array<std::byte, 7> shape{
      reply.by_subscriber ? return_error : reject,    std::byte{6}, integer, one, invoke_id,
      reply.by_subscriber ? integer : invoke_problem, one};
  if (!std::equal(shape.begin(), shape.end(), answer.begin())) return {};
  if (reply.accepted)
    return {{return_result_last, std::byte{0x83}, std::byte{0}, std::byte{0}, std::byte{3}, integer, one,
             invoke_id}};
  return {{return_error, std::byte{6}, integer, one, invoke_id, integer, one, std::byte{reply.error}}};
}

}  // namespace tollgate::inspect
