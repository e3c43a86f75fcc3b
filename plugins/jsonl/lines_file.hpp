#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

struct gzFile_s;

namespace jsonl {

struct FileSettings {
  std::filesystem::path path;
  bool compressed = false;
  std::uint64_t most_octets = 0;  ///< of the file; 0: however large
  std::uint64_t every_ns = 0;     ///< with each such span of UTC since 1970 a new one; 0: never
  std::uint64_t most_files = 0;   ///< that were put aside; older ones are removed. 0: none is
  std::uint64_t most_ns = 0;      ///< for which they are kept at least, after their last event; 0: for ever
};

/// A file of lines of JSON to which is added, plain or as gzip. What is full or old is put aside: renamed to
/// `NAME-20261123T000000Z.jsonl`, by the `time` of its first line, never over another file. A compressed file
/// can be read up to the last `flush`; one that another process has left is put aside, as its end may be
/// missing. What stands behind the last newline of a plain one is cut off: a power cut left half a line. One
/// thread.
class LinesFile {
 public:
  explicit LinesFile(FileSettings settings) : settings_(std::move(settings)) {}
  ~LinesFile();
  LinesFile(const LinesFile&) = delete;
  LinesFile& operator=(const LinesFile&) = delete;

  /// Each gives whether it worked; `error` says why not. What was added since the last `flush` is lost then,
  /// and the file is opened anew with the next call.
  bool add(std::string_view line);
  bool flush();
  /// Puts the file aside where that is due, and removes those that are over.
  bool keep(std::uint64_t time_ns);
  /// Opens the file anew with the next call: somebody has moved it away.
  void close();
  bool is_open() const { return file_ >= 0; }
  bool open();

  /// Stays until lines are written again.
  const std::string& error() const { return error_; }
  /// Half a line was found, and cut off, so many times.
  std::uint64_t halves() const { return halves_; }

 private:
  bool write_out();
  bool put_aside();
  struct Aside {
    std::uint64_t begun_ns = 0;
    std::uint64_t serial = 0;
    std::filesystem::path path;
  };
  std::vector<Aside> put_aside_before() const;
  void remove_old(std::uint64_t time_ns);
  bool end_whole();
  bool is_due(std::uint64_t time_ns) const;
  bool fail(const std::string& what, int reason);
  std::filesystem::path aside(const std::string& time, unsigned serial) const;

  const FileSettings settings_;
  int file_ = -1;
  gzFile_s* gz_ = nullptr;
  std::string buffer_;
  std::string begun_;             ///< the `time` of its first line, as it stands in it
  std::uint64_t begun_ns_ = 0;    ///< the same
  std::uint64_t removed_ns_ = 0;  ///< when it was last looked for what is over
  std::uint64_t halves_ = 0;
  std::string error_;
  bool unwritten_ = false;  ///< writing has failed, and nothing was added since
  bool spoiled_ = false;    ///< half a line of our own stands at the end, whose event is counted already
};

/// The `time` of a line, `2026-11-23T01:02:03.123456Z`; empty where it has none near its begin.
std::string time_of(std::string_view line);

}  // namespace jsonl
