#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "message/countries.hpp"
#include "message/network.hpp"
#include "rules/condition_reader.hpp"
#include "rules/host_name.hpp"

namespace tollgate::rules {
namespace {

Condition as_condition(TestId test, const YAML::Node& value) {
  Condition condition;
  condition.kind = Condition::Kind::test;
  condition.test = test;
  condition.line = static_cast<std::uint32_t>(value.Mark().line) + 1;
  condition.column = static_cast<std::uint32_t>(value.Mark().column) + 1;
  return condition;
}

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return small;
}

struct Comparison {
  Relation relation;
  std::string_view operand;
};

/// `> 3`: nothing where the value does not begin with a sign.
std::optional<Comparison> comparison(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, Relation>, 7> signs{{{"!=", Relation::unequal},
                                                                        {"<=", Relation::at_most},
                                                                        {">=", Relation::at_least},
                                                                        {"==", Relation::equal},
                                                                        {"<", Relation::less},
                                                                        {">", Relation::greater},
                                                                        {"=", Relation::equal}}};
  for (const auto& [sign, relation] : signs) {
    if (!text.starts_with(sign)) continue;
    text.remove_prefix(sign.size());
    const std::size_t first = text.find_first_not_of(' ');
    return Comparison{relation, first == text.npos ? std::string_view{} : text.substr(first)};
  }
  return {};
}

/// Whether any of the field's possible values is so.
bool possible(const Bounds& bounds, Relation relation, std::uint64_t number) {
  switch (relation) {
    case Relation::equal: return number >= bounds.least && number <= bounds.most;
    case Relation::unequal: return true;
    case Relation::less: return bounds.least < number;
    case Relation::at_most: return bounds.least <= number;
    case Relation::greater: return bounds.most > number;
    case Relation::at_least: return bounds.most >= number;
  }
  return true;
}

/// Which lists a field's values can be looked up in.
bool fits(ListType list, FieldType field) {
  switch (list) {
    case ListType::number:
    case ListType::prefix: return field == FieldType::digits || field == FieldType::address;
    case ListType::sender: return field == FieldType::address || field == FieldType::text;
    case ListType::host: return field == FieldType::host;
    case ListType::phrase: return field == FieldType::content;
  }
  return false;
}

/// Reads one value of one field.
class ValueReader {
 public:
  ValueReader(YamlReader& reader, Vocabulary& words, FieldId id, const YAML::Node& value)
      : reader_(reader), words_(words), id_(id), field_(field(id)), value_(value) {}

  Condition read() {
    if (value_.IsMap() && value_.size() > 0 && value_.begin()->first.IsScalar() &&
        value_.begin()->first.Scalar().starts_with('/'))
      reader_.fail(value_.Mark(),
                   "a regex has to be quoted: write '/.../'; YAML has cut this one at a colon");
    if (!value_.IsScalar()) unexpected();
    const std::string& tag = value_.Tag();
    if (tag.starts_with('!') && tag.size() > 1)
      reader_.fail(value_.Mark(),
                   fmt::format("a comparison has to be quoted: write '{} {}'", tag, value_.Scalar()));
    text_ = value_.Scalar();
    if (text_.empty()) unexpected();
    // A name that only looks like the one that a rule spares is not spared.
    test_.field = id_ == FieldId::sender && words_.negated ? FieldId::raw_sender : id_;
    test_.written = text_;
    if (field_.type == FieldType::number) return number();
    if (text_.front() == '@' && may_be_listed()) return as_condition(listed(), value_);
    if (text_.front() == '/' && may_be_pattern()) return as_condition(regex(), value_);
    if (const auto given = comparison(text_); given && may_be_compared()) return compared(*given);
    return without_sign(text_);
  }

 private:
  bool may_be_pattern() const {
    return field_.type == FieldType::content || field_.type == FieldType::text ||
           field_.type == FieldType::digits || field_.type == FieldType::address ||
           field_.type == FieldType::host;
  }
  bool may_be_listed() const { return may_be_pattern(); }
  bool may_be_compared() const { return field_.type != FieldType::content && field_.type != FieldType::flag; }

  std::string expected() const {
    switch (field_.type) {
      case FieldType::choice: return fmt::format("one of {}", fmt::join(choices(id_), ", "));
      case FieldType::text: return "a text, 'begin*', '/regex/' or '@list'";
      case FieldType::digits: return "digits, 'prefix*', '/regex/' or '@list'";
      case FieldType::address: return "a number or name, 'prefix*', '/regex/' or '@list'";
      case FieldType::host: return "a host, '/regex/' or '@list'";
      case FieldType::content: return "a phrase, '/regex/' or '@list'";
      case FieldType::hex: return "octets in hex, such as 0500, or 'prefix*'";
      case FieldType::number:
        return fmt::format("a number from {} to {}, or a comparison such as '> {}'", bounds(id_).least,
                           bounds(id_).most, bounds(id_).least);
      case FieldType::ip: return "an address, or a network such as 192.0.2.0/24";
      case FieldType::flag: return "`true` or `false`";
      case FieldType::time: return "a map of between, days, zone";
      case FieldType::labels: return "the name of a label";
    }
    return {};
  }
  [[noreturn]] void unexpected() const {
    reader_.fail(value_.Mark(),
                 fmt::format("found {} for `{}`; expected {}", found(value_), field_.name, expected()));
  }
  [[noreturn]] void fail(std::string what) const { reader_.fail(value_.Mark(), std::move(what)); }

  Condition number() {
    const auto given = comparison(text_);
    const std::string_view operand = given ? given->operand : std::string_view(text_);
    test_.relation = given ? given->relation : Relation::equal;
    if (const auto other = find_field(operand); given && other) return with_field(*other, test_.relation);
    const auto number = whole_number(operand);
    if (!number) unexpected();
    test_.op = Op::compare;
    test_.number = *number;
    test_.written = fmt::format("{} {}", to_string(test_.relation), *number);
    if (!given && !possible(bounds(id_), Relation::equal, *number)) unexpected();
    if (!possible(bounds(id_), test_.relation, *number))
      fail(fmt::format("`{}` is never {} {}; its values are {} to {}", field_.name, to_string(test_.relation),
                       *number, bounds(id_).least, bounds(id_).most));
    return as_condition(words_.tests.add(test_), value_);
  }

  Condition with_field(FieldId other, Relation relation) {
    if (!comparable(id_, other))
      fail(fmt::format("`{}` cannot be compared with `{}`: they are of different kinds, or the same",
                       field_.name, field(other).name));
    test_.op = Op::field;
    test_.relation = relation;
    test_.other = static_cast<std::uint32_t>(other);
    test_.written = fmt::format("{} {}", to_string(relation), field(other).name);
    return as_condition(words_.tests.add(test_), value_);
  }

  Condition compared(const Comparison& given) {
    if (given.relation != Relation::equal && given.relation != Relation::unequal)
      fail(fmt::format("`{}` is no number: it can be compared with = and != only", field_.name));
    if (given.operand.empty()) unexpected();
    if (const auto other = find_field(given.operand)) return with_field(*other, given.relation);
    if (given.relation == Relation::unequal)
      fail(
          fmt::format("`{}` is not the name of a field; for any other value than this write "
                      "`not: {{{}: {}}}`",
                      given.operand, field_.name, given.operand));
    return without_sign(given.operand);
  }

  Condition without_sign(std::string_view text) {
    if (field_.type != FieldType::host || text.find('*') != text.npos)
      return as_condition(plain(text), value_);
    return host(text);
  }

  /// In both forms in which an internationalised name is written.
  Condition host(std::string_view text) {
    const auto forms = host_forms(text);
    if (!forms)
      fail(fmt::format("found {}, which is not a host; {}", found(value_),
                       text.starts_with('.') ? "for all hosts below it write `url.domain`, or a '/regex/'"
                                             : host_advice(text)));
    Condition ascii = as_condition(plain(forms->ascii), value_);
    if (forms->unicode == forms->ascii) return ascii;
    Condition either = as_condition(0, value_);
    either.kind = Condition::Kind::any;
    either.children.push_back(std::move(ascii));
    either.children.push_back(as_condition(plain(forms->unicode), value_));
    return either;
  }

  TestId listed() {
    const std::string_view name = std::string_view(text_).substr(1);
    if (name == "home") return home();
    const auto list = std::find_if(words_.lists.begin(), words_.lists.end(),
                                   [&](const NamedList& l) { return l.name == name; });
    if (list == words_.lists.end()) {
      std::vector<std::string_view> names{"home"};
      for (const NamedList& l : words_.lists) names.push_back(l.name);
      const std::string_view meant = nearest(name, names);
      if (!meant.empty()) fail(fmt::format("unknown list `@{}`; did you mean `@{}`?", name, meant));
      fail(fmt::format("unknown list `@{0}`; expected a file lists/{0}.csv or lists/{0}.txt", name));
    }
    list->used = true;
    test_.op = Op::listed;
    test_.other = static_cast<std::uint32_t>(list - words_.lists.begin());
    if (list->list == nullptr) return words_.tests.add(test_);  // its own faults were told
    if (!fits(list->list->type(), field_.type))
      fail(fmt::format("`@{}` is a list of type {}; `{}` cannot be looked up in it", name,
                       to_string(list->list->type()), field_.name));
    if (field_.type != FieldType::content) return words_.tests.add(test_);
    test_.op = Op::pattern;
    const TestId test = words_.tests.add(test_);
    for (const ListedPhrase& phrase : list->list->phrases()) {
      Pattern pattern = phrase_pattern(phrase.text);
      if (pattern.expression.empty()) continue;
      words_.tests.add_pattern(test, std::move(pattern), phrase.expires);
    }
    return test;
  }

  TestId home() {
    if (field_.type != FieldType::digits && field_.type != FieldType::address)
      fail(fmt::format("`@home` is numbers; `{}` is none", field_.name));
    const bool imsi = id_ == FieldId::imsi;
    if ((imsi ? words_.home.imsi : words_.home.gt).empty())
      reader_.warn(value_.Mark(),
                   fmt::format("`@home` holds nothing: tollgate.yaml has no home.{}", imsi ? "imsi" : "gt"));
    test_.op = Op::home;
    return words_.tests.add(test_);
  }

  Pattern phrase_pattern(std::string_view phrase) {
    Pattern pattern;
    pattern.kind = Pattern::Kind::phrase;
    if (id_ == FieldId::text) {
      fold(words_.fold, phrase, words_.folded);
      if (words_.folded.cut()) fail("a phrase of more than 4,096 octets; no message is that long");
      pattern.expression = words_.folded.reading(0);
    } else {
      pattern.expression = phrase;
    }
    return pattern;
  }

  TestId regex() {
    const std::size_t close = text_.rfind('/');
    if (close == 0)
      fail(
          is_plain(value_)
              ? fmt::format("found {}: a regex without its closing /; quote it, as in '/a #b/': YAML cuts an "
                            "unquoted value at ` #`, `, ` and `: `",
                            found(value_))
              : fmt::format("found {}: a regex without its closing /", found(value_)));
    Pattern pattern;
    pattern.kind = Pattern::Kind::regex;
    pattern.expression = text_.substr(1, close - 1);
    pattern.flags = text_.substr(close + 1);
    if (pattern.expression.empty())
      fail("an empty regex matches every text; expected a pattern between the /");
    if (const auto bad = pattern.flags.find_first_not_of("imsu"); bad != std::string::npos)
      fail(fmt::format("unknown flag `{}` after the regex; expected i, m, s or u", pattern.flags[bad]));
    test_.op = Op::pattern;
    const TestId test = words_.tests.add(test_);
    words_.tests.add_pattern(test, std::move(pattern));
    return test;
  }

  /// Without any sign at its front.
  TestId plain(std::string_view text) {
    switch (field_.type) {
      case FieldType::choice: choice(text); break;
      case FieldType::content: return phrase(text);
      case FieldType::hex: hex(text); break;
      case FieldType::ip: network(std::string(text)); break;
      case FieldType::flag:
        test_.op = Op::flag;
        test_.number = reader_.flag(value_) ? 1 : 0;
        if (std::none_of(words_.lists.begin(), words_.lists.end(),
                         [&](NamedList& l) { return l.name == "url-shorteners" && (l.used = true); }))
          fail(
              "`url.shortener` asks the list `@url-shorteners`, which is not there; expected a file "
              "lists/url-shorteners.txt of type host");
        break;
      case FieldType::labels:
        if (!is_name(text)) unexpected();
        test_.op = Op::label;
        test_.other = words_.tests.add_label(text);
        break;
      default: exact(text); break;
    }
    return words_.tests.add(test_);
  }

  void choice(std::string_view text) {
    const auto known = choices(id_);
    if (std::find(known.begin(), known.end(), text) == known.end())
      reader_.unknown(value_.Mark(), field_.name, text, {}, {known.begin(), known.end()});
    test_.op = Op::equals;
    test_.text = text;
  }

  TestId phrase(std::string_view text) {
    Pattern pattern = phrase_pattern(text);
    if (pattern.expression.empty())
      fail(fmt::format("found {}: nothing of it is left after folding; expected letters or digits",
                       found(value_)));
    test_.op = Op::pattern;
    const TestId test = words_.tests.add(test_);
    words_.tests.add_pattern(test, std::move(pattern));
    return test;
  }

  void hex(std::string_view text) {
    const bool prefix = text.ends_with('*');
    if (prefix) text.remove_suffix(1);
    test_.op = prefix ? Op::prefix : Op::equals;
    test_.text = lower(text);
    if (test_.text.empty() || test_.text.size() % 2 != 0 ||
        test_.text.find_first_not_of("0123456789abcdef") != std::string::npos)
      unexpected();
  }

  void network(const std::string& text) {
    const auto read = read_network(text);
    if (!read) unexpected();
    test_.network = *read;
    test_.op = Op::network;
  }

  void exact(std::string_view text) {
    if (field_.type == FieldType::digits || field_.type == FieldType::address) {
      if (text.size() > 1 && text.front() == '+') text.remove_prefix(1);
    }
    const bool prefix = text.ends_with('*');
    if (prefix) text.remove_suffix(1);
    if (text.empty()) fail("`*` alone holds for every value; expected characters before it");
    if (text.find('*') != text.npos)
      fail(fmt::format("found {}: * can stand at the end only; for more write a '/regex/'", found(value_)));
    if (field_.type == FieldType::digits && !all_digits(text)) unexpected();
    if (field_.name.ends_with("country") && !prefix && country_code_of(text).empty())
      fail(fmt::format("found {} for `{}`; expected a country's two letters of ISO 3166, for example GB",
                       found(value_), field_.name));
    test_.op = prefix ? Op::prefix : Op::equals;
    test_.text = compared_form(text, prefix);
  }

  /// As Subject::keys has it.
  std::string compared_form(std::string_view text, bool prefix) {
    constexpr std::string_view of_numbers = "0123456789+*#";
    if (test_.field == FieldId::sender && text.find_first_not_of(of_numbers) != text.npos) {
      fold(words_.fold, text, words_.folded);
      std::string folded(words_.folded.reading(0));
      if (prefix && text.back() == ' ' && !folded.empty()) folded += ' ';
      if (!folded.empty()) return folded;
    }
    const bool any_case = field_.type == FieldType::address || field_.type == FieldType::host;
    return any_case ? lower(text) : std::string(text);
  }

  YamlReader& reader_;
  Vocabulary& words_;
  FieldId id_;
  const Field& field_;
  const YAML::Node& value_;
  std::string text_;
  Test test_;
};

}  // namespace

Condition read_value(YamlReader& reader, Vocabulary& words, FieldId id, const YAML::Node& value) {
  return ValueReader(reader, words, id, value).read();
}

Condition read_signal(YamlReader& reader, Vocabulary& words, std::uint32_t signal, const YAML::Node& value) {
  constexpr std::string_view expected = "a comparison such as '> 100'";
  const std::string text = reader.text(value, expected);
  const auto given = comparison(text);
  const auto level = given ? real_number(given->operand) : std::nullopt;
  if (!level) reader.unexpected(value, expected);
  Test test;
  test.op = Op::signal;
  test.relation = given->relation;
  test.other = signal;
  test.level = *level;
  test.written = text;
  return as_condition(words.tests.add(test), value);
}

Condition read_time(YamlReader& reader, Vocabulary& words, const YAML::Node& value) {
  TimeWindow window;
  std::vector<std::string> day_names;
  std::string zone_name;
  bool recipient = false;
  const auto between = [&](const YAML::Node& n) {
    constexpr std::string_view expected = "two times of the day such as '21:00-08:00'";
    const std::string text = reader.text(n, expected);
    const std::size_t dash = text.find('-');
    const auto from = minute_of_day(std::string_view(text).substr(0, dash));
    const auto to = dash == text.npos ? std::nullopt : minute_of_day(std::string_view(text).substr(dash + 1));
    if (!from || !to || *from == 24 * 60) reader.unexpected(n, expected);
    if (*from == *to) reader.fail(n.Mark(), fmt::format("`{}` begins when it ends: it can never hold", text));
    window.from = *from;
    window.to = *to;
  };
  const auto days = [&](const YAML::Node& n) {
    const std::vector<std::string_view> names(weekday_names.begin(), weekday_names.end());
    window.days = 0;
    if (n.IsSequence() && n.size() == 0) reader.fail(n.Mark(), "an empty list can never hold; expected days");
    reader.each(n, "days, such as [sat, sun]", [&](const YAML::Node& day) {
      const std::string name = reader.text(day, "a day, such as sat");
      const auto place = std::find(names.begin(), names.end(), name);
      if (place == names.end()) reader.unknown(day.Mark(), "day", name, {}, names);
      window.days = static_cast<std::uint8_t>(window.days | 1U << (place - names.begin()));
      day_names.push_back(name);
    });
  };
  const auto zone = [&](const YAML::Node& n) {
    zone_name = reader.text(n, "a time zone such as Europe/London, or `recipient`");
    recipient = zone_name == "recipient";
    if (recipient) return;
    window.zone = TimeZone::named(zone_name);
    if (window.zone == nullptr) reader.unexpected(n, "a time zone such as Europe/London, or `recipient`");
  };
  if (!value.IsMap())
    reader.unexpected(value, "a map such as {between: '21:00-08:00', days: [sat, sun], zone: Europe/London}");
  if (!reader.map(value, "time", {{"between", between}, {"days", days}, {"zone", zone}})) return {};
  if (window.from == 0 && window.to == 24 * 60 && window.days == 0x7F)
    reader.fail(value.Mark(), "this time always holds; expected `between` or `days`");
  if (zone_name.empty()) window.zone = TimeZone::named(words.home.time_zone);
  if (recipient) words.recipient_zone = true;
  Test test;
  test.field = FieldId::time;
  test.op = Op::time;
  test.other = words.tests.add_window(window);
  test.written = fmt::format("{:02}:{:02}-{:02}:{:02}", window.from / 60, window.from % 60, window.to / 60,
                             window.to % 60);
  if (!day_names.empty()) test.written += fmt::format(" on {}", fmt::join(day_names, ", "));
  test.written += fmt::format(" by {}", recipient           ? "the recipient's clocks"
                                        : zone_name.empty() ? words.home.time_zone
                                                            : zone_name);
  return as_condition(words.tests.add(test), value);
}

}  // namespace tollgate::rules
