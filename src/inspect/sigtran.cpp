#include "inspect/sigtran.hpp"

#include <algorithm>
#include <optional>

#include "decode/m2pa.hpp"
#include "decode/m2ua.hpp"
#include "decode/m3ua.hpp"
#include "decode/mtp3.hpp"
#include "decode/sua.hpp"

namespace tollgate::inspect {

using decode::Layer;
using decode::Reason;

Sigtran::Sigtran(std::uint32_t dialogues, std::uint32_t segmented_messages, Counters& counters, Arena& arena,
                 std::span<std::byte> owed)
    : segments_(segmented_messages), tcap_(dialogues, counters, arena, owed), counters_(counters) {}

// A message's length may leave out the padding of its last parameter (RFC 4666 3.2): up to three octets.
void Sigtran::count_trailing(Layer layer, Octets trailing) {
  if (trailing.size() > 3) counters_.add(layer, Reason::trailing_octets);
}

void Sigtran::m3ua(const PayloadContext& context, Octets octets) {
  const auto message = decode::m3ua::decode(octets, context.trace);
  if (!message) return counters_.add(message.error());
  count_trailing(Layer::m3ua, message->trailing);
  if (!message->data) return;
  mtp_user(context, {.opc = message->data->opc, .dpc = message->data->dpc}, message->data->si,
           message->data->user_data);
}

void Sigtran::m2pa(const PayloadContext& context, Octets octets) {
  const auto message = decode::m2pa::decode(octets, context.trace);
  if (!message) return counters_.add(message.error());
  count_trailing(Layer::m2pa, message->trailing);
  if (!message->mtp3.empty()) mtp3(context, message->mtp3);
}

void Sigtran::m2ua(const PayloadContext& context, Octets octets) {
  const auto message = decode::m2ua::decode(octets, context.trace);
  if (!message) return counters_.add(message.error());
  count_trailing(Layer::m2ua, message->trailing);
  if (!message->mtp3.empty()) mtp3(context, message->mtp3);
}

void Sigtran::mtp2(const PayloadContext& context, Octets octets) {
  const auto message = decode::mtp2::decode(octets, mtp2_check_bits_, context.trace);
  if (!message) return counters_.add(message.error());
  if (!message->has_fcs) mtp2_check_bits_ = decode::mtp2::CheckBits::absent;
  if (!message->mtp3.empty()) mtp3(context, message->mtp3);
}

void Sigtran::mtp3(const PayloadContext& context, Octets octets) {
  const auto variant = decode::mtp3::recognise(octets);
  const auto message = decode::mtp3::decode(octets, variant, context.trace);
  if (!message) return counters_.add(message.error());
  if (variant != decode::mtp3::Variant::itu) return counters_.add(Count::unread_mtp3_variant);
  mtp_user(context, {.opc = message->opc, .dpc = message->dpc}, message->si, message->user_data);
}

void Sigtran::mtp_user(const PayloadContext& context, const RoutingLabel& label,
                       std::uint8_t service_indicator, Octets octets) {
  if (service_indicator != decode::m3ua::service_indicator_sccp)
    return counters_.add(Count::unread_other_user);
  sccp(context, label, octets);
}

void Sigtran::sccp(const PayloadContext& context, const RoutingLabel& label, Octets octets) {
  const auto message = decode::sccp::decode(octets, context.trace);
  if (!message) return counters_.add(message.error());
  if (!decode::sccp::is_connectionless(message->type)) {
    return counters_.add(Count::unread_connection_oriented);
  }
  unitdata(context,
           {.calling = message->calling,
            .called = message->called,
            .label = label,
            .returned = decode::sccp::is_service(message->type),
            .return_cause = message->return_cause},
           message->segmentation, message->data);
}

void Sigtran::sua(const PayloadContext& context, Octets octets) {
  const auto message = decode::sua::decode(octets, context.trace);
  if (!message) return counters_.add(message.error());
  count_trailing(Layer::sua, message->trailing);
  if (!decode::sua::is_cldt(*message) && !decode::sua::is_cldr(*message)) return;
  unitdata(context,
           {.calling = message->source,
            .called = message->destination,
            .label = {},
            .returned = decode::sua::is_cldr(*message),
            .return_cause = message->return_cause.value_or(0)},
           message->segmentation, message->data);
}

void Sigtran::unitdata(const PayloadContext& context, const Unitdata& unitdata,
                       const std::optional<decode::sccp::Segmentation>& segmentation, Octets data) {
  if (!segmentation || (segmentation->first && segmentation->remaining == 0)) {
    return tcap_.read(context, unitdata, data);
  }
  if (context.trace != nullptr) context.trace->octets("Segment of a TCAP message", data);
  const flow::SegmentedMessage message{context.carriage.connection, unitdata.label.opc.value_or(0),
                                       unitdata.calling, segmentation->local_reference};
  Edits* const edits = context.edits;
  const flow::SegmentPlace place{context.carriage.position, edits != nullptr ? edits->offset_of(data) : 0};
  const auto whole = segments_.add(message, *segmentation, data, context.carriage.time_ns, counters_, place);
  if (edits != nullptr && segments_.waits()) edits->wait();
  if (!whole) return;
  if (edits == nullptr) return tcap_.read(context, unitdata, *whole);
  whole_edits_.begin(*whole);
  tcap_.read({context.carriage, context.consumer, context.trace, &whole_edits_}, unitdata, *whole);
  edit_segments(*edits);
}

/// Lays the edits of the message that was put together over its segments.
void Sigtran::edit_segments(Edits& edits) {
  for (const Edit& edit : whole_edits_.all()) {
    std::size_t begin = 0;  // of a segment, in the whole
    for (const flow::SegmentPlace& segment : segments_.segments()) {
      const std::size_t end = begin + segment.length;
      const std::size_t from = std::max<std::size_t>(edit.offset, begin);
      const std::size_t to = std::min<std::size_t>(edit.offset + edit.octets.size(), end);
      const auto offset = static_cast<std::uint32_t>(segment.offset + (from - begin));
      if (from < to &&
          !edits.replace_at(segment.position, offset, edit.octets.subspan(from - edit.offset, to - from)))
        counters_.add(Count::lost_edit);
      begin = end;
    }
  }
  for (const flow::SegmentPlace& segment : segments_.segments()) edits.decided(segment.position);
}

}  // namespace tollgate::inspect
