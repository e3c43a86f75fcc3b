#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "batch_file.hpp"

namespace clickhouse {

/// Batches that the server refuses for good, put aside for a person to look at. At the bound the oldest go.
/// Whoever has mended the reason moves them back into the folder of the spool. One thread at a time.
class Refused {
 public:
  struct Settings {
    std::filesystem::path folder;
    std::uint64_t most_octets = 0;
  };
  /// Finds what is in the folder, which need not be there.
  explicit Refused(Settings settings);

  /// Put the file of a batch aside, or where it has none its body. Each gives the events that are lost by
  /// that: those of older batches, or its own.
  std::uint64_t move(const BatchFile& batch, const std::filesystem::path& file);
  std::uint64_t write(const BatchFile& batch, std::string_view body);

  std::uint64_t events() const { return events_; }
  std::uint64_t octets() const { return octets_; }
  /// The highest that there is; 0: none.
  std::uint64_t last_serial() const { return last_serial_; }

 private:
  template <class Bring>
  std::uint64_t put_aside(const BatchFile& batch, const Bring& bring);
  std::uint64_t make_room(std::uint64_t octets);
  void look();

  const Settings settings_;
  std::uint64_t events_ = 0;
  std::uint64_t octets_ = 0;
  std::uint64_t last_serial_ = 0;
};

}  // namespace clickhouse
