#include "control/bundle_manifest.hpp"

#include <initializer_list>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sodium.h>

#include "control/bundle_container.hpp"
#include "control/bundle_error.hpp"
#include "control/bundle_limits.hpp"
#include "control/bundle_names.hpp"
#include "control/hexadecimal.hpp"
#include "control/plain_text.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;
using Reason = BundleError::Reason;

constexpr std::string_view made_by_another = "have it packed anew, by `tollgate rules pack` of this version";
constexpr std::size_t longest_program_version = 50;

class Reader {
 public:
  explicit Reader(const std::string& place) : place_(place) {}

  Manifest read(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    const auto keys = {"format", "version", "created", "tollgate", "files"};
    if (!has_just(json, keys))
      malformed("no JSON object with these keys", "format, version, created, tollgate and files");
    if (number(json["format"]) != bundle_format)
      malformed("another `format`", fmt::format("{}", bundle_format));
    Manifest manifest;
    manifest.version = number(json["version"]);
    if (manifest.version == 0) malformed("no good `version`", "a number from 1 to 2^64-1");
    manifest.created = text_of(json["created"]);
    if (!is_time(manifest.created)) malformed("no good `created`", "a time such as 2026-11-23T12:00:00Z");
    manifest.tollgate = text_of(json["tollgate"]);
    if (manifest.tollgate.size() > longest_program_version || !is_plain_text(manifest.tollgate))
      malformed("no good `tollgate`", "the version of the program that packed");
    read_files(json["files"], manifest);
    return manifest;
  }

 private:
  void read_files(const Json& files, Manifest& manifest) {
    if (!files.is_array()) malformed("no good `files`", "a list");
    if (files.empty())
      refuse(place_, "no files", "one at least", "a bundle without rules would let every message pass");
    if (files.size() > most_files)
      refuse(place_, fmt::format("{} files", files.size()), fmt::format("{} at most", most_files),
             "put rules or lists together in fewer files");
    std::uint64_t sum = 0;
    for (const Json& file : files) {
      manifest.files.push_back(read_file(file));
      check_order(manifest.files);
      sum += manifest.files.back().size;
      if (sum > most_unpacked_octets)
        refuse(place_, "more octets in its files than a bundle may have",
               fmt::format("{} at most", most_unpacked_octets), "make the lists shorter");
    }
  }

  Manifest::File read_file(const Json& json) const {
    if (!has_just(json, {"name", "size", "blake2b"}))
      malformed("a file without just these keys", "name, size and blake2b");
    Manifest::File file;
    file.name = text_of(json["name"]);
    if (!part_named(file.name))
      refuse(place_,
             is_plain_text(file.name) ? fmt::format("the file name `{}`", shortened(file.name))
                                      : "a file name that cannot be shown",
             "NAME.yaml, lists/NAME.txt, lists/NAME.csv or operators.csv",
             "no other file belongs to a bundle, and none outside of its folder");
    file.size = number(json["size"], most_unpacked_octets + 1);
    if (file.size > most_unpacked_octets)
      refuse(place_, fmt::format("no good `size` of {}", file.name),
             fmt::format("a number of octets, {} at most", most_unpacked_octets), "make the file shorter");
    file.hash = hash(json["blake2b"]);
    return file;
  }

  FileHash hash(const Json& json) const {
    FileHash hash{};
    const std::string digits = text_of(json);
    std::size_t size = 0;
    const int read =
        sodium_hex2bin(hash.data(), hash.size(), digits.data(), digits.size(), nullptr, &size, nullptr);
    if (read != 0 || digits != hexadecimal(hash))
      malformed("no good `blake2b`", "64 hexadecimal digits, small ones");
    return hash;
  }

  void check_order(const std::vector<Manifest::File>& files) const {
    if (files.size() < 2 || files[files.size() - 2].name < files.back().name) return;
    malformed(fmt::format("{} behind {}", files.back().name, files[files.size() - 2].name),
              "files in the order of their names, and each once");
  }

  static bool has_just(const Json& json, std::initializer_list<const char*> keys) {
    if (!json.is_object() || json.size() != keys.size()) return false;
    for (const char* key : keys) {
      if (!json.contains(key)) return false;
    }
    return true;
  }

  static std::string text_of(const Json& json) { return json.is_string() ? json.get<std::string>() : "\n"; }
  static std::uint64_t number(const Json& json, std::uint64_t otherwise = 0) {
    return json.is_number_unsigned() ? json.get<std::uint64_t>() : otherwise;
  }
  static std::string shortened(const std::string& name) {
    constexpr std::size_t shown = 60;
    return name.size() <= shown ? name : fmt::format("{}...", name.substr(0, shown));
  }

  static bool is_time(std::string_view text) {
    constexpr std::string_view shape = "0000-00-00T00:00:00Z";
    if (text.size() != shape.size()) return false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      const bool digit = text[i] >= '0' && text[i] <= '9';
      if (shape[i] == '0' ? !digit : text[i] != shape[i]) return false;
    }
    return true;
  }

  [[noreturn]] void malformed(std::string found, std::string expected) const {
    throw BundleError(Reason::malformed,
                      {place_, std::move(found), std::move(expected), std::string(made_by_another)});
  }
  [[noreturn]] static void refuse(const std::string& place, std::string found, std::string expected,
                                  std::string advice) {
    throw BundleError(Reason::refused, {place, std::move(found), std::move(expected), std::move(advice)});
  }

  const std::string& place_;
};

}  // namespace

FileHash hash_of(std::string_view content) {
  FileHash hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(content.data()),
                     content.size(), nullptr, 0);
  return hash;
}

Manifest read_manifest(std::string_view text, const std::string& place) { return Reader(place).read(text); }

std::string write_manifest(const Manifest& manifest, const std::string& place) {
  Json json{{"format", bundle_format},
            {"version", manifest.version},
            {"created", manifest.created},
            {"tollgate", manifest.tollgate},
            {"files", Json::array()}};
  for (const Manifest::File& file : manifest.files)
    json["files"].push_back({{"name", file.name}, {"size", file.size}, {"blake2b", hexadecimal(file.hash)}});
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  read_manifest(text, place);
  return text;
}

}  // namespace tollgate::control
