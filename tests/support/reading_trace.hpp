#pragma once

#include <cstdlib>
#include <string_view>

#include "decode/trace.hpp"

namespace tollgate::test {

/// Reads all that it is told, so that a sanitizer sees views that dangle; ends the program when an element
/// ends that did not begin. For what reads octets of several inputs; else see CheckingTrace.
class ReadingTrace final : public decode::Trace {
 public:
  ~ReadingTrace() {
    if (depth_ != 0) std::abort();
  }
  void begin(std::string_view name, Octets octets) override {
    read(name, octets);
    ++depth_;
  }
  void end() override {
    if (depth_-- == 0) std::abort();
  }
  void number(std::string_view name, Octets octets, std::uint64_t value, std::string_view meaning) override {
    read(name, octets);
    read(meaning, {});
    sum_ = sum_ + value;
  }
  void text(std::string_view name, Octets octets, std::string_view value) override {
    read(name, octets);
    read(value, {});
  }
  void octets(std::string_view name, Octets octets) override { read(name, octets); }

 private:
  void read(std::string_view text, Octets octets) {
    for (const char c : text) sum_ = sum_ + static_cast<unsigned char>(c);
    for (const std::byte octet : octets) sum_ = sum_ + std::to_integer<std::uint64_t>(octet);
  }

  std::uint64_t depth_ = 0;
  volatile std::uint64_t sum_ = 0;
};

}  // namespace tollgate::test
