#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "decode/ber.hpp"
#include "decode/map.hpp"

// How the tables of MAP parameters are written: one line an element, in the standard's words and order. One
// reader, in map.cpp, reads by them.
namespace tollgate::decode::map::schema {

enum class Form : std::uint8_t {
  octets,   ///< OCTET STRING without a further reading
  digits,   ///< TBCD-STRING
  address,  ///< AddressString
  number,   ///< INTEGER or ENUMERATED
  truth,    ///< BOOLEAN
  flag,     ///< NULL: present or not
  bits,     ///< BIT STRING
  group,    ///< constructed: its elements are `inner`
  choice,   ///< an untagged CHOICE: one of `inner` stands here
};

struct Element {
  ber::Tag tag = 0;  ///< of a choice: unused
  Form form = Form::octets;
  bool mandatory = false;
  std::string_view name;
  std::span<const Element> inner = {};
  std::span<const std::string_view> meanings = {};  ///< of a number's values (of bits: their names), from 0
  // Where the value goes; null where it is only shown.
  Octets Parameter::*octets = nullptr;
  std::optional<std::int32_t> Parameter::*number = nullptr;
  bool Parameter::*flag = nullptr;
  RpDa Parameter::*sm_rp_da = nullptr;  // of a choice: which alternative was taken
  RpOa Parameter::*sm_rp_oa = nullptr;
};

using Elements = std::span<const Element>;
using Meanings = std::span<const std::string_view>;

constexpr Element mandatory(Element element) {
  element.mandatory = true;
  return element;
}
constexpr Element octets(ber::Tag tag, std::string_view name, Octets Parameter::*slot = nullptr) {
  return {.tag = tag, .form = Form::octets, .name = name, .octets = slot};
}
constexpr Element digits(ber::Tag tag, std::string_view name, Octets Parameter::*slot = nullptr) {
  return {.tag = tag, .form = Form::digits, .name = name, .octets = slot};
}
constexpr Element imsi(ber::Tag tag) { return digits(tag, "imsi", &Parameter::imsi); }
constexpr Element lmsi(ber::Tag tag) { return octets(tag, "lmsi", &Parameter::lmsi); }
constexpr Element address(ber::Tag tag, std::string_view name, Octets Parameter::*slot = nullptr) {
  return {.tag = tag, .form = Form::address, .name = name, .octets = slot};
}
constexpr Element msisdn(ber::Tag tag) { return address(tag, "msisdn", &Parameter::msisdn); }
constexpr Element node(ber::Tag tag, std::string_view name) {
  return address(tag, name, &Parameter::network_node);
}
/// The second node that serves the subscriber.
constexpr Element second_node(ber::Tag tag, std::string_view name) {
  return address(tag, name, &Parameter::additional_node);
}
constexpr Element other(ber::Tag tag, std::string_view name) {
  return address(tag, name, &Parameter::other_address);
}
constexpr Element number(ber::Tag tag, std::string_view name, Meanings meanings = {},
                         std::optional<std::int32_t> Parameter::*slot = nullptr) {
  return {.tag = tag, .form = Form::number, .name = name, .meanings = meanings, .number = slot};
}
constexpr Element truth(ber::Tag tag, std::string_view name) {
  return {.tag = tag, .form = Form::truth, .name = name};
}
constexpr Element flag(ber::Tag tag, std::string_view name, bool Parameter::*slot = nullptr) {
  return {.tag = tag, .form = Form::flag, .name = name, .flag = slot};
}
constexpr Element bits(ber::Tag tag, std::string_view name, Meanings names) {
  return {.tag = tag, .form = Form::bits, .name = name, .meanings = names};
}
constexpr Element group(ber::Tag tag, std::string_view name, Elements inner) {
  return {.tag = tag, .form = Form::group, .name = name, .inner = inner};
}
constexpr Element choice(std::string_view name, Elements inner) {
  return {.form = Form::choice, .name = name, .inner = inner};
}

/// What a parameter may be: one of the alternatives. None: nothing of it is read.
struct Operation {
  std::int32_t code = 0;
  Elements argument = {};
  Elements result = {};
};

extern const std::span<const Operation> short_message_operations;  ///< map_short_message.cpp
extern const std::span<const Operation> other_operations;          ///< map_other.cpp
Elements error_parameter(std::int32_t error);                      ///< map_errors.cpp

// Values that several tables name.
inline constexpr std::string_view delivery_outcomes[] = {"memoryCapacityExceeded", "absentSubscriber",
                                                         "successfulTransfer"};
/// TS 23.040 3.3.2.
inline constexpr std::string_view absent_subscriber_diagnostics[] = {
    "no paging response via the MSC",
    "IMSI detached",
    "roaming restriction",
    "deregistered in the HLR for non GPRS",
    "MS purged for non GPRS",
    "no paging response via the SGSN",
    "GPRS detached",
    "deregistered in the HLR for GPRS",
    "MS purged for GPRS",
    "unidentified subscriber via the MSC",
    "unidentified subscriber via the SGSN",
    "deregistered in the HLR/HSS for IMS",
    "no response via the IP-SM-GW",
    "the MS is temporarily unavailable",
};
inline constexpr std::string_view network_resources[] = {"plmn",           "hlr",  "vlr", "pvlr",
                                                         "controllingMSC", "vmsc", "eir", "rss"};

}  // namespace tollgate::decode::map::schema
