#include "rules/load.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <xxhash.h>

#include "rules/policy_reader.hpp"
#include "rules/rule_reader.hpp"

namespace tollgate::rules {
namespace {

namespace fs = std::filesystem;

/// The files of `folder` whose names end so, in the order of their names.
std::vector<fs::path> files_of(const fs::path& folder, std::initializer_list<std::string_view> endings) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename();
    const bool fits =
        std::find(endings.begin(), endings.end(), entry.path().extension().string()) != endings.end();
    if (fits && !name.starts_with('.') && !entry.is_directory()) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void add_file(const fs::path& path, std::vector<File>& to, Findings& findings) {
  try {
    to.push_back({path.string(), read_file(path.string())});
  } catch (const std::system_error& error) {
    findings.error({path.string(), 0, 0}, error.what());
  }
}

/// Says which files are never read, as a file of another ending is easily taken for one that is.
void warn_of_others(const fs::path& folder, Findings& findings) {
  for (const fs::path& path : files_of(folder, {".yml"}))
    findings.warning({path.string(), 0, 0}, "is not read; rules stand in files that end in .yaml");
}

/// What never changes and takes long to make: made once, when it is first asked for.
template <class T>
std::shared_ptr<const T> shared() {
  static const auto made = std::make_shared<const T>();
  return made;
}

class Loader {
 public:
  Loader(const LoadOptions& options, Findings& findings)
      : options_(options),
        findings_(findings),
        ruleset_(std::make_shared<Ruleset>()),
        fold_(shared<FoldTables>()) {}

  std::shared_ptr<const Ruleset> load(const RuleFiles& files) {
    Ruleset& set = *ruleset_;
    set.home = options_.home;
    set.signals = options_.signals;
    set.fold = fold_;
    set.suffixes = shared<PublicSuffixes>();
    set.name = digest(files);
    read_lists(files);
    Vocabulary words{set.tests, set.lists, set.signals, set.home, *fold_, folded_, false};
    for (const File& file : files.rules) {
      YamlReader reader(file.name, findings_);
      if (const auto root = reader.parse(file.content)) read_rules(reader, words, *root, set.rules);
    }
    for (const File& file : files.policy) {
      YamlReader reader(file.name, findings_);
      if (const auto root = reader.parse(file.content)) set.policy = read_policy(reader, words, *root);
    }
    if (!files.operators.empty())
      set.operators =
          read_operators(files.operators.front().content, files.operators.front().name, findings_);
    check_ids();
    check_labels();
    if (!files.accounts) check_lists();
    if (!findings_.any_error()) compile();
    findings_.sort();
    if (findings_.any_error()) return nullptr;
    if (words.recipient_zone) set.zones = shared<CountryZones>();
    std::sort(set.rules.begin(), set.rules.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
    lay_out(set);
    return ruleset_;
  }

 private:
  void read_lists(const RuleFiles& files) {
    for (const File& file : files.lists) {
      const std::string name = fs::path(file.name).stem();
      if (name == "home")
        findings_.error({file.name, 0, 0}, "`@home` is the own network's numbers; name the list otherwise");
      const auto same = std::find_if(ruleset_->lists.begin(), ruleset_->lists.end(),
                                     [&](const NamedList& l) { return l.name == name; });
      if (same != ruleset_->lists.end()) {
        findings_.error({file.name, 0, 0},
                        fmt::format("the list `@{}` stands in {} already", name, same->file));
        continue;
      }
      ruleset_->lists.push_back(
          {name, file.name, read_list(file.content, file.name, findings_, fold_.get()), false});
    }
    for (const NamedList& list : ruleset_->lists) {
      if (list.name != "url-shorteners" || list.list == nullptr) continue;
      if (list.list->type() == ListType::host) ruleset_->shorteners = list.list.get();
      else findings_.error({list.file, 1, 1}, "`@url-shorteners` has to be a list of type host");
    }
  }

  void check_ids() {
    std::map<std::uint32_t, const Rule*> seen;
    for (const Rule& rule : ruleset_->rules) {
      const auto [before, is_new] = seen.emplace(rule.id, &rule);
      if (!is_new)
        findings_.error(rule.place, fmt::format("id {} is taken by the rule in {}; give this one another",
                                                rule.id, to_string(before->second->place)));
    }
  }

  /// A label that the policy asks for and no rule gives is most likely misspelt.
  void check_labels() {
    std::set<LabelId> given;
    for (const Rule& rule : ruleset_->rules) given.insert(rule.labels.begin(), rule.labels.end());
    for (const PolicyLine& line : ruleset_->policy) check_labels(line, line.when, given);
  }
  void check_labels(const PolicyLine& line, const Condition& when, const std::set<LabelId>& given) {
    for (const Condition& child : when.children) check_labels(line, child, given);
    if (when.kind != Condition::Kind::test) return;
    const Test& test = ruleset_->tests[when.test];
    if (test.op != Op::label || given.contains(test.other)) return;
    std::vector<std::string_view> names;
    names.reserve(given.size());
    for (const LabelId label : given) names.push_back(ruleset_->tests.labels()[label]);
    const std::string& name = ruleset_->tests.labels()[test.other];
    const std::string_view meant = nearest(name, names);
    findings_.warning({line.place.file, when.line, when.column},
                      meant.empty()
                          ? fmt::format("no rule gives the label `{}`", name)
                          : fmt::format("no rule gives the label `{}`; did you mean `{}`?", name, meant));
  }

  void check_lists() {
    for (const NamedList& list : ruleset_->lists) {
      if (!list.used) findings_.warning({list.file, 0, 0}, fmt::format("no rule names `@{}`", list.name));
    }
  }

  void compile() {
    for (const auto& [id, of_field] : ruleset_->tests.patterns()) {
      auto compiled = Matcher::compile(of_field.patterns, options_.cache);
      for (const Refusal& refusal : compiled.refused) refuse(of_field.uses[refusal.pattern], refusal);
      ruleset_->matchers[index(id)] = std::move(compiled.matcher);
    }
  }

  /// A finding for each place where the pattern stands.
  void refuse(const std::vector<FieldPatterns::Use>& uses, const Refusal& refusal) {
    for (const FieldPatterns::Use& use : uses) {
      const std::string& written = ruleset_->tests[use.test].written;
      const bool anything = refusal.reason.find("empty buffer") != std::string::npos;
      const std::string text =
          fmt::format("the pattern {} cannot be used: {}{}", written,
                      anything ? "it stands in every text, the empty one too; " : "", refusal.reason);
      for (const Rule& rule : ruleset_->rules) refuse(rule.place.file, rule.when, use.test, text);
      for (const PolicyLine& line : ruleset_->policy) refuse(line.place.file, line.when, use.test, text);
    }
  }
  void refuse(const std::string& file, const Condition& condition, TestId test, const std::string& text) {
    if (condition.kind == Condition::Kind::test && condition.test == test)
      findings_.error({file, condition.line, condition.column}, text);
    for (const Condition& child : condition.children) refuse(file, child, test, text);
  }

  const LoadOptions& options_;
  Findings& findings_;
  std::shared_ptr<Ruleset> ruleset_;
  std::shared_ptr<const FoldTables> fold_;
  FoldedText folded_{4096};
};

}  // namespace

std::string digest(const RuleFiles& files) {
  XXH3_state_t* state = XXH3_createState();
  XXH3_128bits_reset(state);
  for (const auto* group : {&files.rules, &files.policy, &files.lists, &files.operators}) {
    for (const File& file : *group) {
      const std::string head =
          fmt::format("{} {}\n", fs::path(file.name).filename().string(), file.content.size());
      XXH3_128bits_update(state, head.data(), head.size());
      XXH3_128bits_update(state, file.content.data(), file.content.size());
    }
  }
  const XXH128_hash_t hash = XXH3_128bits_digest(state);
  XXH3_freeState(state);
  return fmt::format("{:016x}", hash.high64);
}

RuleFiles read_rule_files(const fs::path& folder, Findings& findings) {
  RuleFiles files;
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    findings.error({folder.string(), 0, 0}, error ? error.message() : "is not a folder");
    return files;
  }
  for (const fs::path& path : files_of(folder, {".yaml"})) {
    if (path.filename() == accounts_file) files.accounts = true;
    else add_file(path, path.filename() == "policy.yaml" ? files.policy : files.rules, findings);
  }
  warn_of_others(folder, findings);
  if (files.policy.empty() && !findings.any_error())
    findings.warning({(folder / "policy.yaml").string(), 0, 0}, "is not there: every message passes");
  for (const fs::path& path : files_of(folder / "lists", {".txt", ".csv"}))
    add_file(path, files.lists, findings);
  if (fs::exists(folder / "operators.csv", error))
    add_file(folder / "operators.csv", files.operators, findings);
  return files;
}

std::shared_ptr<const Ruleset> load(const RuleFiles& files, const LoadOptions& options, Findings& findings) {
  return Loader(options, findings).load(files);
}

std::shared_ptr<const Ruleset> load(const fs::path& folder, const LoadOptions& options, Findings& findings) {
  const RuleFiles files = read_rule_files(folder, findings);
  if (findings.any_error()) return nullptr;
  return load(files, options, findings);
}

}  // namespace tollgate::rules
