#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "control/file_stamp.hpp"
#include "control/token_file.hpp"

namespace tollgate::control {

/// The tokens that hold now: their file is read again when it has changed. Safe to use from any thread.
class TokenBook {
 public:
  using Log = std::function<void(const std::string&)>;

  /// A file that cannot be used is told to `log`, and changes nothing; one that is gone has no tokens.
  TokenBook(std::string path, Log log);

  struct Owner {
    std::string name;
    Role role;
    bool expired;
  };
  /// Whose token that is; nothing where it is nobody's. Takes as long for one as for the other.
  std::optional<Owner> owner(std::string_view token, std::uint64_t now_ns);

 private:
  void look();

  const std::string path_;
  const Log log_;
  std::mutex mutex_;
  FileStamp read_;
  Tokens tokens_;
};

}  // namespace tollgate::control
