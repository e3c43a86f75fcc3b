#pragma once

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string_view>

#include "decode/trace.hpp"

namespace tollgate::test {

/// Ends the program when a decoder traces octets that are not its input's, or ends what it did not begin.
/// Reads each name and text to its end, so that a sanitizer sees views that dangle.
class CheckingTrace final : public decode::Trace {
 public:
  explicit CheckingTrace(Octets input) : input_(input) {}
  ~CheckingTrace() { require(depth_ == 0); }

  void begin(std::string_view name, Octets octets) override {
    check(name, octets);
    ++depth_;
  }
  void end() override {
    require(depth_ > 0);
    --depth_;
  }
  void number(std::string_view name, Octets octets, std::uint64_t value, std::string_view meaning) override {
    check(name, octets);
    read(meaning);
    sum_ = sum_ + value;
  }
  void bits(std::string_view name, Octets octets, std::uint64_t mask, std::uint64_t value,
            std::string_view meaning) override {
    require(octets.size() <= 8 && (octets.size() == 8 || mask >> octets.size() * 8 == 0));
    number(name, octets, value, meaning);
  }
  void header(Octets identifier, std::string_view tag, Octets length_octets,
              std::optional<std::size_t> /*length*/) override {
    check(tag, identifier);
    check("", length_octets);
  }
  void refused(const decode::Error& error, Octets input) override {
    check("", input);
    require(error.offset <= input.size());
  }
  void text(std::string_view name, Octets octets, std::string_view value) override {
    check(name, octets);
    read(value);
  }
  void octets(std::string_view name, Octets octets) override { check(name, octets); }

  std::uint64_t fields() const { return fields_; }

 private:
  static void require(bool holds) {
    if (!holds) std::abort();
  }

  void check(std::string_view name, Octets octets) {
    ++fields_;
    read(name);
    if (octets.empty()) return;
    const std::less_equal<const std::byte*> at_most;
    require(at_most(input_.data(), octets.data()) &&
            at_most(octets.data() + octets.size(), input_.data() + input_.size()));
  }

  void read(std::string_view text) {
    for (const char c : text) sum_ = sum_ + static_cast<unsigned char>(c);
  }

  Octets input_;
  std::uint64_t depth_ = 0;
  std::uint64_t fields_ = 0;
  volatile std::uint64_t sum_ = 0;
};

}  // namespace tollgate::test
