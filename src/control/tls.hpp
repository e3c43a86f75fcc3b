#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <openssl/ssl.h>

#include "control/connection.hpp"
#include "control/file_stamp.hpp"
#include "control/log.hpp"
#include "control/settings.hpp"

namespace tollgate::control {

/// The server's end of TLS 1.2 and 1.3. A certificate that is renewed is read again. Safe to use from any
/// thread.
class Tls {
 public:
  /// Throws std::runtime_error where the certificate or the key cannot be used.
  Tls(const HttpsSettings& settings, Log log);

  /// For one connection. A renewed certificate that cannot be used is told to the log, and the one before
  /// is used on.
  Ssl connection();

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  using Context = std::unique_ptr<SSL_CTX, Free>;
  struct Stamps {
    FileStamp certificate;
    FileStamp key;
    bool operator==(const Stamps&) const = default;
  };
  Context load() const;
  Stamps stamps() const;

  const std::string certificate_;
  const std::string key_;
  const Log log_;
  std::mutex mutex_;
  Stamps loaded_;
  Context context_;
};

}  // namespace tollgate::control
