#pragma once

#include <cstdint>
#include <optional>

#include "decode/mtp2.hpp"
#include "decode/sccp.hpp"
#include "flow/sccp_segments.hpp"
#include "inspect/payload.hpp"
#include "inspect/tcap.hpp"
#include "message/arena.hpp"
#include "message/counters.hpp"
#include "message/edits.hpp"

namespace tollgate::inspect {

/// SS7 payloads to Messages: M3UA, M2PA, M2UA, SUA, MTP2 and MTP3 down to SCCP, from where Tcap goes on.
///
/// One a worker. What cannot be read is counted by layer and reason.
class Sigtran {
 public:
  /// `owed`: see Tcap.
  Sigtran(std::uint32_t dialogues, std::uint32_t segmented_messages, Counters& counters, Arena& arena,
          std::span<std::byte> owed = {});

  void m3ua(const PayloadContext& context, Octets octets);
  void m2pa(const PayloadContext& context, Octets octets);
  void m2ua(const PayloadContext& context, Octets octets);
  void sua(const PayloadContext& context, Octets octets);
  void mtp2(const PayloadContext& context, Octets octets);
  void mtp3(const PayloadContext& context, Octets octets);
  void sccp(const PayloadContext& context, const RoutingLabel& label, Octets octets);
  void tcap(const PayloadContext& context, Octets octets) { tcap_.read(context, {}, octets); }

  /// The end of the input: counts what waits in vain.
  void finish() { segments_.finish(counters_); }

  TableUse segment_use() const { return segments_.use(); }
  TableUse dialogue_use() const { return tcap_.dialogue_use(); }
  TableUse owed_use() const { return tcap_.owed_use(); }

 private:
  void mtp_user(const PayloadContext& context, const RoutingLabel& label, std::uint8_t service_indicator,
                Octets octets);
  void unitdata(const PayloadContext& context, const Unitdata& unitdata,
                const std::optional<decode::sccp::Segmentation>& segmentation, Octets data);

  void edit_segments(Edits& edits);
  void count_trailing(decode::Layer layer, Octets trailing);

  flow::SccpSegments segments_;
  Edits whole_edits_;  ///< of a message that was put together
  Tcap tcap_;
  Counters& counters_;
  decode::mtp2::CheckBits mtp2_check_bits_ = decode::mtp2::CheckBits::perhaps;
};

}  // namespace tollgate::inspect
