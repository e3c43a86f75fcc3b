#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::control {

using FileHash = std::array<unsigned char, 32>;  ///< BLAKE2b
FileHash hash_of(std::string_view content);

/// What a bundle says of itself.
struct Manifest {
  struct File {
    std::string name;
    std::uint64_t size = 0;
    FileHash hash{};
  };

  std::uint64_t version = 0;
  std::string created;
  std::string tollgate;
  std::vector<File> files;  ///< in the order of their names, as octets; each name once
};

/// Throws BundleError, with `place` for its place, where the text is not a manifest, or a file's name or
/// size, or the number of files, is not what a bundle may have.
Manifest read_manifest(std::string_view text, const std::string& place);

/// As JSON that read_manifest takes. Refuses what that would refuse.
std::string write_manifest(const Manifest& manifest, const std::string& place);

}  // namespace tollgate::control
