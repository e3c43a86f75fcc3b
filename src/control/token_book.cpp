#include "control/token_book.hpp"

#include <sodium.h>

namespace tollgate::control {

TokenBook::TokenBook(std::string path, Log log) : path_(std::move(path)), log_(std::move(log)) { look(); }

void TokenBook::look() {
  const FileStamp now = FileStamp::of(path_);
  if (now == read_) return;
  read_ = now;
  try {
    tokens_ = read_tokens(path_);
  } catch (const TokenError& error) {
    log_(std::string(error.what()) + "; those that held before hold on");
  }
}

std::optional<TokenBook::Owner> TokenBook::owner(std::string_view token, std::uint64_t now_ns) {
  const std::lock_guard lock(mutex_);
  look();
  const std::string hash = hash_of_token(token);
  const Token* found = nullptr;
  for (const Token& one : tokens_) {
    if (one.hash.size() == hash.size() && sodium_memcmp(one.hash.data(), hash.data(), hash.size()) == 0)
      found = &one;
  }
  if (found == nullptr) return std::nullopt;
  return Owner{found->name, found->role, now_ns >= found->expires_ns};
}

}  // namespace tollgate::control
