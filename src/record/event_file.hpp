#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "message/message.hpp"
#include "record/event_json.hpp"
#include "record/json_lines.hpp"

namespace tollgate::record {

/// When a file of events is put aside, and a new one begun.
struct RotationSettings {
  std::uint64_t most_octets = 0;  ///< 0: however large it is
  std::uint64_t every_ns = 0;     ///< with each such span of UTC since 1970; 0: never

  bool any() const { return most_octets != 0 || every_ns != 0; }
};

/// The file to which an appliance adds its events. What is put aside is renamed in one step, to
/// `events-20261123T000000Z.jsonl` (see rotated_path), never over another file. Failures are
/// std::system_error; what was not written then is lost, and the file is tried again by `keep`. Times are
/// nanoseconds since 1970-01-01T00:00:00Z.
class EventFile {
 public:
  /// Opens the file, or makes it.
  EventFile(std::string path, const RotationSettings& rotation);

  void write(const Message& message, const Countries& countries);
  /// The same of its line, without a newline, that was made elsewhere.
  void write_line(std::string_view line);
  void flush();
  /// Opens the file anew, which somebody may have moved away.
  void reopen();
  /// Puts the file aside where that is due. To be called often. Where that fails it goes on, and is tried
  /// again a minute later.
  void keep(std::uint64_t time_ns);

  /// Events that it was given to write, those that are lost included.
  std::uint64_t lines() const { return lines_; }
  /// What is written is not lost.
  bool is_open() const { return open_.has_value(); }

 private:
  void open();
  void close();
  bool is_due(std::uint64_t time_ns);
  void put_aside();

  std::string path_;
  RotationSettings rotation_;
  std::optional<JsonLines> open_;
  std::optional<std::uint64_t> begun_ns_;  ///< of the first event in it, once there is one
  std::uint64_t failed_at_ = 0;            ///< in which minute it could not be put aside
  std::uint64_t lines_ = 0;
};

}  // namespace tollgate::record
