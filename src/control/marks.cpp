#include "control/marks.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sodium.h>

#include "charge/sql.hpp"
#include "charge/sqlite.hpp"
#include "control/hexadecimal.hpp"
#include "control/utc.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;
using charge::sql::Database;

std::unique_ptr<Database> open(const std::string& path) {
  auto database = charge::open_sqlite(path, path);
  database->execute(
      "CREATE TABLE IF NOT EXISTS mark (number INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL UNIQUE,"
      " made_ns INTEGER NOT NULL, wrong INTEGER NOT NULL, mark TEXT NOT NULL) STRICT;"
      "CREATE TABLE IF NOT EXISTS mark_rule (rule INTEGER NOT NULL, number INTEGER NOT NULL,"
      " PRIMARY KEY (rule, number)) STRICT, WITHOUT ROWID;");
  return database;
}

/// What stands in no column of its own.
std::string written(const Mark& mark) {
  Json json{{"by", mark.by},         {"note", mark.note},
            {"time", mark.time},     {"protocol", mark.protocol},
            {"sender", mark.sender}, {"verdict", mark.verdict},
            {"policy", mark.policy}, {"ruleset", mark.ruleset},
            {"labels", mark.labels}, {"rules", mark.rules}};
  if (mark.text) json["text"] = *mark.text;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

constexpr const char* columns = "number, event, made_ns, wrong, mark";

Mark read(const charge::sql::Statement::Rows& rows) {
  Mark mark;
  mark.number = rows.as<std::uint64_t>(0);
  mark.event = rows.text(1);
  mark.made_ns = rows.as<std::uint64_t>(2);
  mark.wrong = static_cast<Wrong>(rows.as<std::uint8_t>(3));
  const Json json = Json::parse(rows.text(4));
  mark.by = json.at("by");
  mark.note = json.at("note");
  mark.time = json.at("time");
  mark.protocol = json.at("protocol");
  mark.sender = json.at("sender");
  mark.verdict = json.at("verdict");
  mark.policy = json.at("policy");
  mark.ruleset = json.at("ruleset");
  mark.labels = json.at("labels").get<std::vector<std::string>>();
  mark.rules = json.at("rules").get<std::vector<std::uint32_t>>();
  if (json.contains("text")) mark.text = json.at("text").get<std::string>();
  return mark;
}

void take_out(Database& database, std::uint64_t number) {
  database.prepare("DELETE FROM mark_rule WHERE number = $1")->run(number);
  database.prepare("DELETE FROM mark WHERE number = $1")->run(number);
}

class Hasher {
 public:
  Hasher() { crypto_generichash_init(&state_, nullptr, 0, crypto_generichash_BYTES); }
  void add(std::string_view text) {
    crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  std::string digits() {
    std::array<unsigned char, crypto_generichash_BYTES> hash{};
    crypto_generichash_final(&state_, hash.data(), hash.size());
    return hexadecimal(hash);
  }

 private:
  crypto_generichash_state state_{};
};

MarkBook::Removed those_before(Database& database, std::uint64_t time_ns,
                               std::vector<std::uint64_t>& numbers) {
  MarkBook::Removed those;
  Hasher hasher;
  const auto statement =
      database.prepare(fmt::format("SELECT {} FROM mark WHERE made_ns < $1 ORDER BY number", columns));
  for (auto rows = statement->on(time_ns); rows.next();) {
    const auto made_ns = rows.as<std::uint64_t>(2);
    hasher.add(fmt::format("{} {} {} {} {}\n", rows.integer(0), rows.text(1), made_ns, rows.integer(3),
                           rows.text(4)));
    those.first_ns = numbers.empty() ? made_ns : std::min(those.first_ns, made_ns);
    those.last_ns = std::max(those.last_ns, made_ns);
    numbers.push_back(rows.as<std::uint64_t>(0));
  }
  those.count = numbers.size();
  those.hash = hasher.digits();
  return those;
}

/// Runs `work`, all of it or nothing.
template <class Work>
auto whole(Database& database, Work&& work) {
  database.begin(Database::Access::write);
  try {
    auto done = work();
    database.commit();
    return done;
  } catch (...) {
    database.rollback();
    throw;
  }
}

record::Reports::Marks counts_in(Database& database) {
  record::Reports::Marks counts;
  if (!database.has_table("mark")) return counts;
  const auto statement = database.prepare(
      "SELECT rule, wrong, COUNT(*) FROM mark_rule JOIN mark USING (number) GROUP BY rule, wrong");
  auto rows = statement->on();
  while (rows.next()) {
    record::MarkCounts& one = counts[rows.as<std::uint32_t>(0)];
    const bool is_positive = static_cast<Wrong>(rows.as<std::uint8_t>(1)) == Wrong::false_positive;
    (is_positive ? one.false_positives : one.false_negatives) = rows.as<std::uint64_t>(2);
  }
  return counts;
}

/// What is hidden is no sender to test with.
bool is_hidden(const std::string& sender) { return sender.find_first_of("*~") != sender.npos; }

/// In double quotes, as JSON has it, which is YAML as well; without what a terminal would act on.
std::string quoted(const std::string& text) {
  const std::string json = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string shown;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto octet = static_cast<unsigned char>(json[i]);
    const auto next = static_cast<unsigned char>(i + 1 < json.size() ? json[i + 1] : 0);
    if (octet == 0x7F) {
      shown += "\\u007f";
    } else if (octet == 0xC2 && next >= 0x80 && next < 0xA0) {
      shown += fmt::format("\\u{:04x}", next);
      ++i;
    } else {
      shown += json[i];
    }
  }
  return shown;
}

std::string test_of(const Mark& mark) {
  const std::string sender =
      mark.sender.empty() || is_hidden(mark.sender) ? "" : fmt::format("sender: {}, ", quoted(mark.sender));
  return fmt::format("- {{text: {}, {}expect: {}}}\n", quoted(*mark.text), sender,
                     mark.wrong == Wrong::false_positive ? "no match" : "match");
}

}  // namespace

std::string_view to_string(Wrong wrong) {
  return wrong == Wrong::false_positive ? "false_positive" : "false_negative";
}

std::optional<Wrong> wrong_of(std::string_view name) {
  for (const Wrong wrong : {Wrong::false_positive, Wrong::false_negative}) {
    if (to_string(wrong) == name) return wrong;
  }
  return std::nullopt;
}

bool MarkBook::is_there() const { return std::filesystem::exists(path_); }

std::optional<std::uint64_t> MarkBook::add(const Mark& mark) {
  const std::lock_guard lock(mutex_);
  const auto database = open(path_);
  return whole(*database, [&]() -> std::optional<std::uint64_t> {
    {
      const auto before = database->prepare("SELECT number FROM mark WHERE event = $1");
      std::optional<std::uint64_t> number;
      if (auto rows = before->on(mark.event); rows.next()) number = rows.as<std::uint64_t>(0);
      if (number) take_out(*database, *number);
    }
    {
      const auto count = database->prepare("SELECT COUNT(*) FROM mark");
      auto rows = count->on();
      rows.next();
      if (rows.as<std::uint64_t>(0) >= most_) return std::nullopt;
    }
    const std::string rest = written(mark);
    database->prepare("INSERT INTO mark (event, made_ns, wrong, mark) VALUES ($1, $2, $3, $4)")
        ->run(mark.event, mark.made_ns, static_cast<std::int64_t>(mark.wrong), rest);
    std::uint64_t number = 0;
    {
      const auto made = database->prepare("SELECT number FROM mark WHERE event = $1");
      auto rows = made->on(mark.event);
      rows.next();
      number = rows.as<std::uint64_t>(0);
    }
    const auto rule = database->prepare("INSERT OR IGNORE INTO mark_rule (rule, number) VALUES ($1, $2)");
    for (const std::uint32_t id : mark.rules) rule->run(id, number);
    return number;
  });
}

std::vector<Mark> MarkBook::find(const Asked& asked) const {
  const std::lock_guard lock(mutex_);
  std::vector<Mark> marks;
  if (!is_there()) return marks;
  const auto database = open(path_);
  const auto statement =
      database->prepare(fmt::format("SELECT {} FROM mark WHERE number > $1 AND made_ns >= $2 AND"
                                    " ($3 = 0 OR number IN (SELECT number FROM mark_rule WHERE rule = $3))"
                                    " ORDER BY number LIMIT $4",
                                    columns));
  auto rows = statement->on(asked.after, asked.since_ns, asked.rule, asked.most);
  while (rows.next()) marks.push_back(read(rows));
  return marks;
}

std::optional<Mark> MarkBook::remove(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  if (!is_there()) return std::nullopt;
  const auto database = open(path_);
  return whole(*database, [&]() -> std::optional<Mark> {
    std::optional<Mark> mark;
    {
      const auto statement = database->prepare(fmt::format("SELECT {} FROM mark WHERE number = $1", columns));
      if (auto rows = statement->on(number); rows.next()) mark = read(rows);
    }
    if (mark) take_out(*database, number);
    return mark;
  });
}

MarkBook::Removed MarkBook::remove_before(std::uint64_t time_ns,
                                          const std::function<void(const Removed&)>& note) {
  const std::lock_guard lock(mutex_);
  if (!is_there()) return {};
  const auto database = open(path_);
  return whole(*database, [&] {
    std::vector<std::uint64_t> numbers;
    const Removed removed = those_before(*database, time_ns, numbers);
    if (numbers.empty()) return removed;
    note(removed);
    for (const std::uint64_t number : numbers) take_out(*database, number);
    return removed;
  });
}

record::Reports::Marks MarkBook::counts() const {
  const std::lock_guard lock(mutex_);
  return mark_counts(path_);
}

AuditEntry entry_of(const MarkBook::Removed& removed) {
  return {.who = "tollgate",
          .role = "none",
          .from = "local",
          .what = "retention.removed",
          .before = {{"kind", "marks"},
                     {"records", removed.count},
                     {"first", to_utc_ms(removed.first_ns)},
                     {"last", to_utc_ms(removed.last_ns)},
                     {"blake2b", removed.hash}},
          .after = nullptr};
}

record::Reports::Marks mark_counts(const std::string& path) {
  if (!std::filesystem::exists(path)) return {};
  return counts_in(*charge::open_sqlite_to_read(path));
}

std::string tests_of(const std::vector<Mark>& marks) {
  std::map<std::uint32_t, std::string> by_rule;  // 0: of none
  std::size_t without_text = 0;
  for (const Mark& mark : marks) {
    if (!mark.text) {
      ++without_text;
      continue;
    }
    if (mark.rules.empty()) by_rule[0] += test_of(mark);
    for (const std::uint32_t rule : mark.rules) by_rule[rule] += test_of(mark);
  }
  std::string yaml;
  for (const auto& [rule, tests] : by_rule)
    yaml +=
        (rule == 0 ? std::string("# No rule is named: for a new one\n") : fmt::format("# Rule {}\n", rule)) +
        tests;
  if (without_text != 0)
    yaml += fmt::format("# {} {} no text, and cannot be tested\n", without_text,
                        without_text == 1 ? "mark has" : "marks have");
  return yaml;
}

}  // namespace tollgate::control
