#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

#include "decode/octets.hpp"

namespace tollgate::record {

/// Appends one JSON value (RFC 8259) to a string, member after member. nlohmann::json, which builds a tree
/// first, gave 130,000 events a second on a core where this gave 900,000.
///
/// Members have to be given in order, each `begin` its `end`; a member of an array has no key. Text that is
/// not UTF-8 has its bad octets replaced by U+FFFD.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  /// The name of the member whose value is written next.
  void key(std::string_view name) {
    separate();
    string(name);
    out_ += ':';
    first_ = true;
  }

  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }
  void text(std::string_view value) {
    separate();
    string(value);
  }
  template <std::integral Number>
  void number(Number value) {
    separate();
    char room[24];
    out_.append(std::begin(room), std::to_chars(std::begin(room), std::end(room), value).ptr);
  }
  /// Whole numbers without a point.
  void real(double value) {
    separate();
    char room[32];
    out_.append(std::begin(room), std::to_chars(std::begin(room), std::end(room), value).ptr);
  }
  void flag(bool value) {
    separate();
    out_ += value ? "true" : "false";
  }
  void hex(Octets value) {
    separate();
    hex_string(value);
  }

  // The same as a member of that name.
  void begin_object(std::string_view name) {
    key(name);
    begin_object();
  }
  void begin_array(std::string_view name) {
    key(name);
    begin_array();
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }
  template <std::integral Number>
  void number(std::string_view name, Number value) {
    key(name);
    number(value);
  }
  void real(std::string_view name, double value) {
    key(name);
    real(value);
  }
  void flag(std::string_view name, bool value) {
    key(name);
    flag(value);
  }
  void hex(std::string_view name, Octets value) {
    key(name);
    hex(value);
  }

 private:
  void begin(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
  }
  void end(char bracket) {
    out_ += bracket;
    first_ = false;
  }
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void string(std::string_view value);
  void hex_string(Octets value);

  std::string& out_;
  bool first_ = true;  ///< no comma before what comes next
};

}  // namespace tollgate::record
