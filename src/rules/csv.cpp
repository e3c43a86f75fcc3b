#include "rules/csv.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "rules/utf8.hpp"

namespace tollgate::rules {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_utf8(std::string_view text) { return is_ascii(text) || valid_octets(text) == text.size(); }

std::uint32_t column_of(std::string_view line, std::size_t at) {
  const auto characters =
      std::count_if(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; });
  return static_cast<std::uint32_t>(characters + 1);
}

std::size_t skip_blanks(std::string_view line, std::size_t at) {
  while (at < line.size() && is_blank(line[at])) ++at;
  return at;
}

}  // namespace

CsvReader::CsvReader(std::string_view content) : rest_(content) {
  if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
}

bool CsvReader::next_line(std::string_view& line) {
  if (rest_.empty()) return false;
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  line = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  ++line_;
  return true;
}

bool CsvReader::next() {
  std::string_view line;
  while (next_line(line)) {
    const std::size_t begin = skip_blanks(line, 0);
    if (begin == line.size() || line[begin] == '#') continue;
    split(line);
    return true;
  }
  return false;
}

void CsvReader::fail(std::string_view line, std::size_t at, std::string text) {
  count_ = 0;
  fault_ = std::move(text);
  fault_column_ = column_of(line, at);
}

void CsvReader::split(std::string_view line) {
  count_ = 0;
  fault_.clear();
  if (!is_utf8(line)) {
    return fail(line, 0, "the line is not UTF-8; save the file as UTF-8");
  }
  std::size_t at = 0;
  while (true) {
    at = skip_blanks(line, at);
    if (count_ == max_fields) {
      return fail(line, at, "too many commas; put a value that contains commas in double quotes");
    }
    at = at < line.size() && line[at] == '"' ? quoted(line, at) : plain(line, at);
    if (!fault_.empty() || at == line.size()) return;
    ++at;  // the comma
  }
}

std::size_t CsvReader::plain(std::string_view line, std::size_t begin) {
  const std::size_t end = std::min(line.find(',', begin), line.size());
  std::string_view text = line.substr(begin, end - begin);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  fields_[count_++] = {text, column_of(line, begin)};
  return end;
}

std::size_t CsvReader::quoted(std::string_view line, std::size_t begin) {
  std::string& text = unquoted_[count_];
  text.clear();
  std::size_t at = begin + 1;
  while (true) {
    const std::size_t quote = line.find('"', at);
    if (quote == std::string_view::npos) {
      fail(line, begin,
           "a quote is opened and not closed; close it on the same line, and double quotes inside it");
      return line.size();
    }
    text += line.substr(at, quote - at);
    at = quote + 1;
    if (at == line.size() || line[at] != '"') break;
    text += '"';
    ++at;
  }
  at = skip_blanks(line, at);
  if (at < line.size() && line[at] != ',') {
    fail(line, at, "text after a closing quote; a comma was expected, or double the quotes inside the value");
    return line.size();
  }
  fields_[count_++] = {text, column_of(line, begin)};
  return at;
}

bool ManyFindings::count(Severity severity, std::string_view kind) {
  auto found = std::find_if(kinds_.begin(), kinds_.end(), [&](const Kind& k) { return k.name == kind; });
  if (found == kinds_.end()) found = kinds_.insert(kinds_.end(), {severity, kind, 0});
  return ++found->count <= shown;
}

ManyFindings::~ManyFindings() {
  for (const Kind& kind : kinds_) {
    if (kind.count <= shown) continue;
    findings_.add({kind.severity, {file_, 0, 0}, fmt::format("{} more {}", kind.count - shown, kind.name)});
  }
}

}  // namespace tollgate::rules
