#include "cli/rules_difference.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace tollgate::cli {
namespace {

using Json = nlohmann::ordered_json;
using rules::PolicyLine;
using rules::Rule;
using rules::Ruleset;

/// What stands at a place in one of the files; null where that is not known.
Json written(const std::vector<rules::File>& files, const rules::Place& place) {
  for (const rules::File& file : files) {
    if (file.name == place.file) return entry_at(file.content, place);
  }
  return nullptr;
}

Json shown(const Rule& rule, const WrittenRules& of) {
  Json labels = Json::array();
  for (const rules::LabelId label : rule.labels) labels.push_back(of.version.ruleset->tests.labels()[label]);
  return {{"id", rule.id},
          {"rev", rule.rev},
          {"name", rule.name},
          {"state", to_string(rule.state)},
          {"labels", std::move(labels)},
          {"yaml", written(of.files.rules, rule.place)}};
}

/// Counts from 1.
Json shown(const PolicyLine& line, std::size_t position, const WrittenRules& of) {
  return {{"name", line.name}, {"position", position}, {"yaml", written(of.files.policy, line.place)}};
}

/// Whether one was written otherwise than the other; false where one of the two is not known.
bool is_rewritten(const Json& then, const Json& now) {
  return !then.at("yaml").is_null() && !now.at("yaml").is_null() && then.at("yaml") != now.at("yaml");
}

/// The same of what is known without the files.
bool is_other(const Json& then, const Json& now) {
  return std::any_of(then.items().begin(), then.items().end(), [&](const auto& member) {
    return member.key() != "yaml" && member.value() != now.at(member.key());
  });
}

Json rules_changed(const WrittenRules& before, const WrittenRules& after) {
  Json added = Json::array();
  Json removed = Json::array();
  Json changed = Json::array();
  for (const Rule& rule : after.version.ruleset->rules) {
    const Rule* const old = find_rule(*before.version.ruleset, rule.id);
    Json now = shown(rule, after);
    if (old == nullptr) {
      added.push_back(std::move(now));
      continue;
    }
    Json then = shown(*old, before);
    if (is_other(then, now) || is_rewritten(then, now))
      changed.push_back({{"id", rule.id}, {"before", std::move(then)}, {"after", std::move(now)}});
  }
  for (const Rule& rule : before.version.ruleset->rules)
    if (find_rule(*after.version.ruleset, rule.id) == nullptr) removed.push_back(shown(rule, before));
  return {{"added", std::move(added)}, {"removed", std::move(removed)}, {"changed", std::move(changed)}};
}

using Positions = std::map<std::string, std::size_t>;

Positions positions_of(const Ruleset& ruleset) {
  Positions positions;
  for (std::size_t i = 0; i < ruleset.policy.size(); ++i) positions[ruleset.policy[i].name] = i + 1;
  return positions;
}

/// The lines that both have, in the order of one of them.
std::vector<std::string> common(const Ruleset& ruleset, const Positions& other) {
  std::vector<std::string> names;
  for (const PolicyLine& line : ruleset.policy)
    if (other.contains(line.name)) names.push_back(line.name);
  return names;
}

/// The first line that holds decides: where lines that both have stand in another order, those that stand
/// elsewhere among them are changed.
std::set<std::string> moved(const Ruleset& before, const Ruleset& after, const Positions& then,
                            const Positions& now) {
  const std::vector<std::string> old_order = common(before, now);
  const std::vector<std::string> new_order = common(after, then);
  std::set<std::string> names;
  for (std::size_t i = 0; i < new_order.size(); ++i)
    if (old_order[i] != new_order[i]) names.insert(new_order[i]);
  return names;
}

Json policy_changed(const WrittenRules& before, const WrittenRules& after) {
  const Ruleset& old = *before.version.ruleset;
  const Ruleset& set = *after.version.ruleset;
  const Positions then = positions_of(old);
  const Positions now = positions_of(set);
  const std::set<std::string> elsewhere = moved(old, set, then, now);
  Json added = Json::array();
  Json removed = Json::array();
  Json changed = Json::array();
  for (const PolicyLine& line : set.policy) {
    Json new_one = shown(line, now.at(line.name), after);
    const auto found = then.find(line.name);
    if (found == then.end()) {
      added.push_back(std::move(new_one));
      continue;
    }
    Json old_one = shown(old.policy[found->second - 1], found->second, before);
    if (is_rewritten(old_one, new_one) || elsewhere.contains(line.name))
      changed.push_back({{"name", line.name}, {"before", std::move(old_one)}, {"after", std::move(new_one)}});
  }
  for (const PolicyLine& line : old.policy)
    if (!now.contains(line.name)) removed.push_back(shown(line, then.at(line.name), before));
  return {{"added", std::move(added)}, {"removed", std::move(removed)}, {"changed", std::move(changed)}};
}

/// What a list is called, and what stands in it; by the name of the list.
using Lists = std::map<std::string, const rules::List*>;

Lists lists_of(const Ruleset& ruleset) {
  Lists lists;
  for (const rules::NamedList& named : ruleset.lists) lists[named.name] = named.list.get();
  return lists;
}

/// The content of the file of a list; null where that is not known.
const std::string* file_of(const Ruleset& ruleset, const std::string& list, const rules::RuleFiles& files) {
  for (const rules::NamedList& named : ruleset.lists) {
    if (named.name != list) continue;
    for (const rules::File& file : files.lists)
      if (file.name == named.file) return &file.content;
  }
  return nullptr;
}

/// Where it is not known what was written: as far as their sizes tell.
bool is_same(const std::string& list, const WrittenRules& before, const WrittenRules& after) {
  const std::string* const old = file_of(*before.version.ruleset, list, before.files);
  const std::string* const now = file_of(*after.version.ruleset, list, after.files);
  if (old != nullptr && now != nullptr) return *old == *now;
  return lists_of(*before.version.ruleset).at(list)->size() ==
         lists_of(*after.version.ruleset).at(list)->size();
}

Json lists_changed(const WrittenRules& before, const WrittenRules& after) {
  const Lists then = lists_of(*before.version.ruleset);
  const Lists now = lists_of(*after.version.ruleset);
  std::set<std::string> names;
  for (const Lists* lists : {&then, &now})
    for (const auto& [name, list] : *lists) names.insert(name);
  Json changed = Json::array();
  for (const std::string& name : names) {
    const auto old = then.find(name);
    const auto set = now.find(name);
    if (old != then.end() && set != now.end() && is_same(name, before, after)) continue;
    changed.push_back({{"list", name},
                       {"before", old == then.end() ? Json() : Json(old->second->size())},
                       {"after", set == now.end() ? Json() : Json(set->second->size())}});
  }
  return changed;
}

Json named(const WrittenRules& of) {
  const bool known = !of.files.rules.empty() || !of.files.policy.empty();
  return {{"version", of.version.number}, {"ruleset", of.version.ruleset->name}, {"written", known}};
}

}  // namespace

std::string entry_at(std::string_view yaml, const rules::Place& place) {
  std::string entry;
  std::size_t dash = 0;
  std::size_t blank = 0;  // octets of blank lines at the end
  for (std::uint32_t number = 1; !yaml.empty(); ++number) {
    const std::size_t end = std::min(yaml.find('\n'), yaml.size() - 1) + 1;
    const std::string_view line = yaml.substr(0, end);
    yaml.remove_prefix(end);
    if (number < place.line) continue;
    const std::size_t begin = line.find_first_not_of(" \r\n");
    if (number == place.line) dash = begin;
    else if (begin != line.npos && begin <= dash) break;
    entry += line;
    blank = begin == line.npos ? blank + line.size() : 0;
  }
  entry.resize(entry.size() - blank);
  return entry;
}

Json difference(const WrittenRules& before, const WrittenRules& after) {
  return {{"from", named(before)},
          {"to", named(after)},
          {"rules", rules_changed(before, after)},
          {"policy", policy_changed(before, after)},
          {"lists", lists_changed(before, after)}};
}

}  // namespace tollgate::cli
