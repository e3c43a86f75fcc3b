#pragma once

#include <array>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace tollgate::traffic {

using Json = nlohmann::ordered_json;

/// One line of the truth: what a reader of the capture must find. `frame` and `item` are known only when
/// the packet that completes it is written.
struct Event {
  Json fields;
  std::uint64_t id = 0;       ///< of a request, so that its answer can name it; 0 for none
  std::uint64_t answers = 0;  ///< the `id` of the request that this answers; 0 for none
};

/// Writes the ground truth, one JSON object a line.
class Truth {
 public:
  /// An empty path: nothing is written. Throws Failure where the file cannot be written.
  explicit Truth(const std::string& path);

  /// Scenarios need not make events where nobody wants them.
  bool wanted() const { return file_.is_open(); }
  std::uint64_t next_id() { return ++last_id_; }
  void write(std::vector<Event>& events, std::uint64_t frame);
  void damaged(std::uint64_t frame, std::string_view layer, std::string_view reason);
  /// A message of a kind that is recognised and counted by this name, not read.
  void unread(std::uint64_t frame, std::string_view count);
  void close();

 private:
  std::string path_;
  std::ofstream file_;
  std::uint64_t last_id_ = 0;
  std::uint64_t frame_ = 0;
  unsigned item_ = 0;
  /// The frames of the last requests, by id: an answer follows its request closely.
  std::vector<std::uint64_t> frames_ = std::vector<std::uint64_t>(1U << 18U);
};

}  // namespace tollgate::traffic
