#include "decode/m2pa.hpp"

#include "decode/reader.hpp"
#include "decode/xua.hpp"

namespace tollgate::decode::m2pa {
namespace {

/// RFC 4165 2.3.2
std::string_view link_status_name(std::uint64_t status) {
  switch (status) {
    case 1: return "Alignment";
    case 2: return "Proving Normal";
    case 3: return "Proving Emergency";
    case 4: return "Ready";
    case 5: return "Processor Outage";
    case 6: return "Processor Recovered";
    case 7: return "Busy";
    case 8: return "Busy Ended";
    case 9: return "Out of Service";
    default: return {};
  }
}

/// RFC 4165 2.1 to 2.3, behind the common header; its reader's input ends with the message
///
///     +---------------+---------------+---------------+---------------+
///     |    unused     |                      BSN                      |
///     +---------------+-----------------------------------------------+
///     |    unused     |                      FSN                      |
///     +---------------+-----------------------------------------------+
///     |PRI|   spare   |  SIO, SIF ...      User Data, may be empty
///     +---------------+-----------------------------------------------+
///     |                  Link Status State, filler ...                |
///     +---------------------------------------------------------------+
template <class R>
std::optional<Error> read_body(R r, Message& message) {
  const auto truncated = [&] {
    return Error{Layer::m2pa, Reason::truncated, static_cast<std::uint32_t>(8 + r.position())};
  };
  r.u8("Unused");
  message.bsn = r.u24("BSN");
  r.u8("Unused");
  message.fsn = r.u24("FSN");
  if (r.failed()) return truncated();
  if (message.type == MessageType::link_status) {
    message.status = r.u32("Link Status State", link_status_name);
    if (r.failed()) return truncated();
    if (!r.empty()) r.rest("Filler");
  } else if (!r.empty()) {
    message.priority = r.u8("Priority and spare", hexadecimal) >> 6U;
    r.bits("Priority", r.last(1), 0xc0);
    message.mtp3 = r.take_rest();
  }
  return std::nullopt;
}

template <class R>
Result<Message> read(R r) {
  const TraceScope scope{r.trace(), "M2PA", r.input()};
  xua::CommonHeader header;
  if (const auto error = xua::read_common_header(r, Layer::m2pa, header)) return *error;
  if (header.message_class != xua::class_m2pa || header.message_type < 1 || header.message_type > 2)
    return Error{Layer::m2pa, Reason::unknown_type, 2};
  Message message;
  message.type = static_cast<MessageType>(header.message_type);
  message.trailing = header.trailing;
  if (const auto error = read_body(R{header.body, r.trace()}, message)) return *error;
  return message;
}

}  // namespace

Result<Message> decode(Octets input, Trace* trace) {
  return with_reader(input, trace, [](auto r) { return read(r); });
}

}  // namespace tollgate::decode::m2pa
