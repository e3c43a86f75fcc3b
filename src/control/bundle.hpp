#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "control/bundle_error.hpp"
#include "control/bundle_manifest.hpp"
#include "control/key_files.hpp"
#include "rules/load.hpp"

namespace tollgate::control {

/// Rules, policy, lists and operators in one signed file.
struct Bundle {
  Manifest manifest;
  std::vector<rules::File> files;  ///< as the manifest has them; named as in a folder of rules
  PublicKey signer;                ///< of those trusted
};

/// What a manifest says beside the files.
struct BundleTitle {
  std::uint64_t version = 0;  ///< only ever grows; 0 is none
  std::string created;        ///< `2026-11-23T12:00:00Z`
  std::string tollgate;       ///< the version of the program that packs
};

/// The octets of a bundle; the same for the same files, title and key. Throws BundleError where the files
/// are not what a bundle may have.
std::string pack_bundle(std::vector<rules::File> files, const BundleTitle& title, const SecretKey& key);

/// What is in a bundle that one of the `trusted` signed. Nothing in it is looked at before the signature is
/// known to be good, and no file is given that is not in whole what was signed. Throws BundleError, of which
/// `name` begins the place.
Bundle open_bundle(std::string_view octets, const TrustedKeys& trusted, const std::string& name);

/// The manifest of a bundle that nobody vouches for: for a person to look at.
struct UncheckedTitle {
  Manifest manifest;
  KeyId key;  ///< who is said to have signed
};
UncheckedTitle read_unchecked(std::string_view octets, const std::string& name);

/// The octets of a bundle's file, of no more than a bundle may have. Throws BundleError, std::system_error.
std::string read_bundle_file(const std::string& path);

}  // namespace tollgate::control
