#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "decode/trace.hpp"

namespace tollgate::cli {

/// What the decoders read of one packet, kept as a tree for `explain` to show.
///
/// Offsets count from the start of the packet. Octets that stand elsewhere (a message put together from
/// several packets) begin a numbering of their own, which their outermost element announces.
class TraceTree final : public decode::Trace {
 public:
  enum class Kind : std::uint8_t {
    layer,    ///< has `children`, which may be none
    field,    ///< octets and what they say
    bits,     ///< some of the bits of the field before
    header,   ///< tag or length of a BER element; they come in pairs
    refusal,  ///< where a decoder stopped, and why
  };
  struct Node {
    Kind kind = Kind::field;
    std::string name;
    std::vector<std::byte> octets;
    std::size_t offset = 0;
    std::size_t numbering = 0;      ///< the same where offsets count from the same octet
    bool starts_numbering = false;  ///< the octets are not part of the packet; offsets below count from here
    std::string value;              ///< of a field, as text; empty where only the octets say it
    std::uint64_t number = 0;
    std::uint64_t mask = 0;  ///< of bits
    bool is_number = false;
    std::vector<Node> children;
  };
  struct Refusal {
    decode::Error error;  ///< its offset counts as those of nodes do
    bool in_packet;
  };

  explicit TraceTree(Octets packet) { bases_.push_back(packet); }

  void begin(std::string_view name, Octets octets) override;
  void end() override;
  void number(std::string_view name, Octets octets, std::uint64_t value, std::string_view meaning) override;
  void code(std::string_view name, Octets octets, std::uint64_t value, std::string_view meaning) override;
  void bits(std::string_view name, Octets octets, std::uint64_t mask, std::uint64_t value,
            std::string_view meaning) override;
  void header(Octets identifier, std::string_view tag, Octets length_octets,
              std::optional<std::size_t> length) override;
  void text(std::string_view name, Octets octets, std::string_view value) override;
  void octets(std::string_view name, Octets octets) override;
  void refused(const decode::Error& error, Octets input) override;

  const std::vector<Node>& layers() const { return root_.children; }
  const std::vector<Refusal>& refusals() const { return refusals_; }

 private:
  Node& add(std::string_view name, Octets octets, Kind kind = Kind::field);
  Node& add_number(std::string_view name, Octets octets, std::uint64_t value);

  Node root_;
  std::vector<Node*> open_{&root_};  ///< the element whose fields come now is the last
  std::vector<Octets> bases_;        ///< the packet, then what was put together from several
  std::vector<Refusal> refusals_;
};

/// As a person wants to read it: offset, octets, indented name and value, a line a field, in 100 columns.
std::string to_text(const std::vector<TraceTree::Node>& layers, bool colours = false);
nlohmann::ordered_json to_json(const std::vector<TraceTree::Node>& layers);

}  // namespace tollgate::cli
