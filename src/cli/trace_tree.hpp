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
  struct Node {
    std::string name;
    std::vector<std::byte> octets;
    std::size_t offset = 0;
    bool starts_numbering = false;  ///< the octets are not part of the packet; offsets below count from here
    std::string value;              ///< of a field, as text; empty where only the octets say it
    std::uint64_t number = 0;
    bool is_number = false;
    bool is_layer = false;  ///< has `children`, which may be none
    std::vector<Node> children;
  };

  explicit TraceTree(Octets packet) { bases_.push_back(packet); }

  void begin(std::string_view name, Octets octets) override;
  void end() override;
  void number(std::string_view name, Octets octets, std::uint64_t value, std::string_view meaning) override;
  void text(std::string_view name, Octets octets, std::string_view value) override;
  void octets(std::string_view name, Octets octets) override;

  const std::vector<Node>& layers() const { return root_.children; }

 private:
  Node& add(std::string_view name, Octets octets);

  Node root_;
  std::vector<Node*> open_{&root_};  ///< the element whose fields come now is the last
  std::vector<Octets> bases_;        ///< the packet, then what was put together from several
};

/// As a person wants to read it: offset, octets, indented name and value, a line a field.
std::string to_text(const std::vector<TraceTree::Node>& layers);
nlohmann::ordered_json to_json(const std::vector<TraceTree::Node>& layers);

}  // namespace tollgate::cli
