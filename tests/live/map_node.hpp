#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// What a MAP node reads and writes, from the standards; none of Tollgate's own readers.
namespace live {

using Octets = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

/// One short message to a subscriber.
struct ShortMessage {
  int version = 3;  ///< of MAP: 1, 2 or 3
  std::string imsi;
  std::string sender;  ///< TP-OA, international
  std::string text;    ///< of characters that ASCII and the default alphabet share
};

/// How SCCP carries it.
enum class Form { unitdata, extended_unitdata, segments };

/// The SCCP messages, in M3UA, of a dialogue's first TCAP message: it carries `message`.
std::vector<Octets> request(const ShortMessage& message, Form form, std::uint32_t dialogue);

/// A TCAP message, as far as these peers need it.
struct Received {
  std::uint8_t type = 0;  ///< tag: 0x62 Begin, 0x64 End, 0x67 Abort
  std::uint32_t otid = 0, dtid = 0;
  int version = 1;             ///< of its application context; 1 where there is none
  std::uint8_t component = 0;  ///< tag: 0xa1 Invoke ... ; 0: none
  int invoke_id = 0;
  int code = 0;  ///< of the operation, the error or the problem
  View parameter;
};

/// Puts segments together, as Q.714 4.1.1 says; the rest is read at once.
class Reader {
 public:
  /// The TCAP message of an M3UA DATA message, or of the segments that this one completes; its views live
  /// until the next. None: not complete, or not readable, which `broken` counts.
  std::optional<Received> read(View m3ua);
  std::uint64_t broken = 0;

 private:
  std::optional<Received> tcap(View octets);

  std::map<std::uint32_t, Octets> segments_;  ///< by segmentation local reference
  Octets whole_;
};

/// The message in the argument of an MT-ForwardSM, or forwardSM to an IMSI.
std::optional<ShortMessage> argument(const Received& invoke);

/// What a node with these operations alone answers to a Begin: a result; for a subscriber with zeros in the
/// place of the IMSI the error unidentifiedSubscriber; for an unknown operation a Reject, or in version 1 an
/// Abort.
struct Reaction {
  std::string outcome;  ///< "taken", "unknown subscriber" or "unknown operation"
  Octets m3ua;
};
Reaction react(const Received& begin);

}  // namespace live
