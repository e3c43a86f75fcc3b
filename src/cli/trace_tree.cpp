#include "cli/trace_tree.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <span>

#include <fmt/format.h>

#include "cli/terminal.hpp"

namespace tollgate::cli {
namespace {

using Node = TraceTree::Node;
using Kind = TraceTree::Kind;

constexpr std::size_t octets_a_line = 8;
constexpr std::size_t octets_width = octets_a_line * 3 - 1;
constexpr std::size_t name_column = 6 + 2 + octets_width + 2;

bool inside(Octets part, Octets whole) {
  const std::less_equal<> not_after;
  return not_after(whole.data(), part.data()) &&
         not_after(part.data() + part.size(), whole.data() + whole.size());
}

std::string hex(const std::vector<std::byte>& octets, std::size_t from, std::size_t count,
                std::string_view separator) {
  std::string text;
  for (std::size_t i = from; i < std::min(octets.size(), from + count); ++i) {
    if (i != from) text += separator;
    fmt::format_to(std::back_inserter(text), "{:02x}", std::to_integer<unsigned>(octets[i]));
  }
  return text;
}

/// The bits of `node` among those of its octets: `0100 ....`. Empty where they do not fit in a line.
std::string pattern(const Node& node) {
  if (node.octets.size() > 2) return {};
  std::string text;
  for (std::size_t bit = 0; bit < node.octets.size() * 8; ++bit) {
    if (bit != 0 && bit % 4 == 0) text += ' ';
    const bool set = (std::to_integer<unsigned>(node.octets[bit / 8]) << bit % 8 & 0x80U) != 0;
    const bool shown = (node.mask >> (node.octets.size() * 8 - 1 - bit) & 1U) != 0;
    text += !shown ? '.' : set ? '1' : '0';
  }
  return text;
}

/// Writes the lines of the text.
class Text {
 public:
  explicit Text(bool colours) : colours_(colours) {}

  void print(std::span<const Node> nodes, std::size_t depth) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].starts_numbering) announce_numbering(depth);
      switch (nodes[i].kind) {
        case Kind::layer: layer(nodes[i], depth); break;
        case Kind::field: field(nodes[i], depth); break;
        case Kind::bits: line("", pattern(nodes[i]), depth + 1, nodes[i].name, nodes[i].value); break;
        case Kind::refusal: refusal(nodes[i], depth); break;
        case Kind::header:
          if (i + 2 < nodes.size() && are_contents(nodes[i + 1], nodes[i + 2])) {
            element(nodes[i], nodes[i + 1], nodes[i + 2], depth);
            ++i;
          } else {
            header(nodes[i], nodes[i + 1], depth);
          }
          ++i;
          break;
      }
    }
  }

  /// What comes after a field, to find octets that are read again, in their parts.
  void remember(const std::vector<Node>& nodes) {
    for (const Node& node : nodes) {
      all_.push_back(&node);
      remember(node.children);
    }
  }

  std::string take() { return std::move(out_); }

 private:
  static constexpr std::string_view bold = "1";
  static constexpr std::string_view dim = "2";
  static constexpr std::string_view red = "31";

  std::string coloured(std::string_view text, std::string_view colour) const {
    return colours_ && !colour.empty() && !text.empty() ? fmt::format("\033[{}m{}\033[0m", colour, text)
                                                        : std::string{text};
  }

  void line(std::string_view offset, std::string_view octets, std::size_t depth, std::string_view name,
            std::string_view value, std::string_view colour = {}) {
    const std::string indent(depth * 2, ' ');
    const std::string left = fmt::format("{:>6}  {:{}}", offset, octets, octets_width);
    const std::string right =
        wrapped(fmt::format("{}{}{}", name, value.empty() ? "" : ": ", value), name_column + indent.size(),
                std::string(name_column + indent.size() + 4, ' '));
    fmt::format_to(std::back_inserter(out_), "{}  {}{}\n", coloured(left, dim), indent,
                   coloured(right, colour));
  }

  void announce_numbering(std::size_t depth) {
    before_ = nullptr;
    line("", "", depth, "(put together from several packets; offsets from here count in it)", "");
  }

  static std::string header_value(const Node& tag, const Node& length) {
    return fmt::format("tag {}, length {}", tag.value,
                       length.value.empty() ? fmt::to_string(length.number) : length.value);
  }
  static std::string header_octets(const Node& tag, const Node& length) {
    return hex(tag.octets, 0, tag.octets.size(), " ") + " " +
           hex(length.octets, 0, length.octets.size(), " ");
  }

  void layer(const Node& node, std::size_t depth) {
    before_ = nullptr;
    const std::string offset = fmt::to_string(node.offset);
    const bool has_header = node.children.size() >= 2 && node.children[0].kind == Kind::header &&
                            node.children[0].offset == node.offset;
    if (!has_header) {
      line(offset, fmt::format("{} octets", node.octets.size()), depth, node.name, "", bold);
      return print(node.children, depth + 1);
    }
    const Node& tag = node.children[0];
    const Node& length = node.children[1];
    line(offset, header_octets(tag, length), depth, node.name, header_value(tag, length), bold);
    print(std::span{node.children}.subspan(2), depth + 1);
  }

  static bool are_contents(const Node& length, const Node& node) {
    return node.kind == Kind::field && node.numbering == length.numbering &&
           node.offset == length.offset + length.octets.size();
  }

  /// A primitive element in one line, or where its octets do not fit, its contents below.
  void element(const Node& tag, const Node& length, const Node& contents, std::size_t depth) {
    before_ = &contents;
    const std::string header = header_value(tag, length);
    if (is_read_again(contents)) {
      return line(fmt::to_string(tag.offset), header_octets(tag, length), depth, contents.name,
                  "shown below, " + header);
    }
    std::vector<std::byte> octets = tag.octets;
    octets.insert(octets.end(), length.octets.begin(), length.octets.end());
    if (octets.size() + contents.octets.size() > octets_a_line) {
      line(fmt::to_string(tag.offset), header_octets(tag, length), depth, contents.name, header);
      return lines(contents.offset, contents.octets, depth + 1, contents.value, "");
    }
    octets.insert(octets.end(), contents.octets.begin(), contents.octets.end());
    const std::string_view comma = contents.value.empty() ? "" : ", ";
    lines(tag.offset, octets, depth, contents.name, fmt::format("{}{}{}", contents.value, comma, header));
  }

  /// A line with the first octets, and more for the others.
  void lines(std::size_t offset, const std::vector<std::byte>& octets, std::size_t depth,
             std::string_view name, std::string_view value) {
    line(fmt::to_string(offset), hex(octets, 0, octets_a_line, " "), depth, name, value);
    for (std::size_t at = octets_a_line; at < octets.size(); at += octets_a_line) {
      out_ += coloured(fmt::format("{:>6}  {}", "", hex(octets, at, octets_a_line, " ")), dim);
      out_ += '\n';
    }
  }

  void header(const Node& tag, const Node& length, std::size_t depth) {
    line(fmt::to_string(tag.offset), header_octets(tag, length), depth, header_value(tag, length), "", dim);
  }

  void refusal(const Node& node, std::size_t depth) {
    line(fmt::to_string(node.offset), "", depth, "refused here", node.value, red);
  }

  bool is_read_again(const Node& node) const {
    if (node.octets.size() <= octets_a_line || !node.value.empty()) return false;
    const auto is_part = [&](const Node* other) {
      return other->numbering == node.numbering && other->offset >= node.offset && !other->octets.empty() &&
             other->offset + other->octets.size() <= node.offset + node.octets.size();
    };
    const auto self = std::find(all_.begin(), all_.end(), &node);
    return self != all_.end() && std::any_of(self + 1, all_.end(), is_part);
  }

  void field(const Node& node, std::size_t depth) {
    const bool same = before_ != nullptr && before_->offset == node.offset &&
                      before_->octets == node.octets && before_->numbering == node.numbering;
    if (same) return line("", "", depth + 1, node.name, node.value);
    before_ = &node;
    if (is_read_again(node)) {
      const std::string octets = fmt::format("{} octets", node.octets.size());
      return line(fmt::to_string(node.offset), octets, depth, node.name, "shown below");
    }
    lines(node.offset, node.octets, depth, node.name, node.value);
  }

  bool colours_;
  std::string out_;
  const Node* before_ = nullptr;  ///< the field printed last: what says more of its octets stands below it
  std::vector<const Node*> all_;
};

}  // namespace

TraceTree::Node& TraceTree::add(std::string_view name, Octets octets, Kind kind) {
  Node node{.kind = kind, .name = std::string{name}, .octets = {octets.begin(), octets.end()}};
  auto base =
      std::find_if(bases_.rbegin(), bases_.rend(), [&](Octets whole) { return inside(octets, whole); });
  if (base == bases_.rend()) {
    node.starts_numbering = true;
    bases_.push_back(octets);
    base = bases_.rbegin();
  }
  node.numbering = static_cast<std::size_t>(bases_.rend() - base) - 1;
  node.offset = static_cast<std::size_t>(octets.data() - base->data());
  auto& siblings = open_.back()->children;
  siblings.push_back(std::move(node));
  return siblings.back();
}

TraceTree::Node& TraceTree::add_number(std::string_view name, Octets octets, std::uint64_t value) {
  Node& node = add(name, octets);
  node.number = value;
  node.is_number = true;
  return node;
}

void TraceTree::begin(std::string_view name, Octets octets) {
  // A sibling is only added once this element has ended, so the pointer stays good while it is open.
  open_.push_back(&add(name, octets, Kind::layer));
}

void TraceTree::end() {
  if (open_.size() > 1) open_.pop_back();
}

void TraceTree::number(std::string_view name, Octets octets, std::uint64_t value, std::string_view meaning) {
  add_number(name, octets, value).value =
      meaning.empty() ? fmt::to_string(value) : fmt::format("{} ({})", value, meaning);
}

void TraceTree::code(std::string_view name, Octets octets, std::uint64_t value, std::string_view meaning) {
  const std::string digits = fmt::format("0x{:0{}x}", value, octets.size() * 2);
  add_number(name, octets, value).value = meaning.empty() ? digits : fmt::format("{} ({})", digits, meaning);
}

void TraceTree::bits(std::string_view name, Octets octets, std::uint64_t mask, std::uint64_t value,
                     std::string_view meaning) {
  number(name, octets, value, meaning);
  Node& node = open_.back()->children.back();
  node.kind = Kind::bits;
  node.mask = mask;
}

void TraceTree::header(Octets identifier, std::string_view tag, Octets length_octets,
                       std::optional<std::size_t> length) {
  Node& tag_node = add("tag", identifier, Kind::header);
  tag_node.value = std::string{tag};
  Node& length_node = add_number("length", length_octets, length.value_or(0));
  length_node.kind = Kind::header;
  if (!length) {
    length_node.is_number = false;
    length_node.value = "indefinite";
  }
}

void TraceTree::text(std::string_view name, Octets octets, std::string_view value) {
  add(name, octets).value = printable(value);
}

void TraceTree::octets(std::string_view name, Octets octets) { add(name, octets); }

void TraceTree::refused(const decode::Error& error, Octets input) {
  if (input.data() == nullptr) return;
  const std::size_t at = std::min<std::size_t>(error.offset, input.size());
  Node& node = add("refused", input.subspan(at, 0), Kind::refusal);
  node.value = fmt::format("{}.{}", decode::to_string(error.layer), decode::to_string(error.reason));
  refusals_.push_back(
      {{error.layer, error.reason, static_cast<std::uint32_t>(node.offset)}, node.numbering == 0});
}

std::string to_text(const std::vector<Node>& layers, bool colours) {
  Text text(colours);
  text.remember(layers);
  text.print(layers, 0);
  return text.take();
}

nlohmann::ordered_json to_json(const std::vector<Node>& layers) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& node : layers) {
    nlohmann::ordered_json item{{"name", node.name}, {"offset", node.offset}, {"length", node.octets.size()}};
    if (node.starts_numbering) item["put_together"] = true;
    if (node.kind == Kind::layer) {
      item["fields"] = to_json(node.children);
    } else {
      if (node.is_number) item["number"] = node.number;
      if (!node.value.empty()) item["value"] = node.value;
      if (node.kind == Kind::bits) item["mask"] = node.mask;
      item["octets"] = hex(node.octets, 0, node.octets.size(), "");
    }
    list.push_back(std::move(item));
  }
  return list;
}

}  // namespace tollgate::cli
