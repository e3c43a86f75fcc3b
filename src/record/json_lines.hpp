#pragma once

#include <cstdint>
#include <string>

#include "message/message.hpp"
#include "record/event_json.hpp"

namespace tollgate::record {

struct JsonLinesOptions {
  bool all = false;  ///< writes `signalling` events too
};

/// Writes events to a file, one JSON object a line, through a buffer of its own. Every write is checked:
/// whatever fails throws a std::system_error that says what was written where and why it could not
/// (`cannot write events to out.jsonl: No space left on device`).
class JsonLines {
 public:
  /// Creates the file; one that is there is emptied. `-` is the standard output.
  explicit JsonLines(std::string path, JsonLinesOptions options = {});
  /// Closes what `close` did not; a failure is then lost.
  ~JsonLines();
  JsonLines(const JsonLines&) = delete;
  JsonLines& operator=(const JsonLines&) = delete;

  void write(const Message& message, const Countries& countries = {});
  void flush();
  /// Flushes and closes. Nothing may be written afterwards.
  void close();

  std::uint64_t lines() const { return lines_; }

 private:
  [[noreturn]] void fail(const char* action) const;

  std::string path_;
  JsonLinesOptions options_;
  int file_;
  std::string buffer_;
  std::uint64_t lines_ = 0;
};

}  // namespace tollgate::record
