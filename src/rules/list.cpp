#include "rules/list.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include <absl/container/flat_hash_set.h>
#include <fmt/format.h>

#include "rules/csv.hpp"
#include "rules/host_name.hpp"
#include "rules/list_value.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::rules {
namespace {

constexpr std::array<std::string_view, 5> type_names = {"number", "prefix", "sender", "host", "phrase"};

/// The day, from 1970-01-01, of `YYYY-MM-DD`. Nothing where it is no day, or none that 16 bits hold.
std::optional<std::uint16_t> day_of(std::string_view date) {
  if (date.size() != 10 || date[4] != '-' || date[7] != '-') return {};
  const auto number = [&](std::size_t begin, std::size_t count) -> unsigned {
    unsigned value = 0;
    const char* end = date.data() + begin + count;
    return std::from_chars(date.data() + begin, end, value).ptr == end ? value : 0;
  };
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(number(0, 4))),
                                        std::chrono::month(number(5, 2)), std::chrono::day(number(8, 2))};
  if (!day.ok()) return {};
  const auto days = std::chrono::sys_days(day).time_since_epoch().count();
  if (days < 1 || days > 0xFFFF) return {};
  return static_cast<std::uint16_t>(days);
}

constexpr std::string_view first_line_expected =
    "the first line must be `# type: number`, or prefix, sender, host or phrase in its place";

}  // namespace

std::string_view to_string(ListType type) { return type_names[static_cast<std::size_t>(type)]; }

std::size_t List::size() const { return digits_.size() + hosts_and_senders_ + phrases_.size(); }

std::size_t List::octets() const {
  std::size_t octets =
      sizeof *this + digits_.octets() + texts_.octets() + phrases_.capacity() * sizeof(ListedPhrase);
  for (const ListedPhrase& phrase : phrases_) octets += phrase.text.capacity();
  for (const auto& [key, entries] : found_by_) {
    octets += sizeof entries + key.capacity();
    for (const std::string& entry : entries) octets += sizeof entry + entry.capacity();
  }
  return octets;
}

bool List::contains(std::string_view value, std::uint64_t time_ns) const noexcept {
  switch (type_) {
    case ListType::number: {
      const auto day = digits_.find(without_plus(value));
      return day && !expired(static_cast<std::uint16_t>(*day), time_ns);
    }
    case ListType::prefix:
      return contains_prefix(without_plus(value), time_ns, [](std::uint64_t) { return true; });
    case ListType::sender: return contains_text(PlainSender(value).text(), time_ns);
    case ListType::host:
      return any_suffix(PlainHost(value).text(), [&](std::string_view suffix, unsigned labels) {
        return contains_host_entry(suffix, labels, time_ns);
      });
    case ListType::phrase: return false;
  }
  return false;
}

bool List::contains_text(std::string_view key, std::uint64_t time_ns) const noexcept {
  const auto day = texts_.find(key);
  return day && !expired(*day, time_ns);
}

bool List::contains_host_entry(std::string_view host, unsigned labels, std::uint64_t time_ns) const noexcept {
  if ((label_counts_ >> std::min(labels, most_counted_labels) & 1U) == 0) return false;
  return contains_text(host, time_ns);
}

std::optional<std::uint16_t> List::day_of_entry(std::string_view key) const {
  if (type_ == ListType::number || type_ == ListType::prefix) {
    const auto day = digits_.find(key);
    return day ? std::optional(static_cast<std::uint16_t>(*day)) : std::nullopt;
  }
  const auto entries = entries_found_by(key);
  if (!entries.empty() && std::find(entries.begin(), entries.end(), key) == entries.end()) return {};
  return texts_.find(key);
}

std::span<const std::string> List::entries_found_by(std::string_view key) const {
  const auto found = found_by_.find(key);
  if (found == found_by_.end()) return {};
  return found->second;
}

/// Reads the lines of one list.
class ListReader {
 public:
  ListReader(std::string_view content, const std::string& name, Findings& findings, const FoldTables* tables)
      : content_(content),
        name_(name),
        findings_(findings),
        tables_(tables),
        many_(name, findings),
        csv_(content) {}

  std::shared_ptr<const List> read() {
    const std::size_t errors = findings_.errors();
    if (!read_type()) return nullptr;
    const auto lines = static_cast<std::size_t>(std::count(content_.begin(), content_.end(), '\n'));
    if (list_->type_ == ListType::number || list_->type_ == ListType::prefix) {
      list_->digits_ = DigitTable(lines);
    } else if (list_->type_ != ListType::phrase) {
      list_->texts_ = TextTable(lines, content_.size());
    }
    while (csv_.next()) read_line();
    if (findings_.errors() != errors) return nullptr;
    list_->texts_.shrink();
    return list_;
  }

 private:
  bool read_type() {
    std::string_view line = content_.substr(0, std::min(content_.find_first_of("\r\n"), content_.size()));
    if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    const auto trim = [&] {
      const std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
      line.remove_prefix(begin);
      line = line.substr(0, line.find_last_not_of(" \t") + 1);
    };
    trim();
    constexpr std::string_view key = "type:";
    if (line.starts_with('#')) line.remove_prefix(1);
    trim();
    if (!line.starts_with(key)) {
      findings_.error({name_, 1, 1}, std::string(first_line_expected));
      return false;
    }
    line.remove_prefix(key.size());
    trim();
    const auto type = std::find(type_names.begin(), type_names.end(), line);
    if (type == type_names.end()) {
      findings_.error({name_, 1, 1}, fmt::format("a list of type `{}`; {}", line, first_line_expected));
      return false;
    }
    list_->type_ = static_cast<ListType>(type - type_names.begin());
    return true;
  }

  void read_line() {
    if (!csv_.fault().empty()) {
      return error("lines that cannot be read", csv_.fault_column(), [&] { return csv_.fault(); });
    }
    const auto fields = csv_.fields();
    if (csv_.line() == 1 && fields[0].text.starts_with("type:")) return;  // its `#` is missing
    if (fields[0].text == "value" && fields.size() > 1 && fields[1].text == "expires") return;  // a heading
    if (fields.size() > 3) {
      return error("lines with too many fields", fields[3].column, [] {
        return std::string(
            "a fourth field; a line is `value,expires,comment`: put a value or a comment that "
            "contains commas in double quotes");
      });
    }
    std::uint16_t expires = 0;
    if (fields.size() > 1 && !fields[1].text.empty()) {
      const auto day = day_of(fields[1].text);
      if (!day) {
        return error("dates that cannot be read", fields[1].column, [&] {
          return fmt::format(
              "`{}` is not a day on which the entry expires; write YYYY-MM-DD, or leave it empty: "
              "`value,,comment` (a value that contains a comma stands in double quotes)",
              fields[1].text);
        });
      }
      expires = *day;
    }
    read_value(fields[0], expires);
  }

  void read_value(const CsvField& field, std::uint16_t expires) {
    if (field.text.empty()) {
      return error("lines without a value", field.column,
                   [] { return std::string("a line without a value; a line is `value,expires,comment`"); });
    }
    switch (list_->type_) {
      case ListType::number:
      case ListType::prefix: return read_digits(field, expires);
      case ListType::sender: return read_sender(field, expires);
      case ListType::host: return read_host(field, expires);
      case ListType::phrase: return read_phrase(field, expires);
    }
  }

  void read_digits(const CsvField& field, std::uint16_t expires) {
    const auto packed = DigitTable::pack(without_plus(field.text));
    if (!packed) {
      return error("entries that are not digits", field.column,
                   [&] { return why_no_entry(list_->type_, field.text); });
    }
    if (!list_->digits_.insert(*packed, expires)) repeated(field);
  }

  void read_sender(const CsvField& field, std::uint16_t expires) {
    const PlainSender plain(field.text);
    if (!is_sender_entry(plain)) {
      return error("entries that are not senders", field.column,
                   [&] { return why_no_entry(ListType::sender, field.text); });
    }
    if (field.text.size() > 1 && field.text.ends_with('*')) {
      warning("senders that end in `*`", field.column, [&] {
        return fmt::format(
            "`{}` means the sender with a `*` at its end: a list of senders has whole ones; for all "
            "that begin so, write `sender: {}` in the rule, or use a list of `# type: prefix`",
            field.text, field.text);
      });
    }
    if (!list_->texts_.insert(plain.text(), expires)) {
      note_entry_of_its_own(plain.text());
      return repeated(field);
    }
    ++list_->hosts_and_senders_;
    if (tables_ == nullptr) return;
    const std::string_view folded = folded_sender(*tables_, plain.text(), folded_);
    if (folded.empty()) return;
    const bool is_new = list_->texts_.insert(folded, expires);
    auto& entries = list_->found_by_[std::string(folded)];
    if (!is_new && entries.empty()) entries.emplace_back(folded);
    entries.emplace_back(plain.text());
  }

  /// Of a sender by which another is found, too.
  void note_entry_of_its_own(std::string_view plain) {
    const auto found = list_->found_by_.find(plain);
    if (found == list_->found_by_.end()) return;
    if (std::find(found->second.begin(), found->second.end(), plain) == found->second.end())
      found->second.emplace_back(plain);
  }

  void read_host(const CsvField& field, std::uint16_t expires) {
    const auto forms = host_forms(field.text);
    if (!forms) {
      return error("entries that are not hosts", field.column,
                   [&] { return why_no_entry(ListType::host, field.text); });
    }
    if (!insert_host(forms->ascii, expires)) return repeated(field);
    ++list_->hosts_and_senders_;
    if (forms->unicode != forms->ascii && forms->unicode.size() <= TextTable::max_octets) {
      insert_host(forms->unicode, expires);
    }
  }

  bool insert_host(std::string_view host, std::uint16_t expires) {
    if (!list_->texts_.insert(host, expires)) return false;
    const auto labels = static_cast<unsigned>(std::count(host.begin(), host.end(), '.')) + 1;
    list_->label_counts_ |= 1U << std::min(labels, List::most_counted_labels);
    return true;
  }

  void read_phrase(const CsvField& field, std::uint16_t expires) {
    if (field.text.size() > 2 && field.text.starts_with('/') && field.text.ends_with('/')) {
      warning("phrases that look like regexes", field.column, [&] {
        return fmt::format(
            "`{}` means these very characters: a list holds phrases only; write the regex in the rule",
            field.text);
      });
    }
    if (!phrases_seen_.insert(std::string(field.text)).second) return repeated(field);
    list_->phrases_.push_back({std::string(field.text), csv_.line(), expires});
  }

  void repeated(const CsvField& field) {
    warning("entries that are repeated", field.column, [&] {
      return fmt::format("`{}` stands above already; that one holds: remove this one", field.text);
    });
  }

  template <class Text>
  void error(std::string_view kind, std::uint32_t column, Text&& text) {
    many_.add(Severity::error, kind, csv_.line(), column, std::forward<Text>(text));
  }
  template <class Text>
  void warning(std::string_view kind, std::uint32_t column, Text&& text) {
    many_.add(Severity::warning, kind, csv_.line(), column, std::forward<Text>(text));
  }

  std::string_view content_;
  const std::string& name_;
  Findings& findings_;
  const FoldTables* tables_;
  FoldedText folded_{2 * TextTable::max_octets};
  ManyFindings many_;
  CsvReader csv_;
  std::shared_ptr<List> list_ = std::make_shared<List>();
  absl::flat_hash_set<std::string> phrases_seen_;
};

std::shared_ptr<const List> read_list(std::string_view content, const std::string& name, Findings& findings,
                                      const FoldTables* fold) {
  return ListReader(content, name, findings, fold).read();
}

std::shared_ptr<const List> load_list(const std::string& path, const std::string& name, Findings& findings,
                                      const FoldTables* fold) {
  const auto content = read_file(path, name, findings);
  return content ? read_list(*content, name, findings, fold) : nullptr;
}

}  // namespace tollgate::rules
