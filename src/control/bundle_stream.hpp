#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "control/bundle_manifest.hpp"
#include "rules/load.hpp"

namespace tollgate::control {

/// The files behind each other, as one zlib stream (RFC 1950).
std::string compress(const std::vector<rules::File>& files);

/// The files of the manifest from such a stream; never makes more octets than the manifest has. Throws
/// BundleError, of which `name` begins the place, where the stream has fewer, more or others.
std::vector<rules::File> decompress(const Manifest& manifest, std::string_view stream,
                                    const std::string& name);

}  // namespace tollgate::control
