#pragma once

#include <cstddef>

namespace tollgate::control {

// What a bundle may have at most, whoever signed it. A line of a list has some 15 octets: there is room for
// 17 million.
inline constexpr std::size_t mebioctet = 1U << 20U;
inline constexpr std::size_t most_bundle_octets = 128 * mebioctet;
inline constexpr std::size_t most_unpacked_octets = 256 * mebioctet;
inline constexpr std::size_t most_manifest_octets = mebioctet;
inline constexpr std::size_t most_files = 1000;
inline constexpr std::size_t longest_file_name = 200;  ///< octets

}  // namespace tollgate::control
