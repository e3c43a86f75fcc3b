#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

namespace tollgate::control {

/// Says where the clock may be ahead, of which nobody should remove records for their age: by when it was
/// believed last, and by a clock that nobody sets. A file keeps that from one process to the next, so that a
/// restart neither confirms a clock nor makes an old one doubtful; who knows that the clock is right removes
/// the file.
class ClockWatch {
 public:
  struct Times {
    std::uint64_t utc_ns = 0;     ///< of the clock in question, since 1970
    std::uint64_t steady_ns = 0;  ///< of the other
  };

  /// `path`: of its file. `last_ns`: when another process wrote last, for where there is no file; 0: nobody
  /// knows. `start`: when this one began.
  ClockWatch(std::string path, std::uint64_t last_ns, Times start)
      : path_(std::move(path)), believed_ns_(last_ns), last_ns_(last_ns), start_(start) {}

  /// Looks at the clock, and writes down what it finds. To be called by one thread, each hour or so. Throws
  /// nothing: a file that cannot be read or written is a doubt.
  void look(Times now);

  /// Why the clock may be ahead, as of the last look; empty where nothing tells so. Of any thread.
  std::string doubt() const;

 private:
  void read();
  void write();
  std::string judge(Times now) const;

  const std::string path_;
  bool is_written_ = false;  ///< the file was there, or was made
  bool is_read_ = false;
  std::uint64_t believed_ns_;     ///< the clock, when it was believed last; 0: not known
  std::uint64_t last_ns_;         ///< the same, when this process began
  std::uint64_t doubted_ns_ = 0;  ///< the clock, when it was doubted first; 0: it is not
  Times start_;
  mutable std::mutex mutex_;
  std::string doubt_;  ///< under it
};

}  // namespace tollgate::control
