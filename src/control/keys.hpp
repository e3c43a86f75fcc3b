#pragma once

#include <array>
#include <string>
#include <string_view>

namespace tollgate::control {

using Signature = std::array<unsigned char, 64>;

/// What keys are told apart by: the BLAKE2b hash, of 16 octets, of the public half.
using KeyId = std::array<unsigned char, 16>;

/// Who may sign: the public half of an Ed25519 key.
struct PublicKey {
  std::array<unsigned char, 32> octets{};
  std::string comment;  ///< whose it is, for people

  KeyId id() const;
  /// Whether the other half made this signature of just these octets.
  bool verifies(std::string_view octets, const Signature& signature) const;
};

/// `key 0123456789abcdef0123456789abcdef (rules@example)`
std::string describe(const PublicKey& key);

/// The half that signs. Its memory is wiped after it.
class SecretKey {
 public:
  using Seed = std::array<unsigned char, 32>;

  /// Of what Ed25519 calls the private key (RFC 8032).
  SecretKey(const Seed& seed, std::string comment);
  ~SecretKey();
  SecretKey(const SecretKey&) = delete;
  SecretKey& operator=(const SecretKey&) = delete;

  const PublicKey& public_key() const { return public_key_; }
  Signature sign(std::string_view octets) const;

 private:
  std::array<unsigned char, 64> octets_{};  ///< as libsodium has it
  PublicKey public_key_;
};

}  // namespace tollgate::control
