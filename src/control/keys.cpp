#include "control/keys.hpp"

#include <utility>

#include <fmt/format.h>
#include <sodium.h>

#include "control/hexadecimal.hpp"

namespace tollgate::control {
namespace {

const unsigned char* octets_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string describe(const PublicKey& key) {
  return fmt::format("key {} ({})", hexadecimal(key.id()), key.comment);
}

KeyId PublicKey::id() const {
  KeyId id{};
  crypto_generichash(id.data(), id.size(), octets.data(), octets.size(), nullptr, 0);
  return id;
}

bool PublicKey::verifies(std::string_view what, const Signature& signature) const {
  return crypto_sign_verify_detached(signature.data(), octets_of(what), what.size(), octets.data()) == 0;
}

SecretKey::SecretKey(const Seed& seed, std::string comment) {
  crypto_sign_seed_keypair(public_key_.octets.data(), octets_.data(), seed.data());
  public_key_.comment = std::move(comment);
}

SecretKey::~SecretKey() { sodium_memzero(octets_.data(), octets_.size()); }

Signature SecretKey::sign(std::string_view what) const {
  Signature signature{};
  crypto_sign_detached(signature.data(), nullptr, octets_of(what), what.size(), octets_.data());
  return signature;
}

}  // namespace tollgate::control
