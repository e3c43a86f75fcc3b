#include "control/bundle.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "control/bundle_container.hpp"
#include "control/bundle_limits.hpp"
#include "control/bundle_stream.hpp"
#include "control/hexadecimal.hpp"
#include "control/whole_file.hpp"

namespace tollgate::control {
namespace {

using Reason = BundleError::Reason;

constexpr std::string_view of_the_manifest = ": manifest";

std::string ids_of(const TrustedKeys& keys) {
  std::string ids;
  for (const PublicKey& key : keys) ids += (ids.empty() ? "" : " or ") + describe(key);
  return ids;
}

/// Whose signature it is.
const PublicKey& signer_of(const BundleParts& parts, const TrustedKeys& trusted, const std::string& name) {
  bool known = false;
  for (const PublicKey& key : trusted) {
    if (key.id() != parts.key) continue;
    if (key.verifies(parts.signed_octets, parts.signature)) return key;
    known = true;
  }
  if (!known)
    throw BundleError(
        Reason::untrusted,
        {name, fmt::format("the signature of key {}", hexadecimal(parts.key)),
         trusted.empty() ? "one of a trusted key, of which there is none" : "that of " + ids_of(trusted),
         "have it signed by one who is trusted, or trust that key"});
  throw BundleError(Reason::altered, {name, "a signature that does not fit", "one over just these octets",
                                      "it was changed since it was packed: fetch it anew"});
}

Manifest manifest_of(const std::vector<rules::File>& files, const BundleTitle& title) {
  Manifest manifest{title.version, title.created, title.tollgate, {}};
  for (const rules::File& file : files)
    manifest.files.push_back({file.name, file.content.size(), hash_of(file.content)});
  return manifest;
}

}  // namespace

std::string pack_bundle(std::vector<rules::File> files, const BundleTitle& title, const SecretKey& key) {
  const std::string name = "the new bundle";
  std::sort(files.begin(), files.end(),
            [](const rules::File& a, const rules::File& b) { return a.name < b.name; });
  const std::string manifest = write_manifest(manifest_of(files, title), name);
  std::string bundle = seal(manifest, compress(files), key);
  parts_of(bundle, name);  // not one that nobody could open
  return bundle;
}

Bundle open_bundle(std::string_view octets, const TrustedKeys& trusted, const std::string& name) {
  const BundleParts parts = parts_of(octets, name);
  const PublicKey& signer = signer_of(parts, trusted, name);
  Bundle bundle{read_manifest(parts.manifest, name + std::string(of_the_manifest)), {}, signer};
  bundle.files = decompress(bundle.manifest, parts.files, name);
  return bundle;
}

UncheckedTitle read_unchecked(std::string_view octets, const std::string& name) {
  const BundleParts parts = parts_of(octets, name);
  return {read_manifest(parts.manifest, name + std::string(of_the_manifest)), parts.key};
}

std::string read_bundle_file(const std::string& path) {
  std::string octets = read_whole_file(path, most_bundle_octets);
  if (octets.size() > most_bundle_octets)
    throw BundleError(Reason::refused,
                      {path, "a file that is too large for a bundle",
                       fmt::format("{} octets at most", most_bundle_octets), "make the lists shorter"});
  return octets;
}

}  // namespace tollgate::control
