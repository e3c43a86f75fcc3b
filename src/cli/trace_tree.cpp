#include "cli/trace_tree.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

#include <fmt/format.h>

namespace tollgate::cli {
namespace {

constexpr std::size_t octets_a_line = 8;

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

bool same_octets(const TraceTree::Node* a, const TraceTree::Node& b) {
  return a != nullptr && a->offset == b.offset && a->octets == b.octets;
}

/// `before` is the field that was printed last, if it counts in the same octets: those are not shown again.
void print(const TraceTree::Node& node, std::size_t depth, const TraceTree::Node*& before, std::string& out) {
  const auto put = std::back_inserter(out);
  const std::string indent(depth * 2, ' ');
  if (node.starts_numbering) before = nullptr;
  if (node.is_layer) {
    if (node.starts_numbering) {
      fmt::format_to(put,
                     "{:>6}  {:{}}  {}(put together from several packets; offsets from here count in it)\n",
                     "", "", octets_a_line * 3 - 1, indent);
    }
    const std::string extent = fmt::format("{} octets", node.octets.size());
    fmt::format_to(put, "{:>6}  {:{}}  {}{}\n", node.offset, extent, octets_a_line * 3 - 1, indent,
                   node.name);
    for (const auto& child : node.children) print(child, depth + 1, before, out);
    return;
  }
  const std::size_t shown = same_octets(before, node) ? 0 : node.octets.size();
  before = &node;
  fmt::format_to(put, "{:>6}  {:{}}  {}{}{}{}\n", node.offset,
                 hex(node.octets, 0, std::min(shown, octets_a_line), " "), octets_a_line * 3 - 1, indent,
                 node.name, node.value.empty() ? "" : ": ", node.value);
  for (std::size_t at = octets_a_line; at < shown; at += octets_a_line) {
    fmt::format_to(put, "{:>6}  {}\n", "", hex(node.octets, at, octets_a_line, " "));
  }
}

}  // namespace

TraceTree::Node& TraceTree::add(std::string_view name, Octets octets) {
  Node node{.name = std::string{name}, .octets = {octets.begin(), octets.end()}};
  auto base =
      std::find_if(bases_.rbegin(), bases_.rend(), [&](Octets whole) { return inside(octets, whole); });
  if (base == bases_.rend()) {
    node.starts_numbering = true;
    bases_.push_back(octets);
    base = bases_.rbegin();
  }
  node.offset = static_cast<std::size_t>(octets.data() - base->data());
  auto& siblings = open_.back()->children;
  siblings.push_back(std::move(node));
  return siblings.back();
}

void TraceTree::begin(std::string_view name, Octets octets) {
  Node& node = add(name, octets);
  node.is_layer = true;
  // A sibling is only added once this element has ended, so the pointer stays good while it is open.
  open_.push_back(&node);
}

void TraceTree::end() {
  if (open_.size() > 1) open_.pop_back();
}

void TraceTree::number(std::string_view name, Octets octets, std::uint64_t value, std::string_view meaning) {
  Node& node = add(name, octets);
  node.number = value;
  node.is_number = true;
  node.value = meaning.empty() ? fmt::to_string(value) : fmt::format("{} ({})", value, meaning);
}

void TraceTree::text(std::string_view name, Octets octets, std::string_view value) {
  add(name, octets).value = std::string{value};
}

void TraceTree::octets(std::string_view name, Octets octets) { add(name, octets); }

std::string to_text(const std::vector<TraceTree::Node>& layers) {
  std::string out;
  const TraceTree::Node* before = nullptr;
  for (const auto& layer : layers) print(layer, 0, before, out);
  return out;
}

nlohmann::ordered_json to_json(const std::vector<TraceTree::Node>& layers) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& node : layers) {
    nlohmann::ordered_json item{{"name", node.name}, {"offset", node.offset}, {"length", node.octets.size()}};
    if (node.starts_numbering) item["put_together"] = true;
    if (node.is_layer) {
      item["fields"] = to_json(node.children);
    } else {
      if (node.is_number) item["number"] = node.number;
      if (!node.value.empty()) item["value"] = node.value;
      item["octets"] = hex(node.octets, 0, node.octets.size(), "");
    }
    list.push_back(std::move(item));
  }
  return list;
}

}  // namespace tollgate::cli
