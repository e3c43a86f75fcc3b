#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "message/message.hpp"

namespace tollgate::record {

/// Whose text is written.
enum class ShownText : std::uint8_t { never, blocked, all };

struct PrivacySettings {
  ShownText text = ShownText::never;
  bool full_numbers = false;
};

/// Takes out of messages what events must not tell: texts, with what is found in them, and the numbers of
/// subscribers but for their last two digits. Optional parameters of SMPP and lists of recipients may hold
/// either; they are left out whole. Global titles and service centres are networks' own and stay.
class Privacy {
 public:
  explicit Privacy(PrivacySettings settings) : settings_(settings) {}

  /// What may be written of `message`; good until the next call, and as long as `message`.
  Message filter(const Message& message);

 private:
  std::string_view mask(std::string_view number);
  void mask(Address& address);

  PrivacySettings settings_;
  std::array<std::string, 6> masked_;
  std::size_t used_ = 0;
};

}  // namespace tollgate::record
