#include "control/audit_line.hpp"

#include <array>
#include <charconv>

#include <fmt/format.h>
#include <sodium.h>

#include "control/utc.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t hash_octets = 32;
constexpr std::string_view before_hash = R"(,"hash":")";
constexpr std::string_view behind_hash = R"("})";

std::string hash_of(std::string_view text) {
  std::array<unsigned char, hash_octets> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  std::string digits;
  for (const unsigned char octet : hash) digits += fmt::format("{:02x}", octet);
  return digits;
}

/// The parts of a line that its hash tells apart.
struct Parts {
  std::string_view hashed;
  std::string_view hash;
};

Parts parts_of(std::string_view line) {
  const std::size_t behind = behind_hash.size() + 2 * hash_octets;
  if (line.size() <= behind + before_hash.size() || !line.ends_with(behind_hash))
    throw AuditError("it does not end with a hash");
  const std::string_view hashed = line.substr(0, line.size() - behind - before_hash.size());
  if (line.substr(hashed.size(), before_hash.size()) != before_hash)
    throw AuditError("it does not end with a hash");
  return {hashed, line.substr(hashed.size() + before_hash.size(), 2 * hash_octets)};
}

struct Line {
  AuditEnd end;
  std::string hash_before;
};

Line read(std::string_view line) {
  const Parts parts = parts_of(line);
  if (hash_of(parts.hashed) != parts.hash) throw AuditError("it was changed: its hash is another");
  const Json json = Json::parse(line, nullptr, false);
  const auto number = json.find("number");
  const auto before = json.find("hash_before");
  if (!json.is_object() || number == json.end() || !number->is_number_unsigned() || before == json.end() ||
      !before->is_string())
    throw AuditError("it is not a line of an audit log");
  return {{number->get<std::uint64_t>(), std::string(parts.hash)}, before->get<std::string>()};
}

}  // namespace

std::uint64_t audit_number_of(std::string_view line) {
  constexpr std::string_view begin = R"({"number":)";
  std::uint64_t number = 0;
  if (line.starts_with(begin)) std::from_chars(line.data() + begin.size(), line.data() + line.size(), number);
  return number;
}

std::string audit_line(const AuditEntry& entry, std::uint64_t time_ns, AuditEnd& end) {
  Json json;
  json["number"] = end.number + 1;
  json["time"] = to_utc_ms(time_ns);
  json["who"] = entry.who;
  json["role"] = entry.role;
  json["from"] = entry.from;
  json["what"] = entry.what;
  json["before"] = entry.before;
  json["after"] = entry.after;
  json["hash_before"] = end.hash;
  std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  line.pop_back();  // the brace
  std::string hash = hash_of(line);
  line.append(before_hash).append(hash).append(behind_hash);
  if (line.size() > longest_audit_line)
    throw AuditError(fmt::format("a line of {} octets is too long for the audit log", line.size()));
  end = {end.number + 1, std::move(hash)};
  return line;
}

AuditEnd audit_end_at(std::string_view line) { return read(line).end; }

AuditEnd audit_end_before(std::string_view line) {
  Line found = read(line);
  return {found.end.number - 1, std::move(found.hash_before)};
}

void follow_audit(std::string_view line, AuditEnd& end) {
  Line next = read(line);
  if (next.end.number != end.number + 1)
    throw AuditError(fmt::format("its number is {}; expected {}", next.end.number, end.number + 1));
  if (next.hash_before != end.hash) throw AuditError("it does not follow the line before it");
  end = std::move(next.end);
}

}  // namespace tollgate::control
