#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "control/bundle.hpp"
#include "control/bundle_container.hpp"
#include "control/bundle_limits.hpp"
#include "control/bundle_names.hpp"

// A bundle as it comes; and one of the same manifest and files that is well signed, as no change of an input
// gets past a signature.
namespace {

using namespace tollgate::control;

const SecretKey& key() {
  static const SecretKey made({1, 2, 3}, "fuzz");
  return made;
}

void check(const Bundle& bundle) {
  if (bundle.files.empty() || bundle.files.size() != bundle.manifest.files.size()) __builtin_trap();
  std::size_t octets = 0;
  for (std::size_t i = 0; i < bundle.files.size(); ++i) {
    const auto& file = bundle.files[i];
    const auto& said = bundle.manifest.files[i];
    if (file.name != said.name || file.content.size() != said.size || hash_of(file.content) != said.hash)
      __builtin_trap();
    if (!part_named(file.name) || file.name.front() == '/' || file.name.starts_with("..")) __builtin_trap();
    if (i > 0 && bundle.files[i - 1].name >= file.name) __builtin_trap();
    octets += file.content.size();
  }
  if (bundle.files.size() > most_files || octets > most_unpacked_octets) __builtin_trap();
}

void open(std::string_view octets) {
  try {
    check(open_bundle(octets, {key().public_key()}, "fuzz"));
  } catch (const BundleError& error) {
    if (error.text.found.empty() || error.text.expected.empty() || error.text.advice.empty())
      __builtin_trap();
  }
}

void look(std::string_view octets) {
  try {
    const UncheckedTitle title = read_unchecked(octets, "fuzz");
    if (title.manifest.version == 0 || title.manifest.files.empty()) __builtin_trap();
    if (read_manifest(write_manifest(title.manifest, "fuzz"), "fuzz").files.size() !=
        title.manifest.files.size())
      __builtin_trap();
  } catch (const BundleError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  open(octets);
  look(octets);
  try {
    const BundleParts parts = parts_of(octets, "fuzz");
    open(seal(parts.manifest, parts.files, key()));
  } catch (const BundleError&) {  // the header does not fit: divided where the manifest may end
    const std::size_t end = octets.rfind('}');
    if (end == octets.npos) return 0;
    open(seal(octets.substr(0, end + 1), octets.substr(end + 1), key()));
  }
  return 0;
}
