#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "charge/book.hpp"
#include "charge/cdr_lines.hpp"
#include "charge/charge.hpp"

namespace tollgate::charge {

struct CdrSettings {
  std::string folder;                                  ///< it must be there; empty: no files are written
  std::uint64_t most_octets = 100U << 20U;             ///< of one file
  std::uint64_t most_ns = 15 * 60 * 1'000'000'000ULL;  ///< from a file's first line to its end
};

/// Writes charges that the ledger has settled to files for the operator's mediation: CSV, a line for each,
/// with neither a text nor a number of a person in it.
///
/// What is being written is `tollgate-APPLIANCE.csv.part`. It begins with its first line, so that no file is
/// empty; when it is full or old enough, and at the end, it is flushed to the disk and renamed to
/// `tollgate-APPLIANCE-20261122T120000Z-000001.csv`: the time of the renaming in UTC and a serial, which
/// counts the files of this process. No file is ever written over. Who sees a name that ends with `.csv` has
/// all of it.
///
/// A line is made after the ledger has the event, and not for one that the ledger had already: so none is
/// doubled, and none is of a charge that the ledger does not have. A process that is killed (SIGKILL) between
/// the two leaves events without a line, as many as one round settles; a power cut leaves without those whose
/// part of a file was not on the disk yet. A transaction that the ledger made durable but could not confirm
/// leaves its events without lines too. All these stand in the ledger's table `event`, whose `id` is that of
/// the lines.
///
/// While the disk is full or the folder cannot be written, lines wait in memory, and the disk is tried again
/// each second; above `most_waiting`, and at the end, lines are lost and counted. Nothing throws. Times are
/// nanoseconds since 1970-01-01T00:00:00Z. For one thread, and one process a folder and appliance.
class CdrWriter {
 public:
  static constexpr std::size_t most_waiting = 64U << 20U;  ///< octets: about half a million lines

  /// A part that a killed process left loses its last half line, and gets its name.
  CdrWriter(const CdrSettings& settings, std::string_view appliance, std::uint64_t time_ns);
  /// Without end(): as if killed.
  ~CdrWriter();
  CdrWriter(const CdrWriter&) = delete;
  CdrWriter& operator=(const CdrWriter&) = delete;

  /// Writes a line for each charge.
  void add(const Book& book, std::span<const Charge> charges, std::uint64_t time_ns);
  /// Ends a file that is old enough, and writes what waits. To be called often.
  void keep(std::uint64_t time_ns);
  /// Ends the file, at once. Lines that wait still are counted as lost.
  void end(std::uint64_t time_ns);

  /// Why lines cannot be written at present; empty: they can.
  const std::string& trouble() const { return trouble_; }
  /// Lines that no file will have.
  std::uint64_t lost() const { return lost_; }

 private:
  void attempt(std::uint64_t time_ns, bool at_end);
  void write_waiting(std::uint64_t time_ns);
  void begin_part(std::uint64_t time_ns);
  void end_part(std::uint64_t time_ns);
  void close_part();
  void end_left_over(std::uint64_t time_ns);
  void rename_part(std::uint64_t time_ns);
  bool is_old(std::uint64_t time_ns);

  const CdrSettings settings_;
  const std::string appliance_;
  const std::string part_;  ///< of the file being written
  CdrLines waiting_;

  int file_ = -1;            ///< open from the first line to the renaming
  std::uint64_t size_ = 0;   ///< of what was written whole; what stands behind it in the file was not
  std::uint64_t lines_ = 0;  ///< in it, without the header
  std::uint64_t begun_ns_ = 0;
  std::uint64_t serial_ = 0;
  bool left_over_ = true;  ///< there may be the part of an earlier process

  std::string trouble_;
  std::uint64_t failed_ns_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace tollgate::charge
