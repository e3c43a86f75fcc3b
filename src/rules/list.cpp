#include "rules/list.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include <absl/container/flat_hash_set.h>
#include <fmt/format.h>
#include <unicode/uchar.h>

#include "rules/csv.hpp"
#include "rules/host_name.hpp"
#include "rules/utf8.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::rules {
namespace {

constexpr std::array<std::string_view, 5> type_names = {"number", "prefix", "sender", "host", "phrase"};

std::string_view without_plus(std::string_view digits) {
  return digits.starts_with('+') ? digits.substr(1) : digits;
}

/// A sender's address in the one form in which it is kept: small letters, no blanks around it, no plus before
/// digits. Empty where it is longer than any address.
class PlainSender {
 public:
  explicit PlainSender(std::string_view sender) noexcept {
    while (sender.starts_with(' ')) sender.remove_prefix(1);
    while (sender.ends_with(' ')) sender.remove_suffix(1);
    if (sender.size() > 1 && sender[0] == '+' &&
        sender.find_first_not_of("0123456789", 1) == std::string_view::npos) {
      sender.remove_prefix(1);
    }
    if (sender.size() > TextTable::max_octets) return;
    for (std::size_t at = 0; at < sender.size();) {
      const auto c = static_cast<UChar32>(next_character(sender, at));
      size_ +=
          write_character(static_cast<char32_t>(u_foldCase(c, U_FOLD_CASE_DEFAULT)), room_.data() + size_);
    }
  }
  std::string_view text() const noexcept { return {room_.data(), size_}; }

 private:
  std::array<char, 2 * TextTable::max_octets> room_;
  std::size_t size_ = 0;
};

/// Calls `f(suffix, labels)` for the last label of a host, the last two and so on, until it returns true.
template <class F>
bool any_suffix(std::string_view host, F&& f) noexcept {
  unsigned labels = 0;
  for (std::size_t begin = host.size(); begin > 0;) {
    const std::size_t dot = host.rfind('.', begin - 1);
    begin = dot == std::string_view::npos ? 0 : dot;
    ++labels;
    if (f(host.substr(dot == std::string_view::npos ? 0 : dot + 1), labels)) return true;
  }
  return false;
}

constexpr unsigned most_counted_labels = 31;

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
  return octets;
}

bool List::contains(std::string_view value, std::uint64_t time_ns) const noexcept {
  const auto holds = [&](std::uint32_t day) { return !expired(static_cast<std::uint16_t>(day), time_ns); };
  switch (type_) {
    case ListType::number: {
      const auto day = digits_.find(without_plus(value));
      return day && holds(*day);
    }
    case ListType::prefix: return digits_.find_prefix(without_plus(value), holds).has_value();
    case ListType::sender: {
      const auto day = texts_.find(PlainSender(value).text());
      return day && holds(*day);
    }
    case ListType::host: return contains_host(value, time_ns);
    case ListType::phrase: return false;
  }
  return false;
}

bool List::contains_host(std::string_view host, std::uint64_t time_ns) const noexcept {
  const PlainHost plain(host);
  return any_suffix(plain.text(), [&](std::string_view suffix, unsigned labels) {
    if ((label_counts_ >> std::min(labels, most_counted_labels) & 1U) == 0) return false;
    const auto day = texts_.find(suffix);
    return day && !expired(*day, time_ns);
  });
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
      return error("entries that are not digits", field.column, [&] {
        const bool prefix = list_->type_ == ListType::number && field.text.ends_with('*');
        return fmt::format("`{}` is not a {}; write 1 to 17 digits, without blanks or punctuation{}",
                           field.text, to_string(list_->type_),
                           prefix ? "; prefixes belong in a list of `# type: prefix`, without `*`" : "");
      });
    }
    if (!list_->digits_.insert(*packed, expires)) repeated(field);
  }

  void read_sender(const CsvField& field, std::uint16_t expires) {
    const PlainSender plain(field.text);
    if (plain.text().empty() || plain.text().size() > TextTable::max_octets) {
      return error("entries that are not senders", field.column, [] {
        return std::string("a sender of more than 255 octets; no network delivers such a one: leave it out");
      });
    }
    if (field.text.size() > 1 && field.text.ends_with('*')) {
      warning("senders that end in `*`", field.column, [&] {
        return fmt::format(
            "`{}` means the sender with a `*` at its end: a list of senders has whole ones; for all "
            "that begin so, write `sender: {}` in the rule, or use a list of `# type: prefix`",
            field.text, field.text);
      });
    }
    if (!list_->texts_.insert(plain.text(), expires)) return repeated(field);
    ++list_->hosts_and_senders_;
    const auto is_ascii = [](char c) { return c >= 0; };
    if (tables_ == nullptr || std::all_of(plain.text().begin(), plain.text().end(), is_ascii)) return;
    fold(*tables_, plain.text(), folded_);
    const std::string_view folded = folded_.reading(0);
    if (!folded.empty() && folded.size() <= TextTable::max_octets) list_->texts_.insert(folded, expires);
  }

  void read_host(const CsvField& field, std::uint16_t expires) {
    const auto forms = host_forms(field.text);
    if (!forms) {
      return error("entries that are not hosts", field.column, [&] {
        return fmt::format("`{}` is not a host; {}", field.text, host_advice(field.text));
      });
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
    list_->label_counts_ |= 1U << std::min(labels, most_counted_labels);
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
