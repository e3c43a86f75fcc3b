#include "control/token_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/descriptor.hpp"
#include "control/file_lock.hpp"
#include "control/file_owner.hpp"
#include "control/folders.hpp"
#include "control/utc.hpp"

namespace tollgate::control {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr unsigned version = 1;
constexpr std::size_t token_octets = 32;
constexpr std::size_t hash_digits = 64;
constexpr std::size_t most_octets = 1U << 20U;
constexpr std::chrono::milliseconds patience{3000};

[[noreturn]] void fail(const std::string& name, const std::string& why) {
  throw TokenError(fmt::format("the tokens {}: {}", name, why));
}

[[noreturn]] void fail_by_system(const std::string& name) { fail(name, std::strerror(errno)); }

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// Reads one token of a file.
class TokenReader {
 public:
  TokenReader(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json.is_object()) fail(where_, "expected {name, role, hash, created, expires}");
    for (const auto& [key, value] : json.items()) {
      constexpr std::array<std::string_view, 5> known{"name", "role", "hash", "created", "expires"};
      if (std::find(known.begin(), known.end(), key) == known.end())
        fail(where_, fmt::format("found `{}`; expected name, role, hash, created, expires", key));
    }
  }

  Token read() const {
    const std::string name = text("name");
    if (!is_token_name(name)) fail(where_, "expected a name of 1 to 64 letters, digits and `.-_`");
    const auto role = role_of(text("role"));
    if (!role) fail(where_, "expected the role viewer, analyst, security, commercial or admin");
    const std::string hash = text("hash");
    if (hash.size() != hash_digits || !is_hex(hash)) fail(where_, "expected a hash of 64 hex digits");
    return {name, *role, hash, time("created"), time("expires")};
  }

 private:
  std::string text(const char* key) const {
    const auto found = json_.find(key);
    if (found == json_.end() || !found->is_string()) fail(where_, fmt::format("`{}` is missing", key));
    return found->get<std::string>();
  }
  std::uint64_t time(const char* key) const {
    const auto time_ns = from_utc(text(key));
    if (!time_ns) fail(where_, fmt::format("expected `{}` as 2026-11-23T00:00:00Z", key));
    return *time_ns;
  }

  const Json& json_;
  std::string where_;
};

void write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail_by_system(path);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(fd) != 0) fail_by_system(path);
}

}  // namespace

std::string make_token() {
  std::array<unsigned char, token_octets> octets{};
  randombytes_buf(octets.data(), octets.size());
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::array<char, sodium_base64_ENCODED_LEN(token_octets, variant)> text{};
  sodium_bin2base64(text.data(), text.size(), octets.data(), octets.size(), variant);
  return std::string("tg_") + text.data();
}

std::string hash_of_token(std::string_view token) {
  std::array<unsigned char, crypto_generichash_BYTES> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(token.data()),
                     token.size(), nullptr, 0);
  std::array<char, 2 * crypto_generichash_BYTES + 1> digits{};
  sodium_bin2hex(digits.data(), digits.size(), hash.data(), hash.size());
  return digits.data();
}

bool is_token_name(std::string_view name) {
  constexpr std::size_t longest = 64;
  constexpr std::string_view others = ".-_";
  return !name.empty() && name.size() <= longest && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != others.npos;
  });
}

Tokens parse_tokens(const std::string& text, const std::string& name) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) fail(name, R"(found no JSON object; expected {"version": 1, "tokens": [...]})");
  const auto given = json.find("version");
  if (given == json.end() || *given != version) fail(name, fmt::format("expected `version` {}", version));
  const auto all = json.find("tokens");
  if (all == json.end() || !all->is_array()) fail(name, "expected `tokens`, a list");
  Tokens tokens;
  std::set<std::string> names;
  for (const Json& one : *all) {
    const std::string where = fmt::format("{}, token {}", name, tokens.size() + 1);
    tokens.push_back(TokenReader(one, where).read());
    if (!names.insert(tokens.back().name).second)
      fail(where, fmt::format("the name {} is that of another already", tokens.back().name));
  }
  return tokens;
}

std::string tokens_text(const Tokens& tokens) {
  Json all = Json::array();
  for (const Token& token : tokens)
    all.push_back({{"name", token.name},
                   {"role", to_string(token.role)},
                   {"hash", token.hash},
                   {"created", to_utc(token.created_ns)},
                   {"expires", to_utc(token.expires_ns)}});
  return Json{{"version", version}, {"tokens", all}}.dump(2) + "\n";
}

Tokens read_tokens(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT) return {};
    fail_by_system(path);
  }
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) fail_by_system(path);
  if (!S_ISREG(found.st_mode)) fail(path, "expected a file");
  if ((found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    fail(path, "others than its owner can write it; `chmod 600` mends that");
  std::string text;
  char piece[4096];
  for (ssize_t count = 0; (count = ::read(file.get(), piece, sizeof piece)) != 0;) {
    if (count < 0) fail_by_system(path);
    text.append(piece, static_cast<std::size_t>(count));
    if (text.size() > most_octets) fail(path, "expected 1 MiB at most");
  }
  return parse_tokens(text, path);
}

void change_tokens(const std::string& path, const std::function<void(Tokens&)>& change) {
  const std::string folder = folder_of(path);
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open()) fail_by_system(folder);
  const FileLock lock(opened.get(), patience);
  if (!lock.is_held()) fail(path, "another process changes them");
  Tokens tokens = read_tokens(path);
  change(tokens);
  const std::string part = path + ".part";
  ::unlink(part.c_str());  // of a process that was killed
  {
    const Descriptor file(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.is_open()) fail_by_system(part);
    if (!give_to_owner_of(fs::exists(path) ? path : folder, file.get())) fail_by_system(part);
    write_all(file.get(), tokens_text(tokens), part);
  }
  try {
    put_in_place(part, path);
  } catch (const std::system_error& error) {
    fail(path, error.code().message());
  }
}

}  // namespace tollgate::control
