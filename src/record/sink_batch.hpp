#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "detect/sink.hpp"

namespace tollgate::record {

/// Events on their way to sinks, written once for all of them.
class SinkBatch {
 public:
  /// Adds the event of `message`, whose line is `json`, without a newline.
  void add(const Message& message, std::string_view json);

  bool empty() const { return events_.empty(); }
  std::size_t count() const { return events_.size(); }
  /// Octets of memory, about.
  std::size_t octets() const { return lines_.size() + events_.size() * sizeof(detect::SinkEvent); }
  /// As a sink takes them; good as long as nothing is added.
  std::vector<detect::SinkEvent> events() const;

 private:
  struct Line {
    std::size_t begin;
    std::size_t size;
  };
  std::string lines_;
  std::vector<Line> places_;
  std::vector<detect::SinkEvent> events_;  ///< without their lines
};

}  // namespace tollgate::record
