#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "message/message.hpp"

namespace tollgate::record {

/// A message as it came, before anything judged it: a copy that owns what its views show. What an operator
/// table said of it is left out, since that belongs to a ruleset, and can be looked up again.
class KeptMessage {
 public:
  explicit KeptMessage(const Message& message);
  KeptMessage(const KeptMessage&) = delete;
  KeptMessage& operator=(const KeptMessage&) = delete;

  /// Its views are good as long as this object.
  const Message& message() const { return message_; }

  struct Signal {
    std::string name;
    double value = 0;
  };
  /// What plugins said of it when it came: those that the rules asked for which judged it.
  const std::vector<Signal>& signals() const { return signals_; }

 private:
  Message message_;
  std::unique_ptr<std::byte[]> octets_;
  std::vector<Signal> signals_;
};

/// The last messages that came, in memory only, texts and numbers as they are: new rules are tried on them,
/// and analysts ask why one was judged as it was. Bounded by their number; the oldest goes first. Any thread.
class KeptMessages {
 public:
  using All = std::vector<std::shared_ptr<const KeptMessage>>;

  explicit KeptMessages(std::size_t most) : most_(most) {}

  /// Keeps a copy of what carries a short message; of nothing else.
  void add(const Message& message);

  /// Those that are kept now, the oldest first.
  All all() const;

  /// That of this identity, the last one where several have it; null where none has.
  std::shared_ptr<const KeptMessage> find(const MessageId& id) const;

  std::size_t most() const { return most_; }

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const KeptMessage>> messages_;  ///< under the mutex
  std::deque<MessageId> ids_;  ///< theirs, side by side: to be looked through fast; under the mutex
};

}  // namespace tollgate::record
