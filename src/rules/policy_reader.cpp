#include "rules/policy_reader.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "decode/map_names.hpp"
#include "decode/smpp_names.hpp"
#include "rules/reach.hpp"

namespace tollgate::rules {
namespace {

// Errors whose parameter may be left out, of each operation that carries or routes a short message: TS 29.002
// 7.6.1, 12.1 to 12.3 and 17.6.6; of MAP version 1 and 2, GSM 09.02. sm-DeliveryFailure is missing: its
// cause is mandatory.
struct AllowedErrors {
  std::string_view operation;
  unsigned first_version;
  unsigned last_version;
  std::vector<std::string_view> errors;
};

const std::vector<AllowedErrors>& allowed_errors() {
  static const std::vector<AllowedErrors> all{
      {"mo-forwardSM", 1, 3, {"systemFailure", "unexpectedDataValue", "facilityNotSupported"}},
      {"mt-forwardSM",
       1,
       1,
       {"systemFailure", "dataMissing", "unexpectedDataValue", "facilityNotSupported",
        "unidentifiedSubscriber", "illegalSubscriber", "absentSubscriber"}},
      {"mt-forwardSM",
       2,
       2,
       {"systemFailure", "dataMissing", "unexpectedDataValue", "facilityNotSupported",
        "unidentifiedSubscriber", "illegalSubscriber", "illegalEquipment", "absentSubscriber",
        "subscriberBusyForMT-SMS"}},
      {"mt-forwardSM",
       3,
       3,
       {"systemFailure", "dataMissing", "unexpectedDataValue", "facilityNotSupported",
        "unidentifiedSubscriber", "illegalSubscriber", "illegalEquipment", "absentSubscriberSM",
        "subscriberBusyForMT-SMS"}},
      {"mt-forwardSM-VGCS", 3, 3, {"systemFailure", "unexpectedDataValue"}},
      {"sendRoutingInfoForSM",
       1,
       2,
       {"systemFailure", "dataMissing", "unexpectedDataValue", "facilityNotSupported", "unknownSubscriber",
        "teleserviceNotProvisioned", "absentSubscriber", "callBarred"}},
      {"sendRoutingInfoForSM",
       3,
       3,
       {"systemFailure", "dataMissing", "unexpectedDataValue", "facilityNotSupported", "unknownSubscriber",
        "teleserviceNotProvisioned", "absentSubscriberSM", "callBarred"}}};
  return all;
}

std::vector<std::string_view> all_errors() {
  std::vector<std::string_view> names;
  for (const AllowedErrors& row : allowed_errors()) {
    for (const std::string_view error : row.errors) {
      if (std::find(names.begin(), names.end(), error) == names.end()) names.push_back(error);
    }
  }
  return names;
}

/// 0 where there is none of that name.
std::uint8_t map_error_code(std::string_view name) {
  unsigned code = 255;
  while (code > 0 && decode::map::error_name(static_cast<std::int32_t>(code)) != name) --code;
  return static_cast<std::uint8_t>(code);
}

/// The code of a command_status, by its name or as a number.
std::optional<std::uint32_t> smpp_status(std::string_view text) {
  constexpr std::uint32_t last_named = 0x4FF;
  for (std::uint32_t status = 1; status <= last_named; ++status) {
    if (decode::smpp::status_name(status) == text) return status;
  }
  const auto number = whole_number(text);
  if (!number || *number == 0 || *number > 0xFFFF'FFFFU) return {};
  return static_cast<std::uint32_t>(*number);
}

class PolicyReader {
 public:
  PolicyReader(YamlReader& reader, Vocabulary& words) : reader_(reader), words_(words) {}

  std::vector<PolicyLine> read(const YAML::Node& root) {
    std::vector<PolicyLine> lines;
    if (!root.IsSequence() || root.size() == 0) {
      reader_.attempt([&] {
        reader_.unexpected(root, "a list of lines such as `- {name: Everything else, then: pass}`");
      });
      return lines;
    }
    const std::size_t before = reader_.findings().errors();
    for (const auto& node : root) reader_.attempt([&] { lines.push_back(line(node)); });
    if (reader_.findings().errors() == before) check_order(lines, root);
    return lines;
  }

 private:
  PolicyLine line(const YAML::Node& node) {
    PolicyLine line;
    line.place = reader_.place(node.Mark());
    bool has_then = false;
    YAML::Node then;
    const bool good = reader_.map(
        node, {},
        std::vector<YamlReader::Key>{
            {"name", [&](const YAML::Node& n) { line.name = reader_.text(n, "a name"); }},
            {"when",
             [&](const YAML::Node& n) { line.when = read_condition(reader_, words_, Asker::policy, n); }},
            {"then", [&](const YAML::Node& n) {
               has_then = true;
               then.reset(n);
             }}});
    if (good && line.name.empty())
      reader_.fail(node.Mark(), "a line without `name`; every verdict names its line");
    if (good && !has_then)
      reader_.fail(node.Mark(), "a line without `then`; expected an action, such as `then: pass`");
    if (has_then) line.action = action(then, line.when);
    return line;
  }

  Action action(const YAML::Node& node, const Condition& when) {
    constexpr std::string_view actions = "pass, block, charge, throttle, divert";
    Action action;
    bool chosen = false;
    YAML::Node otherwise;
    const auto choose = [&](const YAML::Mark& mark, std::string_view name) {
      if (chosen)
        reader_.fail(mark, fmt::format("`{}` is a second action; expected one of {}", name, actions));
      chosen = true;
    };
    if (node.IsScalar()) {
      const std::vector<std::string_view> plain{"pass", "block"};
      if (node.Scalar() == "block") action.verdict = Verdict::block;
      else if (node.Scalar() == "charge")
        reader_.fail(node.Mark(), "a charge without a tariff; expected such as {charge: domestic}");
      else if (node.Scalar() == "throttle")
        reader_.fail(node.Mark(),
                     "a throttle without a limit; expected such as {throttle: {per: minute, limit: 100}}");
      else if (node.Scalar() == "divert")
        reader_.fail(node.Mark(), "a divert without a number; expected such as {divert: 447700900999}");
      else if (node.Scalar() != "pass")
        reader_.unknown(node.Mark(), "action", node.Scalar(), {},
                        {"pass", "block", "charge", "throttle", "divert"});
      return action;
    }
    const auto starts = [&](std::string_view name, auto&& read) {
      return YamlReader::Key{name, [&choose, name, read](const YAML::Node& n) {
                               choose(n.Mark(), name);
                               read(n);
                             }};
    };
    if (!node.IsMap()) reader_.unexpected(node, fmt::format("an action: one of {}", actions));
    const bool good =
        reader_.map(node, "then",
                    {starts("pass", [&](const YAML::Node&) { action.verdict = Verdict::pass; }),
                     starts("block", [&](const YAML::Node& n) { block(n, action, when); }),
                     starts("charge",
                            [&](const YAML::Node& n) {
                              action.verdict = Verdict::charge;
                              action.tariff = reader_.text(n, "the name of a tariff");
                              if (!is_name(action.tariff))
                                reader_.unexpected(n, "the name of a tariff: small letters, digits, - and _");
                            }),
                     starts("throttle", [&](const YAML::Node& n) { throttle(n, action); }),
                     starts("divert", [&](const YAML::Node& n) { divert(n, action, when); }),
                     {"or", [&](const YAML::Node& n) { otherwise.reset(n); }},
                     {"alert", [&](const YAML::Node& n) { action.alert = reader_.flag(n); }}});
    if (!chosen && good) reader_.fail(node.Mark(), fmt::format("no action; expected one of {}", actions));
    if (otherwise.IsDefined() && !otherwise.IsNull()) {
      if (action.verdict != Verdict::charge && action.verdict != Verdict::divert)
        reader_.fail(otherwise.Mark(), fmt::format("`or` belongs to charge and divert; a {} cannot fail",
                                                   to_string(action.verdict)));
      action.otherwise = std::make_unique<Action>(this->action(otherwise, when));
      if (action.otherwise->verdict == Verdict::charge || action.otherwise->verdict == Verdict::divert)
        reader_.fail(otherwise.Mark(),
                     "`or` cannot charge or divert again; expected pass, block or throttle");
    }
    return action;
  }

  void block(const YAML::Node& node, Action& action, const Condition& when) {
    action.verdict = Verdict::block;
    if (node.IsNull()) return;
    if (!node.IsMap())
      reader_.unexpected(node, "a map of as, smpp_status, map_error, such as {as: rejected}");
    reader_.map(node, "block",
                std::vector<YamlReader::Key>{
                    {"as",
                     [&](const YAML::Node& n) {
                       const std::string as = reader_.text(n, "`rejected` or `accepted`");
                       if (as != "rejected" && as != "accepted")
                         reader_.unexpected(n, "`rejected` or `accepted`");
                       action.accepted = as == "accepted";
                       if (action.accepted) refuse_accepted(n, when);
                     }},
                    {"smpp_status",
                     [&](const YAML::Node& n) {
                       constexpr std::string_view expected =
                           "a command_status such as ESME_RSUBMITFAIL, or its number, not 0";
                       const auto status = smpp_status(reader_.text(n, expected));
                       if (!status) reader_.unexpected(n, expected);
                       action.smpp_status = *status;
                     }},
                    {"map_error", [&](const YAML::Node& n) {
                       action.map_error = reader_.text(n, "the name of a MAP error, such as systemFailure");
                       check_map_error(n, action.map_error, when);
                       action.map_error_code = map_error_code(action.map_error);
                     }}});
    if (action.smpp_status != 0 && !can_hold(words_.tests, when, {"smpp", {}, 0}))
      reader_.warn(node.Mark(), "`smpp_status` is never given: this line does not reach SMPP");
    if (!action.map_error.empty() && !can_hold(words_.tests, when, {"map", {}, 0}))
      reader_.warn(node.Mark(), "`map_error` is never given: this line does not reach MAP");
    if (action.accepted && (action.smpp_status != 0 || !action.map_error.empty()))
      reader_.fail(node.Mark(), "`as: accepted` tells the sender of success: it goes with no error");
  }

  void refuse_accepted(const YAML::Node& node, const Condition& when) {
    if (!can_hold(words_.tests, when, {"map", "sendRoutingInfoForSM", 0})) return;
    reader_.fail(node.Mark(),
                 "`as: accepted` cannot answer a sendRoutingInfoForSM, whose result carries data; add "
                 "`protocol: smpp` or `operation: [mo-forwardSM, mt-forwardSM]` to `when`");
  }

  [[noreturn]] void unknown_map_error(const YAML::Node& node, const std::string& error,
                                      const std::vector<std::string_view>& names) {
    for (std::int32_t code = 0; code < 256; ++code) {
      if (decode::map::error_name(code) == error)
        reader_.fail(node.Mark(),
                     fmt::format("`{}` cannot be given: its parameter is mandatory, or no operation that "
                                 "carries short messages has it; expected one of {}",
                                 error, fmt::join(names, ", ")));
    }
    reader_.unknown(node.Mark(), "MAP error", error, {}, names);
  }

  /// It has to be one that every operation which the line reaches allows.
  void check_map_error(const YAML::Node& node, const std::string& error, const Condition& when) {
    const std::vector<std::string_view> names = all_errors();
    if (std::find(names.begin(), names.end(), error) == names.end()) unknown_map_error(node, error, names);
    for (const AllowedErrors& row : allowed_errors()) {
      for (unsigned version = row.first_version; version <= row.last_version; ++version) {
        if (map_error_allowed(row.operation, version, error)) continue;
        if (!can_hold(words_.tests, when, {"map", row.operation, version})) continue;
        reader_.fail(
            node.Mark(),
            fmt::format("`{}` is no error of {} of MAP version {}, which this line reaches; expected "
                        "one of {}, or an `operation` and `tcap.version` in `when` that allow it",
                        error, row.operation, version, fmt::join(row.errors, ", ")));
      }
    }
  }

  void throttle(const YAML::Node& node, Action& action) {
    action.verdict = Verdict::throttle;
    constexpr std::string_view expected = "{per: minute, limit: 100, by: sender}";
    if (!node.IsMap()) reader_.unexpected(node, expected);
    const bool good = reader_.map(
        node, "throttle",
        std::vector<YamlReader::Key>{
            {"per",
             [&](const YAML::Node& n) {
               const std::string per = reader_.text(n, "second, minute or hour");
               if (per == "second") action.per_seconds = 1;
               else if (per == "minute") action.per_seconds = 60;
               else if (per == "hour") action.per_seconds = 3600;
               else reader_.unexpected(n, "second, minute or hour");
             }},
            {"limit",
             [&](const YAML::Node& n) {
               action.limit = static_cast<std::uint32_t>(
                   reader_.number(n, 1, 1'000'000'000, "a number of messages, 1 or more"));
             }},
            {"by", [&](const YAML::Node& n) {
               constexpr std::array allowed{FieldId::sender, FieldId::recipient, FieldId::origin_gt,
                                            FieldId::origin_account, FieldId::url_host};
               constexpr std::string_view keys = "sender, recipient, origin.gt, origin.account or url.host";
               const auto id = find_field(reader_.text(n, keys));
               if (!id || std::find(allowed.begin(), allowed.end(), *id) == allowed.end())
                 reader_.unexpected(n, keys);
               action.by = *id;
             }}});
    if (good && (action.per_seconds == 0 || action.limit == 0))
      reader_.fail(node.Mark(), fmt::format("a throttle without `per` or `limit`; expected {}", expected));
    if (good) find_signal(node, action);
  }

  /// The plugin `rate` counts what a throttle limits: by origin.gt and minute, in rate.origin_gt_per_minute.
  void find_signal(const YAML::Node& node, Action& action) {
    std::string by(field(action.by).name);
    std::replace(by.begin(), by.end(), '.', '_');
    const std::string_view window = action.per_seconds == 1    ? "second"
                                    : action.per_seconds == 60 ? "minute"
                                                               : "hour";
    const std::string name = fmt::format("rate.{}_per_{}", by, window);
    const auto signal = std::find(words_.signals.begin(), words_.signals.end(), name);
    if (signal == words_.signals.end())
      reader_.fail(node.Mark(),
                   fmt::format("nothing counts for this throttle: it needs the signal {}, and the plugin "
                               "`rate`, which has it, is not loaded",
                               name));
    action.signal = static_cast<std::uint32_t>(signal - words_.signals.begin());
  }

  void divert(const YAML::Node& node, Action& action, const Condition& when) {
    action.verdict = Verdict::divert;
    constexpr std::string_view expected = "the digits of a number, at most 20";
    action.divert_to = reader_.text(node, expected);
    if (action.divert_to.front() == '+') action.divert_to.erase(0, 1);
    if (!all_digits(action.divert_to) || action.divert_to.size() > 20) reader_.unexpected(node, expected);
    if (can_hold(words_.tests, when, {"map", {}, 0}))
      reader_.fail(node.Mark(),
                   "`divert` works on SMPP only, and this line reaches MAP; add `protocol: smpp` to `when`");
  }

  /// The last line decides about all that is left; no line before it does.
  void check_order(const std::vector<PolicyLine>& lines, const YAML::Node& root) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const Condition& when = lines[i].when;
      const bool always = when.kind == Condition::Kind::all && when.children.empty();
      const bool last = i + 1 == lines.size();
      const auto mark = root[i].Mark();
      reader_.attempt([&] {
        if (last && !always)
          reader_.fail(
              mark,
              "the last line has a condition; add a line without `when`, such as `- {name: Everything "
              "else, then: pass}`");
        if (!last && always)
          reader_.fail(mark, fmt::format("this line has no `when`: the {} after it can never decide",
                                         lines.size() - i - 1 == 1 ? "line" : "lines"));
        for (std::size_t j = 0; j < i; ++j) {
          if (lines[j].name == lines[i].name)
            reader_.fail(mark,
                         fmt::format("the name `{}` is taken by line {}; verdicts tell lines by their names",
                                     lines[i].name, lines[j].place.line));
        }
      });
      if (const auto id = contradiction(words_.tests, when))
        reader_.warn(mark,
                     fmt::format("this line can never decide: its conditions on `{}` exclude each other",
                                 field(*id).name));
    }
  }

  YamlReader& reader_;
  Vocabulary& words_;
};

}  // namespace

bool map_error_allowed(std::string_view operation, unsigned version, std::string_view error) {
  return std::any_of(allowed_errors().begin(), allowed_errors().end(), [&](const AllowedErrors& row) {
    const bool of_version = version == 0 || (version >= row.first_version && version <= row.last_version);
    return row.operation == operation && of_version &&
           std::find(row.errors.begin(), row.errors.end(), error) != row.errors.end();
  });
}

std::vector<PolicyLine> read_policy(YamlReader& reader, Vocabulary& words, const YAML::Node& root) {
  return PolicyReader(reader, words).read(root);
}

}  // namespace tollgate::rules
