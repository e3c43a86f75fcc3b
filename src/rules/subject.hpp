#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "message/fold.hpp"
#include "message/message.hpp"
#include "rules/field.hpp"
#include "rules/list.hpp"
#include "rules/live_list.hpp"
#include "rules/public_suffixes.hpp"

namespace tollgate::rules {

/// What is judged: a message, by the names of its fields. What has to be made of it (folded text, hosts) is
/// made once a message, when it is first asked for, in room that was allocated once.
class Subject {
 public:
  /// `suffixes` and `tables` must outlive the subject.
  Subject(const FoldTables& tables, const PublicSuffixes& suffixes);

  static constexpr std::size_t most_urls = 16;

  /// From now on the fields are those of `message`, which must stay until the next call, and there are no
  /// signals. `shorteners` decides what `url.shortener` is, or else that list as it is live; null where there
  /// is no such list.
  void look_at(const Message& message, const List* shorteners, const LiveList* live_shorteners = nullptr);
  /// The plugins' signals of this message, by their index; NaN where there is none.
  void take(std::span<const double> signals) { signals_ = signals; }

  const Message& message() const { return *message_; }
  std::uint64_t time_ns() const { return message_->time_ns; }

  /// The values of a field that is text; empty where the message does not have it. Not for content.
  std::span<const std::string_view> texts(FieldId id);
  /// The same in the form in which values are compared: of addresses and hosts, small letters, and what a
  /// sender that is a name can be read as.
  std::span<const std::string_view> keys(FieldId id);
  /// The same as patterns look at it: of a sender that is a name, what it can be read as, too.
  std::span<const std::string_view> scanned(FieldId id);
  /// The values of a field that is a number.
  std::span<const std::uint64_t> numbers(FieldId id);
  /// Nothing where it is missing.
  const IpAddress* ip(FieldId id) const;
  std::optional<bool> flag(FieldId id);
  /// NaN where no plugin has set it.
  double signal(std::size_t i) const;

  bool has_text() const { return message_->has_text || !message_->message_text.empty(); }
  /// The whole text of a message that this part completes, else its own.
  std::string_view text() const {
    return message_->message_text.empty() ? message_->text : message_->message_text;
  }
  const FoldedText& folded();

 private:
  static constexpr std::size_t most_numbers = 32;
  static constexpr std::size_t most_elements = 64;
  static constexpr std::size_t host_room = 4096;
  static constexpr std::size_t hex_octets = 256;  ///< of which the hex is shown
  static constexpr std::size_t address_room = 256;

  template <std::size_t n>
  struct Texts {
    std::array<std::string_view, n> all;
    std::size_t count = 0;
    void add(std::string_view text) {
      if (count < n && !text.empty()) all[count++] = text;
    }
    std::span<const std::string_view> view() const { return {all.data(), count}; }
  };

  std::string_view one_text(FieldId id) const;
  std::optional<std::uint64_t> one_number(FieldId id) const;
  bool is_shortener(std::string_view host) const;
  void find_urls();
  void find_numbers();
  void find_elements();
  void read_sender();
  std::span<const std::string_view> small_letters(FieldId id, std::span<char> room);
  std::span<const std::string_view> hex(FieldId id, Octets octets);

  const FoldTables& tables_;
  const PublicSuffixes& suffixes_;
  const Message* message_ = nullptr;
  std::span<const double> signals_;
  const List* shorteners_ = nullptr;
  const LiveList* live_shorteners_ = nullptr;

  // What was made of this message already.
  bool folded_made_ = false;
  bool sender_made_ = false;
  bool urls_made_ = false;
  bool numbers_made_ = false;
  bool elements_made_ = false;
  FoldedText folded_;
  Texts<most_urls> urls_;
  Texts<most_urls> hosts_;
  Texts<most_urls> domains_;
  Texts<most_urls> paths_;
  Texts<most_numbers> numbers_;
  std::array<std::uint64_t, most_elements> elements_{};
  std::size_t element_count_ = 0;
  std::array<char, host_room> host_room_{};   ///< hosts in small letters
  std::array<char, host_room> digit_room_{};  ///< numbers without what separates their digits
  FoldedText folded_sender_{address_room};
  Texts<6> sender_;  ///< as it was sent, in small letters, and what else it can be read as
  std::array<char, address_room> sender_room_{};
  std::array<char, address_room> recipient_room_{};
  std::array<char, hex_octets * 2> udh_room_{};
  std::array<char, hex_octets * 2> data_room_{};
  std::array<std::string_view, field_count> one_text_;
  std::array<std::uint64_t, field_count> one_number_{};
};

}  // namespace tollgate::rules
