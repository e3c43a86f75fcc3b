#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "control/role.hpp"

namespace tollgate::control {

/// Who may speak with an appliance over the network. The token itself is known to its owner alone.
struct Token {
  std::string name;
  Role role = Role::viewer;
  std::string hash;  ///< see hash_of_token
  std::uint64_t created_ns = 0;
  std::uint64_t expires_ns = 0;
};

using Tokens = std::vector<Token>;

/// A file of tokens that cannot be used: what was found, and what was expected.
struct TokenError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// 256 random bits, as text.
std::string make_token();

/// BLAKE2b of 32 octets, in hex digits. A slow hash, as for passwords, would help nobody: what it makes dear
/// is to try guesses, and of 256 random bits nobody guesses any. But each request would cost some
/// milliseconds, also that of a stranger.
std::string hash_of_token(std::string_view token);

/// Letters, digits and `.-_`, 64 at most.
bool is_token_name(std::string_view name);

/// Throws TokenError. A file that others than its owner can write is refused; one that is not there has no
/// tokens.
Tokens read_tokens(const std::string& path);
/// The same of a file's text.
Tokens parse_tokens(const std::string& text, const std::string& name);
std::string tokens_text(const Tokens& tokens);

/// Puts what `change` makes of the tokens in their place, while nobody else does: all of it or nothing, for
/// the owner alone (mode 0600). Throws TokenError, and what `change` throws.
void change_tokens(const std::string& path, const std::function<void(Tokens&)>& change);

}  // namespace tollgate::control
