#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "decode/trace.hpp"
#include "support/hex.hpp"

namespace tollgate::test {

/// Writes down what a decoder traces, a line a field: `SCCP/Called party address/SSN = 6 (HLR)`.
class RecordingTrace final : public decode::Trace {
 public:
  void begin(std::string_view name, Octets) override { path_.emplace_back(name); }
  void end() override { path_.pop_back(); }
  void number(std::string_view name, Octets, std::uint64_t value, std::string_view meaning) override {
    add(name, std::to_string(value) + (meaning.empty() ? "" : " (" + std::string(meaning) + ")"));
  }
  void text(std::string_view name, Octets, std::string_view value) override { add(name, std::string(value)); }
  void octets(std::string_view name, Octets octets) override { add(name, to_hex(octets)); }

  const std::vector<std::string>& lines() const { return lines_; }

  /// All lines, for a substring match.
  std::string all() const {
    std::string text;
    for (const std::string& line : lines_) text += line + '\n';
    return text;
  }

 private:
  void add(std::string_view name, const std::string& value) {
    std::string line;
    for (const std::string& part : path_) line += part + '/';
    lines_.push_back(line + std::string(name) + " = " + value);
  }

  std::vector<std::string> path_;
  std::vector<std::string> lines_;
};

}  // namespace tollgate::test
