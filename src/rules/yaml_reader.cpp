#include "rules/yaml_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <numeric>
#include <sstream>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/eventhandler.h>

#include "rules/utf8.hpp"

namespace tollgate::rules {
namespace {

/// Notes what a tree of nodes does not show: where a further document starts, where an alias stands, and
/// the last value or key before a fault.
class Events final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& at) override { document = at; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark& at, YAML::anchor_t) override {
    if (!alias) alias = at;
  }
  void OnScalar(const YAML::Mark& at, const std::string&, YAML::anchor_t, const std::string&) override {
    scalar = at;
  }
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}

  YAML::Mark document;
  YAML::Mark scalar;
  std::optional<YAML::Mark> alias;
};

/// Refuses what goes on after the first document, be it only what is left over after it, and aliases, which
/// could make a small file large without bound. Not by YAML::LoadAll, which finds documents without end in
/// some broken files. Refuses a quote without its end, too: the library takes the end of the file for it, but
/// not that of a document.
void refuse_surprises(const std::string& yaml) {
  std::istringstream input(yaml + "\n...\n");
  YAML::Parser parser(input);
  Events events;
  try {
    if (!parser.HandleNextDocument(events)) return;
  } catch (const YAML::Exception& error) {
    if (error.msg == "illegal document indicator in scalar")
      throw Refused{events.scalar, "a quote is opened behind this and not closed"};
    return;  // YAML::Load tells of it
  }
  if (events.alias) throw Refused{*events.alias, "a value that begins with * has to be quoted"};
  if (parser.HandleNextDocument(events)) throw Refused{events.document, "the file goes on after its end"};
}

/// The place of the first octet that is not UTF-8.
std::optional<YAML::Mark> not_utf8(std::string_view yaml) {
  const std::size_t valid = valid_octets(yaml);
  if (valid == yaml.size()) return {};
  const std::string_view before = yaml.substr(0, valid);
  const std::size_t line = before.rfind('\n') + 1;  // npos + 1 is 0
  YAML::Mark mark;
  mark.pos = static_cast<int>(valid);
  mark.line = static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  mark.column = static_cast<int>(std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line),
                                               before.end(), [](char c) { return (c & 0xC0) != 0x80; }));
  return mark;
}

/// What a person is told of YAML that the library refuses: `message`, or what most likely was meant.
std::string explain(const std::string& yaml, const YAML::Exception& error) {
  const auto at = static_cast<std::size_t>(error.mark.pos);
  const auto plain = [&] {
    if (error.msg == "end of sequence not found" || error.msg == "end of map not found")
      return fmt::format("not YAML: {}; most likely this line is indented otherwise than those it belongs to",
                         error.msg);
    if (error.msg == "illegal map value")
      return fmt::format(
          "not YAML: {}; a text with `: ` in it has to be quoted, and the keys of one map are "
          "indented alike",
          error.msg);
    return fmt::format("not YAML: {}", error.msg);
  };
  if (error.mark.is_null() || at >= yaml.size()) return plain();
  const std::string_view rest = std::string_view(yaml).substr(at);
  const std::string_view value = rest.substr(0, rest.find_first_of(" \t\r\n,]}#"));
  switch (rest.front()) {
    case '@': return fmt::format("a list's name has to be quoted: write '{}'", value);
    case '*': return "a value that begins with * has to be quoted";
    case '`': return "a value that begins with ` has to be quoted";
    case '\t': return "a tab; YAML indents with spaces only";
    default: break;
  }
  // `> 3` begins a folded text: the fault is found behind the `>`.
  const std::size_t begin = yaml.rfind(": ", at);
  const std::size_t end = std::min(yaml.find_first_of("\r\n#", at), yaml.size());
  if (begin == yaml.npos || begin + 2 >= end) return plain();
  std::string_view line = std::string_view(yaml).substr(begin + 2, end - begin - 2);
  while (line.ends_with(' ')) line.remove_suffix(1);
  if (line.starts_with('>') && line.find('\n') == line.npos)
    return fmt::format("a comparison has to be quoted: write '{}'", line);
  return plain();
}

}  // namespace

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string_view nearest(std::string_view name, const std::vector<std::string_view>& names) {
  constexpr std::size_t longest_worth_comparing = 40;
  constexpr std::size_t near = 2;
  if (names.empty() || name.size() > longest_worth_comparing) return {};
  const auto best = std::min_element(names.begin(), names.end(), [&](std::string_view a, std::string_view b) {
    return distance(name, a) < distance(name, b);
  });
  return distance(name, *best) <= near ? *best : std::string_view{};
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  if (!all_digits(text) || std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{})
    return {};
  return value;
}

std::optional<double> real_number(std::string_view text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

std::string found(const YAML::Node& node) {
  constexpr std::size_t shown = 40;
  if (node.IsMap()) return "a map";
  if (node.IsSequence()) return "a list";
  if (!node.IsScalar()) return "nothing";
  const std::string& text = node.Scalar();
  return text.size() <= shown ? fmt::format("`{}`", text) : fmt::format("`{}...`", text.substr(0, shown));
}

bool is_plain(const YAML::Node& node) { return node.Tag() == "?"; }

std::string read_file(const std::string& path) {
  const auto fail = [&](int reason) {
    throw std::system_error(reason, std::generic_category(), "cannot read " + path);
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) fail(EISDIR);
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  if (!file) fail(errno);
  return content;
}

std::optional<std::string> read_file(const std::string& path, const std::string& name, Findings& findings) {
  try {
    return read_file(path);
  } catch (const std::system_error& error) {
    findings.error({name, 0, 0}, error.what());
    return std::nullopt;
  }
}

std::optional<YAML::Node> YamlReader::parse(const std::string& yaml) {
  std::optional<YAML::Node> root;
  attempt([&] {
    if (const auto at = not_utf8(yaml)) fail(*at, "not UTF-8; save the file as UTF-8");
    try {
      refuse_surprises(yaml);
      root = YAML::Load(yaml);
    } catch (const YAML::Exception& error) {
      fail(error.mark, explain(yaml, error));
    }
  });
  return root;
}

bool YamlReader::map(const YAML::Node& map, std::string_view where, const std::vector<Key>& keys) {
  return this->map(map, "a map of keys and values",
                   [&](const std::string& name, const YAML::Node& key, const YAML::Node& value) {
                     const auto same =
                         std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == name; });
                     if (same != keys.end()) return same->read(value);
                     std::vector<std::string_view> names;
                     for (const Key& k : keys) names.push_back(k.name);
                     unknown(key.Mark(), "key", name, where, names);
                   });
}

bool YamlReader::map(
    const YAML::Node& map, std::string_view expected,
    const std::function<void(const std::string&, const YAML::Node&, const YAML::Node&)>& read) {
  if (!map.IsMap()) unexpected(map, expected);
  std::map<std::string, YAML::Mark> seen;
  const std::size_t before = findings_.errors();
  for (const auto& entry : map) {
    attempt([&] {
      if (!entry.first.IsScalar()) unexpected(entry.first, "the name of a key");
      const std::string& name = entry.first.Scalar();
      const auto [first, is_new] = seen.emplace(name, entry.first.Mark());
      if (!is_new)
        fail(entry.first.Mark(),
             fmt::format("key `{}` is repeated; it stands in line {} already", name, first->second.line + 1));
      read(name, entry.first, entry.second);
    });
  }
  return findings_.errors() == before;
}

bool YamlReader::each(const YAML::Node& node, std::string_view expected,
                      const std::function<void(const YAML::Node&)>& read) {
  if (node.IsScalar()) {
    const std::size_t before = findings_.errors();
    read(node);
    return findings_.errors() == before;
  }
  if (!node.IsSequence()) unexpected(node, expected);
  const std::size_t before = findings_.errors();
  for (const auto& element : node) attempt([&] { read(element); });
  return findings_.errors() == before;
}

std::string YamlReader::text(const YAML::Node& node, std::string_view expected) {
  if (!node.IsScalar() || node.Scalar().empty()) unexpected(node, expected);
  return node.Scalar();
}

std::uint64_t YamlReader::number(const YAML::Node& node, std::uint64_t least, std::uint64_t most,
                                 std::string_view expected) {
  const auto value = node.IsScalar() ? whole_number(node.Scalar()) : std::nullopt;
  if (!value || *value < least || *value > most) unexpected(node, expected);
  return *value;
}

bool YamlReader::flag(const YAML::Node& node) {
  if (node.IsScalar() && node.Scalar() == "true") return true;
  if (node.IsScalar() && node.Scalar() == "false") return false;
  unexpected(node, "`true` or `false`");
}

void YamlReader::unexpected(const YAML::Node& node, std::string_view expected) const {
  fail(node.Mark(), fmt::format("found {}; expected {}", found(node), expected));
}

void YamlReader::unknown(const YAML::Mark& mark, std::string_view what, std::string_view name,
                         std::string_view where, const std::vector<std::string_view>& names) const {
  constexpr std::size_t shown = 40;
  const std::string place = where.empty() ? std::string{} : fmt::format(" in `{}`", where);
  const std::string cut =
      name.size() <= shown ? std::string(name) : std::string(name.substr(0, shown)) + "...";
  if (const std::string_view meant = nearest(name, names); !meant.empty())
    fail(mark, fmt::format("unknown {} `{}`{}; did you mean `{}`?", what, cut, place, meant));
  fail(mark, fmt::format("unknown {} `{}`{}; expected one of {}", what, cut, place, fmt::join(names, ", ")));
}

Place YamlReader::place(const YAML::Mark& mark) const {
  if (mark.is_null()) return {file_, 0, 0};
  return {file_, static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(mark.column) + 1};
}

}  // namespace tollgate::rules
