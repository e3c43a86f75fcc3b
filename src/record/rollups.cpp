#include "record/rollups.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "message/countries.hpp"
#include "message/origin_name.hpp"
#include "record/mask.hpp"

namespace tollgate::record {
namespace {

constexpr std::uint64_t minute_ns = 60'000'000'000;
constexpr std::uint64_t hour_ns = 60 * minute_ns;
constexpr std::size_t most_value_octets = 1000;

// A cell while it is counted: its minute, its cube, and each of its values behind two octets of its length.
constexpr std::size_t cube_place = sizeof(std::uint64_t);
constexpr std::size_t head_octets = cube_place + 1;

/// So much of a text as there is room for, without half a character at its end.
std::string_view cut(std::string_view text) {
  if (text.size() <= most_value_octets) return text;
  std::size_t size = most_value_octets;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

void put(std::string& to, std::string_view value) {
  value = cut(value);
  to.push_back(static_cast<char>(value.size() & 0xFFU));
  to.push_back(static_cast<char>(value.size() >> 8U));
  to.append(value);
}

std::string_view take_value(std::string_view& from) {
  const std::size_t size =
      static_cast<unsigned char>(from[0]) + (std::size_t{static_cast<unsigned char>(from[1])} << 8U);
  const std::string_view value = from.substr(2, size);
  from.remove_prefix(2 + size);
  return value;
}

RollupBatch::Cell decoded(std::string_view encoded, const Measures& measures) {
  RollupBatch::Cell cell{.measures = measures};
  std::memcpy(&cell.minute, encoded.data(), sizeof cell.minute);
  cell.cube = static_cast<Cube>(encoded[cube_place]);
  encoded.remove_prefix(head_octets);
  for (std::string& value : cell.key) value = take_value(encoded);
  return cell;
}

Measures measures_of(const Message& message) {
  const Judgement& judgement = message.judgement;
  Measures measures{.messages = message.parts.total == 0 || message.parts.seq == 1 ? 1 : 0, .parts = 1};
  if (judgement.charged && !judgement.charged_before) {
    measures.paid = 1;
    measures.charged = judgement.amount;
    measures.fees = judgement.fees;
  }
  if (judgement.leaked != 0) {
    measures.leaks = 1;
    measures.leaked = judgement.leaked;
  }
  return measures;
}

std::string_view operator_of(const Message& message) {
  return message.service_centre_operator.empty() ? message.origin.operator_name
                                                 : message.service_centre_operator;
}

std::string_view country_of_origin(const Message& message) {
  const std::string_view of_centre = country_of(message.service_centre);
  if (!of_centre.empty()) return of_centre;
  if (!message.origin.country.empty()) return message.origin.country;
  return message.origin.gt_begins_with_country_code ? country_of(message.origin.gt) : std::string_view{};
}

/// In order, each once, a space between two.
void join(std::span<const std::string_view> labels, std::string& to) {
  constexpr std::size_t most = 32;
  std::array<std::string_view, most> sorted;
  const std::size_t count = std::min(labels.size(), most);
  std::copy_n(labels.begin(), count, sorted.begin());
  std::sort(sorted.begin(), sorted.begin() + count);
  to.clear();
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) to.push_back(' ');
    to.append(sorted[i]);
  }
}

}  // namespace

Rollups::Rollups(const PrivacySettings& privacy, std::size_t names)
    : numbers_(privacy.numbers), senders_(names), origins_(names), accounts_(names) {
  if (numbers_ == ShownNumbers::pseudonyms) pseudonyms_.emplace(read_pseudonym_key(privacy.key));
}

std::string_view Rollups::sender_of(const Message& message) {
  const Address& sender = message.sender;
  const std::string_view known = sender.number.empty() ? sender.address : sender.number;
  if (numbers_ == ShownNumbers::full || known.empty() || is_name(known)) return known;
  if (pseudonyms_) {
    hidden_.resize(Pseudonyms::length);
    pseudonyms_->write(known, std::span<char, Pseudonyms::length>(hidden_));
    return hidden_;
  }
  const std::string_view country = country_of(sender.number);
  hidden_.assign(country.empty() ? "(numbers" : "(numbers of ").append(country).push_back(')');
  return hidden_;
}

/// The name, or what stands for those that find no room.
std::string_view Rollups::admitted(std::string_view name, FrequentNames& names, const Message& message,
                                   bool has_room) {
  if (name.empty()) return name;
  return names.admit(name, message.time_ns / hour_ns) && has_room ? name : others;
}

void Rollups::write_common(const Message& message, bool has_room) {
  const Judgement& judgement = message.judgement;
  const std::uint64_t minute = message.time_ns / minute_ns;
  encoded_.resize(head_octets);
  std::memcpy(encoded_.data(), &minute, sizeof minute);
  join(judgement.labels, labels_);
  for (const std::string_view value :
       {message.route, to_string(message.direction), to_string(message.protocol), message.operation,
        operator_of(message), country_of_origin(message),
        admitted(message.origin.account, accounts_, message, has_room), std::string_view(labels_),
        judgement.ruleset.empty() ? std::string_view{} : to_string(judgement.verdict), judgement.policy,
        judgement.charge_refused, judgement.currency})
    put(encoded_, value);
  common_end_ = encoded_.size();
}

/// `own` are the cube's values behind those that all have.
void Rollups::count(Cube cube, const Measures& measures, std::initializer_list<std::string_view> own) {
  encoded_[cube_place] = static_cast<char>(cube);
  encoded_.resize(common_end_);
  for (const std::string_view value : own) put(encoded_, value);
  if (const auto found = cells_.find(encoded_); found != cells_.end()) {
    found->second += measures;
    return;
  }
  cells_.emplace(encoded_, measures);
}

void Rollups::add(const Message& message) {
  if (message.kind != Kind::message) return;
  const std::lock_guard lock(mutex_);
  const bool has_room = cells_.size() < most_cells;
  const Judgement& judgement = message.judgement;
  const Measures measures = measures_of(message);
  write_common(message, has_room);
  count(Cube::traffic, measures, {"", "", "", ""});
  count(Cube::senders, measures, {admitted(sender_of(message), senders_, message, has_room), "", "", ""});
  for (const RuleHit& hit : judgement.rules) {
    count(Cube::rules, measures, {"", fmt::format_int(hit.id).c_str(), to_string(hit.state), ""});
    std::uint64_t& last = last_hits_[hit.id];
    last = std::max(last, message.time_ns);
  }
  if (judgement.leaked == 0) return;
  const OriginName origin = name_of_origin(message);
  count(Cube::leaks, measures,
        {"", "", "",
         origin.name.empty() ? to_string(origin.kind) : admitted(origin.name, origins_, message, has_room)});
}

void Rollups::add_unread(const Counters& counters, std::span<const Link> links, std::uint64_t time_ns) {
  const std::lock_guard lock(mutex_);
  for (UnreadCount& count : counted_.since_last(counters, links, time_ns))
    unread_.push_back(std::move(count));
}

RollupBatch Rollups::take() {
  RollupBatch batch;
  absl::flat_hash_map<std::string, Measures> cells;
  {
    const std::lock_guard lock(mutex_);
    cells.swap(cells_);
    batch.unread.swap(unread_);
    batch.last_hits.swap(last_hits_);
  }
  batch.cells.reserve(cells.size());
  for (const auto& [encoded, measures] : cells) batch.cells.push_back(decoded(encoded, measures));
  return batch;
}

}  // namespace tollgate::record
