#include "control/key_files.hpp"

#include <optional>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/bundle_error.hpp"
#include "control/plain_text.hpp"
#include "control/whole_file.hpp"

namespace tollgate::control {
namespace {

constexpr std::string_view public_word = "tollgate-ed25519";
constexpr std::string_view secret_word = "tollgate-ed25519-secret";
constexpr std::size_t longest_comment = 100;
constexpr std::size_t longest_file = 1000;
constexpr mode_t for_owner_only = 0600;
constexpr mode_t for_all_to_read = 0644;
constexpr int base64 = sodium_base64_VARIANT_ORIGINAL;

using Octets = std::array<unsigned char, 32>;  // of either half

/// A text that is wiped after it.
struct Wiped {
  std::string text;
  explicit Wiped(std::string of) : text(std::move(of)) {}
  ~Wiped() { sodium_memzero(text.data(), text.size()); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
};

/// Wiped after it, as it may be of a secret key.
struct KeyLine {
  std::string_view word;
  Octets octets{};
  std::string_view comment;
  ~KeyLine() { sodium_memzero(octets.data(), octets.size()); }
};

void begin_to_use_sodium() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium finds no source of randomness");
}

std::optional<KeyLine> read_line(std::string_view text) {
  if (!text.ends_with('\n')) return std::nullopt;
  text.remove_suffix(1);
  const std::size_t first = text.find(' ');
  const std::size_t second = first == text.npos ? first : text.find(' ', first + 1);
  if (second == text.npos) return std::nullopt;
  KeyLine line;
  line.word = text.substr(0, first);
  line.comment = text.substr(second + 1);
  const std::string_view encoded = text.substr(first + 1, second - first - 1);
  std::size_t size = 0;
  const int read = sodium_base642bin(line.octets.data(), line.octets.size(), encoded.data(), encoded.size(),
                                     nullptr, &size, nullptr, base64);
  if (read != 0 || size != line.octets.size() || !is_key_comment(line.comment)) return std::nullopt;
  return line;
}

[[noreturn]] void refuse(const std::string& path, std::string found, std::string expected,
                         std::string advice) {
  throw BundleError(BundleError::Reason::malformed,
                    {path, std::move(found), std::move(expected), std::move(advice)});
}

/// The line of a file of that kind.
KeyLine line_of(const std::string& text, std::string_view word, const std::string& path) {
  const bool is_public = word == public_word;
  const auto expected = fmt::format("one line: `{} BASE64 COMMENT`", word);
  const auto line = read_line(text);
  if (!line || (line->word != public_word && line->word != secret_word))
    refuse(path, "no key", expected, "`tollgate rules key FILE` makes a pair of them");
  if (line->word != word)
    refuse(path, is_public ? "a secret key" : "a public key", expected,
           is_public ? "name the file beside it that ends in .pub; who has the secret key can sign"
                     : "name the file beside it without .pub");
  return *line;
}

std::string encode(std::string_view word, const Octets& octets, const std::string& comment) {
  std::array<char, sodium_base64_ENCODED_LEN(std::tuple_size_v<Octets>, base64)> text{};
  sodium_bin2base64(text.data(), text.size(), octets.data(), octets.size(), base64);
  std::string line = fmt::format("{} {} {}\n", word, text.data(), comment);
  sodium_memzero(text.data(), text.size());
  return line;
}

void refuse_readable_by_others(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return;  // what is wrong shows when it is read
  const unsigned mode = status.st_mode & 0777U;
  if ((mode & 0077U) == 0) return;
  refuse(path, fmt::format("a secret key of mode {:04o}", mode),
         "one that its owner alone can read and write", fmt::format("`chmod 600 {}`", path));
}

}  // namespace

bool is_key_comment(std::string_view comment) {
  return !comment.empty() && comment.size() <= longest_comment && is_plain_text(comment);
}

PublicKey read_public_key(const std::string& path) {
  const std::string text = read_whole_file(path, longest_file);
  const KeyLine line = line_of(text, public_word, path);
  return {line.octets, std::string(line.comment)};
}

TrustedKeys read_trusted_keys(const std::vector<std::string>& paths) {
  TrustedKeys keys;
  for (const std::string& path : paths) keys.push_back(read_public_key(path));
  return keys;
}

SecretKey read_secret_key(const std::string& path) {
  begin_to_use_sodium();
  refuse_readable_by_others(path);
  const Wiped file(read_whole_file(path, longest_file));
  const KeyLine line = line_of(file.text, secret_word, path);
  return {line.octets, std::string(line.comment)};
}

PublicKey make_key_files(const std::string& path, const std::string& comment) {
  begin_to_use_sodium();
  SecretKey::Seed seed{};
  randombytes_buf(seed.data(), seed.size());
  const SecretKey key(seed, comment);
  const Wiped secret(encode(secret_word, seed, comment));
  sodium_memzero(seed.data(), seed.size());
  const std::string public_path = path + ".pub";
  write_new_file(path, secret.text, for_owner_only);
  try {
    write_new_file(public_path, encode(public_word, key.public_key().octets, comment), for_all_to_read);
  } catch (...) {
    ::unlink(path.c_str());
    throw;
  }
  return key.public_key();
}

}  // namespace tollgate::control
