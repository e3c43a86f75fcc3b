#include "control/tls.hpp"

#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/err.h>

namespace tollgate::control {
namespace {

[[noreturn]] void fail(const std::string& what) {
  std::array<char, 256> why{};
  ERR_error_string_n(ERR_get_error(), why.data(), why.size());
  ERR_clear_error();
  throw std::runtime_error(fmt::format("{}: {}", what, why.data()));
}

}  // namespace

Tls::Tls(const HttpsSettings& settings, Log log)
    : certificate_(settings.certificate),
      key_(settings.key),
      log_(std::move(log)),
      loaded_(stamps()),
      context_(load()) {}

Tls::Stamps Tls::stamps() const { return {FileStamp::of(certificate_), FileStamp::of(key_)}; }

Tls::Context Tls::load() const {
  Context context(SSL_CTX_new(TLS_server_method()));
  if (!context) fail("TLS cannot be used");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_.c_str()) != 1)
    fail("the certificate " + certificate_ + " cannot be used");
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_.c_str(), SSL_FILETYPE_PEM) != 1)
    fail("the key " + key_ + " cannot be used");
  if (SSL_CTX_check_private_key(context.get()) != 1)
    fail("the key " + key_ + " is not that of the certificate " + certificate_);
  return context;
}

Ssl Tls::connection() {
  const std::lock_guard lock(mutex_);
  if (const Stamps now = stamps(); now != loaded_) {
    loaded_ = now;
    try {
      context_ = load();
      log_.say("control: the certificate was read anew");
    } catch (const std::runtime_error& error) {
      log_.warn(fmt::format("control: {}; the one before is used on", error.what()));
    }
  }
  return Ssl(SSL_new(context_.get()));
}

}  // namespace tollgate::control
