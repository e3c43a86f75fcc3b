#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "batch_file.hpp"
#include "refused.hpp"

namespace clickhouse {

/// Batches that wait until they are sent, the oldest first: each a file of its own, whole and on the disk
/// before it is there. A later process finds them again. Where the disk takes no more they wait in memory. At
/// either bound the oldest is dropped, and its events are counted as lost. A file that cannot be read stays
/// where it is, and is tried again while others go on; only one that is gone is lost. Counts of what was not
/// read count as events here. Any thread.
class Spool {
 public:
  struct Settings {
    std::filesystem::path folder;
    std::uint64_t most_octets = 0;                    ///< on the disk
    std::uint64_t most_octets_in_memory = 0;          ///< that the disk did not take
    std::uint64_t most_octets_refused = 0;            ///< in the folder `refused` beside the files
    std::chrono::milliseconds between_reads{10'000};  ///< of a file that cannot be read
  };
  struct Batch {
    std::uint64_t serial = 0;
    std::uint64_t events = 0;
    std::string body;
    Table table = Table::events;
  };
  struct State {
    std::uint64_t waiting = 0;  ///< events
    std::uint64_t lost = 0;     ///< likewise
    std::uint64_t spooled = 0;  ///< octets on the disk
    std::uint64_t refused = 0;  ///< events that are put aside
    std::uint64_t refused_octets = 0;
    std::string error;  ///< why the disk takes no more, or does not give what it has; empty: it does
  };

  /// Makes the folder and finds what is in it. Throws std::runtime_error where that cannot be, or another
  /// process uses it.
  explicit Spool(Settings settings);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  /// Rows of a table, each with its newline. What is larger than a bound is split between them.
  void put(std::string body, std::uint64_t events, Table table = Table::events);
  /// The oldest that can be read, which is not dropped before `done`, `refuse` or `later`. Nothing: none
  /// waits.
  std::optional<Batch> oldest();
  /// It was sent: it is gone.
  void done(std::uint64_t serial);
  /// The server refuses it for good: it is put aside.
  void refuse(std::uint64_t serial);
  /// It was not sent.
  void later() {
    const std::lock_guard lock(mutex_);
    sending_ = 0;
  }
  /// Brings to the disk what waits in memory; what it does not take is lost.
  void keep();
  State state() const;

 private:
  struct Entry {
    BatchFile file;  ///< which it has only where it is on the disk
    bool on_disk = false;
    std::string body;                                    ///< where it is not on the disk
    std::chrono::steady_clock::time_point not_before{};  ///< it is read
    bool unreadable = false;                             ///< when it was last tried
  };
  using Entries = std::deque<Entry>;

  std::filesystem::path path(const Entry& entry) const;
  void find();
  Entries::iterator find(std::uint64_t serial);
  void lock();
  void put_whole(std::string body, std::uint64_t events, Table table);
  bool write(const Entry& entry, std::string_view body);
  std::optional<std::string> body_of(Entry& entry);
  Batch give(Entry& entry, std::string body);
  bool make_room(bool on_disk, std::uint64_t octets);
  Entries::iterator lose(Entries::iterator entry);
  Entries::iterator drop(Entries::iterator entry);
  std::uint64_t octets(bool on_disk) const;

  const Settings settings_;
  int lock_ = -1;
  mutable std::mutex mutex_;
  Refused refused_;
  Entries entries_;
  std::uint64_t next_ = 1;
  std::uint64_t sending_ = 0;  ///< the serial of what `oldest` gave
  std::uint64_t lost_ = 0;
  std::string error_;       ///< of writing
  std::string read_error_;  ///< of the last that could not be read
};

}  // namespace clickhouse
