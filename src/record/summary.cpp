#include "record/summary.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tollgate::record {
namespace {

using decode::Layer;
using decode::Reason;

constexpr std::array components{Component::invoke, Component::result, Component::error, Component::reject};

template <class Enum>
std::size_t index(Enum value) {
  return static_cast<std::size_t>(value);
}

std::string_view help(Reason reason) {
  switch (reason) {
    case Reason::truncated: return "ends inside a field";
    case Reason::cut_by_capture: return "the capture holds fewer octets than were on the wire";
    case Reason::bad_length: return "a length contradicts what surrounds it";
    case Reason::bad_checksum: return "wrong checksum: the receiver will drop it";
    case Reason::bad_version: return "a version that no standard defines";
    case Reason::bad_value: return "a value that the standard forbids";
    case Reason::bad_pointer: return "a pointer leaves the message";
    case Reason::bad_tag: return "another element stands where this one is mandatory";
    case Reason::missing_field: return "a mandatory field is absent";
    case Reason::too_deep: return "nested deeper than any real message is";
    case Reason::too_many: return "more elements than the bound allows";
    case Reason::trailing_octets: return "octets after the end of valid data";
    case Reason::unknown_type: return "a message type that the standard does not define";
    case Reason::unsupported: return "recognised, but not read";
  }
  return {};
}

/// Calls `f(name, count, help)` with each decoder's error that occurred: `tcap.truncated`.
template <class F>
void for_each_error(const Counters& counters, F&& f) {
  for (std::size_t layer = 0; layer < decode::layer_count; ++layer) {
    for (std::size_t reason = 0; reason < decode::reason_count; ++reason) {
      const auto l = static_cast<Layer>(layer);
      const auto r = static_cast<Reason>(reason);
      if (const std::uint64_t count = counters.of(l, r); count != 0)
        f(fmt::format("{}.{}", to_string(l), to_string(r)), count, help(r));
    }
  }
}

/// What to do about a capture most of which was not read; empty where nothing is to be done.
std::string_view advice(const Counters& counters) {
  std::uint64_t wrong = 0;
  for (const Layer layer : {Layer::ip, Layer::tcp, Layer::sctp})
    wrong += counters.of(layer, Reason::bad_checksum);
  if (wrong * 2 <= counters.of(Count::packets)) return {};
  return "wrong checksums hide most of this capture; if it was taken at the sending host, where the network "
         "card fills them in, replay it with --ignore-checksums";
}

/// 1234567 as 1,234,567.
std::string grouped(std::uint64_t number) {
  std::string digits = fmt::to_string(number);
  for (std::size_t left = digits.size(); left > 3;) {
    left -= 3;
    digits.insert(left, 1, ',');
  }
  return digits;
}

/// A line of the table: what, how many, and what that means.
void line(std::string& out, std::string_view name, std::uint64_t count, std::string_view meaning = {}) {
  fmt::format_to(std::back_inserter(out), "{:<34}{:>15}", name, grouped(count));
  if (!meaning.empty()) fmt::format_to(std::back_inserter(out), "   {}", meaning);
  out += '\n';
}

void line_unless_zero(std::string& out, std::string_view name, std::uint64_t count,
                      std::string_view meaning = {}) {
  if (count != 0) line(out, name, count, meaning);
}

}  // namespace

void Summary::add(const Message& m) {
  ++by_kind_[index(m.kind)];
  const std::int32_t code = m.operation.empty() ? m.operation_code.value_or(-1) : 0;
  ++operations_[{m.protocol, m.operation, code}][index(m.component)];
  if (m.kind == Kind::response && m.answers_frame != 0) ++answers_;
  if (m.kind != Kind::message) return;
  revenue_.add(m);
  ++by_direction_[index(m.direction)];
  ++by_coding_[index(m.coding)];
  if (m.has_text) ++text_;
  else if (!m.data.empty()) ++binary_;
  if (m.parts.total != 0) ++parts_;
  if (!m.message_text.empty() || !m.message_data.empty()) ++completed_;
}

std::string Summary::table() const {
  std::string out;
  line(out, "packets", counters_.of(Count::packets));
  line(out, "octets", counters_.of(Count::octets));
  line(out, "messages", of(Kind::message), "carry or route a short message");
  line_unless_zero(out, "  mobile originated", by_direction_[index(Direction::mo)]);
  line_unless_zero(out, "  mobile terminated", by_direction_[index(Direction::mt)]);
  line_unless_zero(out, "  with text", text_);
  line_unless_zero(out, "  with binary data", binary_);
  for (std::size_t i = index(Coding::none) + 1; i < by_coding_.size(); ++i)
    line_unless_zero(out, fmt::format("    in {}", to_string(static_cast<Coding>(i))), by_coding_[i]);
  line_unless_zero(out, "  parts of longer messages", parts_);
  line_unless_zero(out, "  longer messages put together", completed_);
  line(out, "responses", of(Kind::response), fmt::format("{} to a request that was seen", grouped(answers_)));
  line(out, "signalling", of(Kind::signalling), "other operations");

  if (!operations_.empty())
    fmt::format_to(std::back_inserter(out), "\n{:<34}{:>15}{:>13}{:>13}{:>13}\n", "operation", "invoke",
                   "result", "error", "reject");
  for (const auto& [operation, count] : operations_) {
    const std::string name = operation.name.empty() && operation.code >= 0
                                 ? fmt::format("operation {}", operation.code)
                             : operation.name.empty() ? "(not known, or a global code)"
                                                      : std::string(operation.name);
    fmt::format_to(std::back_inserter(out), "{:<34}{:>15}{:>13}{:>13}{:>13}\n",
                   fmt::format("{:<5}{}", to_string(operation.protocol), name), grouped(count[0]),
                   grouped(count[1]), grouped(count[2]), grouped(count[3]));
  }

  if (const std::string revenue = revenue_.table(); !revenue.empty()) out += "\n" + revenue;

  std::string rest;
  for (std::size_t i = 0; i < count_count; ++i) {
    const auto count = static_cast<Count>(i);
    if (count != Count::packets && count != Count::octets)
      line_unless_zero(rest, to_string(count), counters_.of(count), tollgate::help(count));
  }
  for_each_error(counters_, [&](const std::string& name, std::uint64_t count, std::string_view meaning) {
    line(rest, name, count, meaning);
  });
  if (!rest.empty()) out += "\nnot read, evicted, lost\n" + rest;
  if (const auto text = advice(counters_); !text.empty())
    fmt::format_to(std::back_inserter(out), "\nadvice: {}\n", text);
  return out;
}

nlohmann::ordered_json Summary::json() const {
  nlohmann::ordered_json out;
  out["messages"] = of(Kind::message);
  out["responses"] = of(Kind::response);
  out["signalling"] = of(Kind::signalling);
  out["answers"] = answers_;
  out["mo"] = by_direction_[index(Direction::mo)];
  out["mt"] = by_direction_[index(Direction::mt)];
  out["text"] = text_;
  out["binary"] = binary_;
  out["parts"] = parts_;
  out["completed"] = completed_;
  auto& codings = out["codings"] = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < by_coding_.size(); ++i) {
    if (by_coding_[i] != 0) codings[std::string(to_string(static_cast<Coding>(i)))] = by_coding_[i];
  }
  auto& operations = out["operations"] = nlohmann::ordered_json::array();
  for (const auto& [operation, counts] : operations_) {
    auto& row = operations.emplace_back();
    row["protocol"] = to_string(operation.protocol);
    row["operation"] = operation.name.empty() ? fmt::to_string(operation.code) : std::string(operation.name);
    for (const Component component : components)
      row[std::string(to_string(component))] = counts[index(component)];
  }
  out["revenue"] = revenue_.json();
  auto& counts = out["counts"] = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < count_count; ++i)
    counts[std::string(to_string(static_cast<Count>(i)))] = counters_.of(static_cast<Count>(i));
  auto& errors = out["errors"] = nlohmann::ordered_json::object();
  for_each_error(counters_, [&](const std::string& name, std::uint64_t count, std::string_view) {
    errors[name] = count;
  });
  if (const auto text = advice(counters_); !text.empty()) out["advice"] = text;
  return out;
}

}  // namespace tollgate::record
