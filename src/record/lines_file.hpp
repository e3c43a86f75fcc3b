#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

struct gzFile_s;

namespace tollgate::record {

/// When a file of lines is put aside, and a new one begun.
struct RotationSettings {
  std::uint64_t most_octets = 0;  ///< of the file; 0: however large
  std::uint64_t every_ns = 0;     ///< with each such span of UTC since 1970; 0: never

  bool any() const { return most_octets != 0 || every_ns != 0; }
};

struct LinesFileSettings {
  std::string path;
  bool compressed = false;
  RotationSettings rotation;
  std::uint64_t most_files = 0;  ///< that were put aside; older ones are removed. 0: none is
  std::uint64_t most_ns = 0;     ///< for which they are kept at least, after their last event; 0: for ever
};

/// A file of lines of JSON to which is added, plain or as gzip: that of events, and those of the sink jsonl.
/// What is full or old is put aside: renamed in one step to `NAME-20261123T000000Z.jsonl` (see rotated_path),
/// by the `time` of its first line, never over another file; a link never is. A compressed file can be read
/// up to the last `flush`; one that another process has left is put aside, as its end may be missing. What
/// stands behind the last newline of a plain one is cut off: a power cut left half a line. A file without
/// any newline that does not begin as an event does is somebody's, and is left alone. One thread.
class LinesFile {
 public:
  explicit LinesFile(LinesFileSettings settings) : settings_(std::move(settings)) {}
  ~LinesFile();
  LinesFile(const LinesFile&) = delete;
  LinesFile& operator=(const LinesFile&) = delete;

  /// Each gives whether it worked; `error` says why not. What was added since the last `flush` may be lost
  /// then, and is counted; the file is opened again by `keep`.
  bool open();
  bool add(std::string_view line);
  bool flush();
  /// Opens what is not open, puts aside what is due, and removes what is over. To be called often: what
  /// cannot be put aside goes on, and is tried again a minute later. Nanoseconds since 1970.
  bool keep(std::uint64_t time_ns);
  /// Opens the file anew: somebody has moved it away.
  bool reopen();
  void close();
  bool is_open() const { return file_ >= 0; }

  /// Why the last line was not written, or else why the file cannot be put aside; empty: it works.
  const std::string& error() const { return error_.empty() ? aside_error_ : error_; }

  /// What `error` says is that lines are lost.
  bool is_failing() const { return !error_.empty(); }

  /// Lines that stand in the file, those that never will, and those that are on their way. Half a line that
  /// was found and cut off is a lost one.
  std::uint64_t written() const { return written_; }
  std::uint64_t lost() const { return lost_; }
  std::uint64_t waiting() const { return waiting_; }

 private:
  bool open_file();
  bool end_whole();
  bool write_out();
  void wrote();
  bool is_due(std::uint64_t time_ns) const;
  bool rotate(std::uint64_t time_ns);
  bool put_aside();
  void remove_old(std::uint64_t time_ns);
  bool fail(const std::string& what, int reason);
  bool fail(std::string why);

  const LinesFileSettings settings_;
  int file_ = -1;
  gzFile_s* gz_ = nullptr;  ///< has `file_`
  std::string buffer_;
  std::optional<std::uint64_t> begun_ns_;  ///< the time of the first line
  std::uint64_t removed_ns_ = 0;           ///< when files were last removed
  std::uint64_t aside_tried_ = 0;          ///< in which minute it could not be put aside
  std::string error_;
  std::string aside_error_;
  std::uint64_t written_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t waiting_ = 0;
  bool spoiled_ = false;  ///< its half line is that of a line which is counted already
};

}  // namespace tollgate::record
