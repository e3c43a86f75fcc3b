#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "decode/smpp.hpp"

namespace tollgate::inspect {

/// What is known of an SMPP connection, in both directions: who is bound, and which end is the ESME. Plain
/// data: another process can go on with it.
class SmppSession {
 public:
  enum class Side : std::uint8_t { unknown, esme, message_centre };

  /// Takes note of a PDU that travels in the direction `connection`, before it becomes a Message. Whether it
  /// said anything new.
  bool see(const decode::smpp::Pdu& pdu, std::uint64_t connection, std::uint64_t opposite);

  /// The system_id of the ESME: that of the accepted bind; before its answer, of the bind that was asked for.
  /// An ESME that binds again while it is bound does not change it, unless that is accepted too.
  std::string_view system_id() const { return {account_.system_id.data(), account_.length}; }

  /// Whether the two sides know optional parameters, which SMPP 3.3 does not. Yes where the bind was not
  /// seen.
  bool has_tlvs() const { return account_.version >= first_version_with_tlvs; }

  /// Which side sends in the direction `connection`: from the bind, else from PDUs that only one side sends.
  Side sender(std::uint64_t connection) const {
    if (esme_ == 0) return Side::unknown;
    return connection == esme_ ? Side::esme : Side::message_centre;
  }

  /// Whether one that another process left can be worked with.
  bool is_sound() const;

 private:
  static constexpr std::uint8_t first_version_with_tlvs = 0x34;

  struct Account {
    std::array<char, 16> system_id{};
    std::uint8_t length = 0;
    std::uint8_t version = first_version_with_tlvs;
  };
  struct Bind {
    Account account;
    std::uint32_t sequence = 0;
    bool waiting = false;
  };

  void request(const decode::smpp::Pdu& pdu);
  void response(const decode::smpp::Pdu& pdu);

  Account account_;
  bool bound_ = false;         ///< a bind was accepted
  std::array<Bind, 2> binds_;  ///< not answered yet, newest first
  std::uint64_t esme_ = 0;     ///< the direction in which the ESME sends; 0: not known
};

}  // namespace tollgate::inspect
