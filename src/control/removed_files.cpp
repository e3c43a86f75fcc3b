#include "control/removed_files.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view what = "retention.removed";

}  // namespace

AuditEntry entry_of(const RemovedFile& file) {
  Json before{{"kind", file.kind}, {"file", file.file}, {"octets", file.octets}, {"records", file.records}};
  if (!file.first.empty()) before.update({{"first", file.first}, {"last", file.last}});
  before["blake2b"] = file.hash;
  if (file.audit_end)
    before.update({{"last_number", file.audit_end->number}, {"last_hash", file.audit_end->hash}});
  return {.who = "tollgate",
          .role = "none",
          .from = "local",
          .what = std::string(what),
          .before = std::move(before),
          .after = nullptr};
}

std::optional<AuditEnd> removed_audit_end(std::string_view line) {
  if (line.find(what) == line.npos) return std::nullopt;
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object() || json.value("what", Json()) != what || !json.contains("before"))
    return std::nullopt;
  const Json& before = json["before"];
  if (!before.is_object() || before.value("kind", Json()) != "audit") return std::nullopt;
  const Json number = before.value("last_number", Json());
  const Json hash = before.value("last_hash", Json());
  if (!number.is_number_unsigned() || !hash.is_string()) return std::nullopt;
  return AuditEnd{number.get<std::uint64_t>(), hash.get<std::string>()};
}

}  // namespace tollgate::control
