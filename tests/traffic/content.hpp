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
  std::string whole;  ///< the text of all parts; of binary ones, their octets in hex
  std::uint8_t pid = 0;
  std::uint8_t dcs = 0;
  std::string_view coding = "gsm7";
  std::optional<unsigned> message_class;
  std::uint16_t reference = 0;
  struct Ports {
    std::optional<std::uint16_t> destination, source;
  };
  std::optional<Ports> ports;
};

/// Text in the default alphabet, or UCS-2 where that lacks a character; in parts where it is long.
/// `wide_reference`: concatenation with a reference of 16 bits.
Content text_content(std::string text, Random& random, bool wide_reference = false);
/// The same with elements before (and beside) those of concatenation.
Content text_content(std::string text, const Bytes& header, Random& random, bool wide_reference = false);
/// A row of `pair`, a character that takes two units: an escape and a septet, or two surrogates. Its parts
/// are cut between them.
Content cut_content(std::string_view pair, Random& random, bool wide_reference);
Content binary_content(const Bytes& octets);
/// 8-bit data with port numbers for applications, in parts.
Content application_data(Random& random);

/// The truth of part `index`; `completes`: it is the last of its message to arrive.
void describe(Json& event, const Content& content, std::size_t index, bool completes);
/// Coding, class, header, ports, parts and text alone, for protocols that have no PID and DCS.
void describe_user_data(Json& event, const Content& content, std::size_t index, bool completes);
void describe_address(Json& event, std::string_view role, std::string_view value, unsigned ton, unsigned npi);

std::string hex(std::span<const std::uint8_t> octets);

}  // namespace tollgate::traffic
