#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "control/keys.hpp"

namespace tollgate::control {

// A bundle as octets; README.md describes it for other programs. Numbers have their highest octet first.
//
//      8  magic                        8  octets of the files, as packed
//      4  format                      16  who signed: the id of the key
//      4  octets of the manifest
//
// Then the manifest, the files (one zlib stream), and 64 octets: the signature over all before it.

inline constexpr std::uint32_t bundle_format = 1;

/// Where in a bundle what stands. Nothing but the header was read.
struct BundleParts {
  KeyId key{};
  std::string_view manifest;
  std::string_view files;
  std::string_view signed_octets;
  Signature signature{};
};

/// Throws BundleError, of which `name` is the place, for what is not a bundle of this format, or not a whole
/// one.
BundleParts parts_of(std::string_view bundle, const std::string& name);

/// The octets of a bundle with that manifest and these packed files, which are not looked at.
std::string seal(std::string_view manifest, std::string_view files, const SecretKey& key);

}  // namespace tollgate::control
