#include "control/bundle_container.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "control/bundle_error.hpp"
#include "control/bundle_limits.hpp"

namespace tollgate::control {
namespace {

using Reason = BundleError::Reason;

constexpr std::string_view magic = "TGBUNDLE";
constexpr std::size_t format_at = magic.size();
constexpr std::size_t manifest_size_at = format_at + 4;
constexpr std::size_t files_size_at = manifest_size_at + 4;
constexpr std::size_t key_at = files_size_at + 8;
constexpr std::size_t header_size = key_at + std::tuple_size_v<KeyId>;
constexpr std::size_t signature_size = std::tuple_size_v<Signature>;
constexpr std::string_view fetch_it_anew = "fetch it anew from where it was packed";

std::uint64_t number_at(std::string_view octets, std::size_t place, std::size_t size) {
  std::uint64_t number = 0;
  for (const char octet : octets.substr(place, size))
    number = number << 8U | static_cast<unsigned char>(octet);
  return number;
}

void append_number(std::string& to, std::uint64_t number, std::size_t size) {
  for (std::size_t i = size; i-- > 0;) to += static_cast<char>(number >> 8U * i & 0xFFU);
}

template <class Octets>
Octets octets_at(std::string_view from, std::size_t place) {
  Octets octets{};
  std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(place), octets.size(), octets.begin());
  return octets;
}

template <class Octets>
std::string_view text_of(const Octets& octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

void check_header(std::string_view bundle, const std::string& name) {
  if (bundle.substr(0, magic.size()) != magic)
    throw BundleError(Reason::malformed,
                      {name, "no bundle of rules", "a file that begins with " + std::string(magic),
                       "`tollgate rules pack` makes one"});
  if (bundle.size() < header_size)
    throw BundleError(Reason::malformed,
                      {name, fmt::format("the first {} octets of a bundle", bundle.size()),
                       fmt::format("a header of {}", header_size), std::string(fetch_it_anew)});
  if (const std::uint64_t format = number_at(bundle, format_at, 4); format != bundle_format)
    throw BundleError(Reason::malformed, {name, fmt::format("a bundle of format {}", format),
                                          fmt::format("format {}", bundle_format),
                                          "have it packed by a Tollgate of the same version as this"});
}

void check_size(std::size_t size, std::uint64_t manifest, std::uint64_t files, const std::string& name) {
  if (size > most_bundle_octets || manifest > most_manifest_octets || files > most_bundle_octets)
    throw BundleError(Reason::refused, {name, "a bundle that is too large, or says so",
                                        fmt::format("{} octets at most, and of its manifest {}",
                                                    most_bundle_octets, most_manifest_octets),
                                        "make the lists shorter"});
  const std::uint64_t whole = header_size + manifest + files + signature_size;
  if (whole != size)
    throw BundleError(Reason::malformed,
                      {name, fmt::format("{} octets", size), fmt::format("{}, as its header says", whole),
                       size < whole ? "it is cut off: " + std::string(fetch_it_anew)
                                    : "something stands behind it: " + std::string(fetch_it_anew)});
}

}  // namespace

BundleParts parts_of(std::string_view bundle, const std::string& name) {
  check_header(bundle, name);
  const std::uint64_t manifest = number_at(bundle, manifest_size_at, 4);
  const std::uint64_t files = number_at(bundle, files_size_at, 8);
  check_size(bundle.size(), manifest, files, name);
  return {.key = octets_at<KeyId>(bundle, key_at),
          .manifest = bundle.substr(header_size, manifest),
          .files = bundle.substr(header_size + manifest, files),
          .signed_octets = bundle.substr(0, bundle.size() - signature_size),
          .signature = octets_at<Signature>(bundle, bundle.size() - signature_size)};
}

std::string seal(std::string_view manifest, std::string_view files, const SecretKey& key) {
  std::string bundle(magic);
  append_number(bundle, bundle_format, 4);
  append_number(bundle, manifest.size(), 4);
  append_number(bundle, files.size(), 8);
  bundle += text_of(key.public_key().id());
  bundle += manifest;
  bundle += files;
  bundle += text_of(key.sign(bundle));
  return bundle;
}

}  // namespace tollgate::control
