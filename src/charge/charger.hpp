#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "charge/book.hpp"
#include "charge/charge.hpp"
#include "charge/journal.hpp"
#include "charge/recent_charges.hpp"
#include "message/message.hpp"

namespace tollgate::charge {

/// Makes chargeable events, for one worker: who pays, whether they may, what it costs, and that this is paid
/// once. Nothing here allocates, waits or makes a system call, but when it is made.
class Charger {
 public:
  /// Recipients of one message, at most: of a submit_multi.
  static constexpr std::size_t most_recipients = 255;

  /// `journal` is this worker's own, `recent` is shared by all; both must outlive it. `book` is null while
  /// there is no ledger: nothing can be charged then. `knows_retries`: what an application sends again is
  /// charged once; else only what the same octets at the same place of a connection are.
  Charger(std::shared_ptr<const Book> book, RecentCharges& recent, Journal& journal, bool knows_retries);

  /// Whether the ledger has the event of this identity and time.
  using Settled = std::function<bool(const MessageId& id, std::uint64_t time_ns)>;
  /// What the ledger has is not charged again, however long ago that was. For replays: it takes the ledger's
  /// time.
  void ask(Settled settled) { settled_ = std::move(settled); }

  /// From now on `book` says who pays what; it becomes what has said so until now. Names that a message got
  /// of that are good as long as it lives.
  void exchange(std::shared_ptr<const Book>& book) {
    book_.swap(book);
    payer_ = nullptr;
  }

  TableUse journal_use() const { return journal_.use(); }

  /// Names who pays for the message, before rules see it.
  void recognise(Message& message);

  // Of the message that was recognised last, once it is judged:

  /// Charges it by `tariff`, and says so in its judgement. `none`, or why not: then nothing is charged.
  Refusal charge(Message& message, std::string_view tariff);

  // The same for several recipients, who are charged all or none:

  /// Of the recipient that stands in `message` now.
  Refusal add(const Message& message, std::string_view tariff);
  /// Of all that were added.
  Refusal commit(Message& message);
  /// None of them.
  void discard();

  // These go to the journal as well, of which they take half at most, so that charges find room. False where
  // there is none:

  /// What the message should have cost that passes unpaid: goes to its judgement, too.
  bool value_leakage(Message& message);
  /// That its account might not send it, for the account's statement.
  bool keep_refusal(const Message& message, std::string_view tariff, Refusal refusal);

  // By what it does so; none of these changes anything:

  /// Who pays; null where nobody is known.
  const Account* account() const { return payer_ == nullptr ? nullptr : &payer_->account; }
  /// What the recipient that stands in `message` now costs by `tariff`; null where no line says so.
  const PriceLine* price(const Message& message, std::string_view tariff) const;
  /// What the message costs where it leaks; null where no line says so.
  const PriceLine* list_price(const Message& message) const;

 private:
  /// What the message in hand is to pay for one recipient.
  struct Added {
    Charge charge;
    MessageId retry;   ///< of the part
    MessageId whole;   ///< of all parts
    bool is_of_whole;  ///< the price is that of all parts together
  };

  Refusal add(const Message& message, std::string_view tariff, const MessageId& retry);
  const PriceLine* price(const Message& message, std::string_view tariff, std::string_view country) const;
  void price_of_whole(const Message& message, Added& added) const;
  MessageId retry_key(const Message& message) const;
  MessageId whole_key(const Message& message) const;
  static MessageId part_key(const MessageId& whole, unsigned part);
  bool claim(Added& added);
  bool drop_paid();
  bool write_unpaid(const Message& message, Charge& unpaid);
  Refusal take(const Message& message);

  std::shared_ptr<const Book> book_;
  const Payer* payer_ = nullptr;  ///< of the message in hand
  bool registered_ = false;       ///< its sender is, with the payer
  MessageId retry_;               ///< of it and its recipient
  RecentCharges& recent_;
  Journal& journal_;
  const bool knows_retries_;
  Settled settled_;

  std::array<Added, most_recipients> added_;
  std::uint32_t added_count_ = 0;
  std::uint32_t recipients_ = 0;  ///< of the message in hand, those charged before as well
  Amount sum_ = 0;                ///< of `added_`, fees too
};

}  // namespace tollgate::charge
