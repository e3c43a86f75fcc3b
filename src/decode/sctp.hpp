#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

// Stream Control Transmission Protocol, RFC 9260. A packet is a common header and chunks:
//
//     const auto packet = sctp::decode(payload);
//     for (sctp::Chunks chunks{packet->chunks}; !chunks.done();) {
//       const auto chunk = chunks.next();
//       if (!chunk) break;  // chunk.error(): nothing behind it can be read
//       if (chunk->is_data()) { const auto data = sctp::decode_data(*chunk); ... }
//     }
namespace tollgate::decode::sctp {

struct Packet {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t verification_tag = 0;
  Octets chunks;
};

/// The common header (RFC 9260 3.1), without the checksum: see `checksum_ok`. Errors: truncated.
Result<Packet> decode(Octets packet, Trace* trace = nullptr);

/// The Checksum field of a packet, as its octets make it: their CRC32c, the field itself taken for zeros (RFC
/// 9260 appendix A). `packet` holds at least the header, in which the field stands at `checksum_offset`.
std::array<std::byte, 4> checksum(Octets packet);
inline constexpr std::size_t checksum_offset = 8;

/// Whether the CRC32c of a whole packet is right (RFC 9260 appendix A). `packet` holds at least the header.
bool checksum_ok(Octets packet);

/// Chunk types (IANA).
enum class ChunkType : std::uint8_t {
  data = 0,
  init = 1,
  init_ack = 2,
  sack = 3,
  heartbeat = 4,
  heartbeat_ack = 5,
  abort = 6,
  shutdown = 7,
  shutdown_ack = 8,
  error = 9,
  cookie_echo = 10,
  cookie_ack = 11,
  ecne = 12,
  cwr = 13,
  shutdown_complete = 14,
  auth = 15,
  i_data = 64,
  asconf_ack = 128,
  re_config = 130,
  pad = 132,
  forward_tsn = 192,
  asconf = 193,
  i_forward_tsn = 194,
};

/// The standard's name (`INIT ACK`), or empty.
std::string_view to_string(ChunkType type);

struct Chunk {
  ChunkType type = ChunkType::data;
  std::uint8_t flags = 0;
  Octets value;  ///< behind the chunk's length, without padding

  bool is_data() const { return type == ChunkType::data || type == ChunkType::i_data; }
};

/// Walks the chunks of a packet. Missing padding behind the last chunk is forgiven.
class Chunks {
 public:
  explicit Chunks(Octets chunks) : rest_(chunks), size_(chunks.size()) {}

  bool done() const { return rest_.empty(); }

  /// The next chunk. With a trace, tells it everything in the chunk but user data. An error ends the walk:
  /// truncated (the input ends inside the chunk), bad_length (shorter than its own header). Offsets count
  /// from the first chunk. Precondition: !done().
  Result<Chunk> next(Trace* trace = nullptr);

 private:
  Octets rest_;
  std::size_t size_;
};

/// A DATA chunk (RFC 9260 3.3.1) or an I-DATA chunk (RFC 8260 2.1).
struct Data {
  std::uint32_t tsn = 0;
  std::uint16_t stream = 0;
  std::uint32_t sequence = 0;  ///< stream sequence number, or message identifier of I-DATA
  std::uint32_t ppid = 0;      ///< payload protocol identifier; of I-DATA: in the first fragment only
  std::uint32_t fsn = 0;       ///< fragment sequence number: of I-DATA only, 0 in the first fragment
  bool beginning = false;      ///< B
  bool ending = false;         ///< E
  bool unordered = false;      ///< U
  bool interleaved = false;    ///< I-DATA
  Octets user_data;            ///< at least one octet
};

/// Precondition: chunk.is_data(). Errors: truncated; missing_field without user data (RFC 9260 3.3.10.9).
Result<Data> decode_data(const Chunk& chunk, Trace* trace = nullptr);

/// Calls `f(chunk, data)` with each chunk of a packet up to the first that is no whole one. `data` is null
/// where the chunk is none, or has none that can be read. It gives whether to go on.
template <class F>
void for_each_chunk(const Packet& packet, F&& f) {
  for (Chunks chunks{packet.chunks}; !chunks.done();) {
    const auto chunk = chunks.next();
    if (!chunk) return;
    if (!chunk->is_data()) {
      if (!f(*chunk, static_cast<const Data*>(nullptr))) return;
      continue;
    }
    const auto data = decode_data(*chunk);
    if (!f(*chunk, data ? &*data : nullptr)) return;
  }
}

/// An INIT or INIT ACK chunk (RFC 9260 3.3.2, 3.3.3).
struct Init {
  std::uint32_t initiate_tag = 0;  ///< the verification tag of packets to the sender of this chunk
  std::uint32_t receiver_window = 0;
  std::uint16_t outbound_streams = 0;
  std::uint16_t inbound_streams = 0;
  std::uint32_t initial_tsn = 0;  ///< of the sender of this chunk
  Octets parameters;
};

Result<Init> decode_init(const Chunk& chunk, Trace* trace = nullptr);

/// A parameter of INIT, ASCONF or RE-CONFIG, or an error cause: the same form (RFC 9260 3.2.1, 3.3.10).
struct Parameter {
  std::uint16_t type = 0;
  Octets value;
};

/// Walks parameters, as Chunks walks chunks.
class Parameters {
 public:
  explicit Parameters(Octets parameters) : rest_(parameters), size_(parameters.size()) {}
  bool done() const { return rest_.empty(); }
  Result<Parameter> next();

 private:
  Octets rest_;
  std::size_t size_;
};

}  // namespace tollgate::decode::sctp
