#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "table.hpp"

namespace clickhouse {

/// A batch as a file: `SERIAL-EVENTS.tsv`, whose names sort in the order of the batches. One of another table
/// than that of events is `SERIAL-ROWS-TABLE.tsv`.
struct BatchFile {
  std::uint64_t serial = 0;
  std::uint64_t events = 0;
  std::uint64_t octets = 0;
  Table table = Table::events;

  std::string name() const;
};

/// Those of a folder, the oldest first. What has another name is left out.
std::vector<BatchFile> batch_files(const std::filesystem::path& folder);

/// Writes a file whole, under its name only when it is on the disk; false with errno where that fails.
bool write_batch(const std::filesystem::path& path, std::string_view content);

/// What is in a file; nothing with errno where it cannot be read.
std::optional<std::string> read_batch(const std::filesystem::path& path);

/// Brings what was renamed in it or removed from it to the disk.
void sync_folder(const std::filesystem::path& folder);

}  // namespace clickhouse
