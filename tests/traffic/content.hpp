#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "traffic/encode_tpdu.hpp"
#include "traffic/random.hpp"
#include "traffic/truth.hpp"

namespace tollgate::traffic {

/// What a person or a program sends as one message: one part, or several that belong together.
struct Content {
  std::vector<UserData> parts;
  std::string whole;  ///< the text of all parts
  std::uint8_t pid = 0;
  std::uint8_t dcs = 0;
  std::string_view coding = "gsm7";
  std::optional<unsigned> message_class;
  std::uint16_t reference = 0;
  std::optional<std::pair<std::uint16_t, std::uint16_t>> ports;  ///< destination, source
};

/// Text in the default alphabet, or UCS-2 where that lacks a character; in parts where it is long.
/// `wide_reference`: concatenation with a reference of 16 bits.
Content text_content(std::string text, Random& random, bool wide_reference = false);
/// The same with elements before (and beside) those of concatenation.
Content text_content(std::string text, const Bytes& header, Random& random, bool wide_reference = false);
Content binary_content(const Bytes& octets);

/// The truth of part `index`; `completes`: it is the last of its message to arrive.
void describe(Json& event, const Content& content, std::size_t index, bool completes);
/// Coding, class, header, ports, parts and text alone, for protocols that have no PID and DCS.
void describe_user_data(Json& event, const Content& content, std::size_t index, bool completes);
void describe_address(Json& event, std::string_view role, std::string_view value, unsigned ton, unsigned npi);

std::string hex(std::span<const std::uint8_t> octets);

}  // namespace tollgate::traffic
