#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "message/message.hpp"
#include "record/event_json.hpp"
#include "record/pseudonyms.hpp"

namespace tollgate::record {

/// Whose text is written.
enum class ShownText : std::uint8_t { never, blocked, all };

/// How the numbers of subscribers are written: but for their last two digits, in full, or as pseudonyms.
enum class ShownNumbers : std::uint8_t { masked, full, pseudonyms };

struct PrivacySettings {
  ShownText text = ShownText::never;
  ShownNumbers numbers = ShownNumbers::masked;
  std::string key;  ///< the file of the key of pseudonyms
};

/// Takes out of messages what events must not tell: texts, with what is found in them, and the numbers of
/// subscribers. Optional parameters of SMPP and lists of recipients may hold either; they are left out whole.
/// Global titles and service centres are networks' own and stay, but for a global title that is the number
/// of the message's sender or recipient, as those are by which a home register is asked.
class Privacy {
 public:
  /// Reads the key, where there are to be pseudonyms; throws as read_pseudonym_key does.
  explicit Privacy(const PrivacySettings& settings);

  /// What may be written of `message`; good until the next call, and as long as `message`.
  Message filter(const Message& message);
  /// Of that message, where pseudonyms stand for its numbers.
  const Countries& countries() const { return countries_; }

 private:
  std::string_view hide(std::string_view number);
  std::string_view mask(std::string_view number);
  std::string_view pseudonym(std::string_view number);
  void hide(Address& address);
  void hide(Endpoint& end, const Message& message);

  ShownText text_;
  ShownNumbers numbers_;
  std::optional<Pseudonyms> pseudonyms_;
  std::array<std::string, 8> hidden_;  ///< their room is taken once
  std::size_t used_ = 0;
  Countries countries_;
};

}  // namespace tollgate::record
