#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/bundle.hpp"
#include "control/bundle_container.hpp"
#include "control/bundle_stream.hpp"
#include "control/hexadecimal.hpp"

namespace tollgate::test {

using control::BundleError;
using Json = nlohmann::ordered_json;
using Files = std::vector<rules::File>;

inline const control::SecretKey& secret_key() {
  static const control::SecretKey key({1, 2, 3}, "tests");
  return key;
}
inline const control::SecretKey& another_key() {
  static const control::SecretKey key({4, 5, 6}, "another");
  return key;
}
inline control::TrustedKeys trusted() { return {secret_key().public_key()}; }

inline const control::BundleTitle title{20261123120000, "2026-11-23T12:00:00Z", "1.2.3"};

inline Files few_files() {
  return {{"policy.yaml", "- {name: Rest, then: pass}\n"},
          {"lures.yaml", "- {id: 1, name: A, labels: [x], when: {text: a}}\n"},
          {"lists/hosts.txt", "# type: host\nshort.example\n"},
          {"operators.csv", ""}};
}

/// A manifest of those files, which a test then changes.
inline Json manifest_of(const Files& files) {
  Json json{{"format", 1},
            {"version", title.version},
            {"created", title.created},
            {"tollgate", title.tollgate},
            {"files", Json::array()}};
  for (const rules::File& file : files)
    json["files"].push_back({{"name", file.name},
                             {"size", file.content.size()},
                             {"blake2b", control::hexadecimal(control::hash_of(file.content))}});
  return json;
}

/// A bundle that is well signed, whatever is in it.
inline std::string signed_bundle(const Json& manifest, const Files& files) {
  return control::seal(manifest.dump(), control::compress(files), secret_key());
}

struct Refusal {
  BundleError::Reason reason{};
  std::string text;
};

/// Why a bundle is refused; a failure of the test where it is taken.
inline Refusal refusal_of(std::string_view octets, const control::TrustedKeys& keys = trusted()) {
  try {
    control::open_bundle(octets, keys, "b.tgb");
  } catch (const BundleError& error) {
    return {error.reason, error.what()};
  }
  ADD_FAILURE() << "the bundle was taken";
  return {};
}

inline bool is_refused(std::string_view octets) {
  try {
    control::open_bundle(octets, trusted(), "b.tgb");
  } catch (const BundleError&) {
    return true;
  }
  return false;
}

}  // namespace tollgate::test
