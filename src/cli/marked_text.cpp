#include "cli/marked_text.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <fmt/format.h>
#include <unicode/uchar.h>

#include "cli/code_points.hpp"
#include "cli/terminal.hpp"

namespace tollgate::cli {
namespace {

constexpr std::string_view underline = "\033[1;4m";
constexpr std::string_view plain = "\033[0m";

/// A character as it is shown.
struct Cell {
  std::string shown;
  std::size_t columns = 0;
  bool marked = false;
  bool right_to_left = false;
};

bool is_seen(UChar32 c) {
  constexpr UChar32 braille_blank = 0x2800;
  if (c == ' ') return true;
  if (c < 0 || c == braille_blank || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return false;
  switch (u_charType(c)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_SURROGATE:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
    case U_SPACE_SEPARATOR: return false;
    default: return true;
  }
}

std::size_t columns_of(UChar32 c) {
  const auto type = u_charType(c);
  if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK) return 0;
  const auto width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

Cell cell_of(UChar32 c, std::string_view octets) {
  Cell cell;
  if (is_seen(c)) {
    cell.shown = octets;
    cell.columns = columns_of(c);
    const auto direction = u_charDirection(c);
    cell.right_to_left = direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC;
    return cell;
  }
  cell.shown = printable(octets);
  if (cell.shown == octets) {
    const auto code = static_cast<std::uint32_t>(c);
    cell.shown = code < 0x100 ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{:04x}", code);
  }
  cell.columns = cell.shown.size();
  return cell;
}

std::vector<Cell> cells_of(std::string_view text, std::span<const TextSpan> spans) {
  std::vector<Cell> cells;
  auto span = spans.begin();
  const auto length = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < length;) {
    const auto start = static_cast<std::size_t>(at);
    const UChar32 c = next_code_point(text, at);
    const std::size_t place = cells.size();
    cells.push_back(cell_of(c, text.substr(start, static_cast<std::size_t>(at) - start)));
    while (span != spans.end() && span->end <= place) ++span;
    cells.back().marked = span != spans.end() && place >= span->begin;
  }
  return cells;
}

using Row = std::span<const Cell>;

std::string shown(Row row, bool colours) {
  std::string out;
  bool open = false;
  for (const Cell& cell : row) {
    if (colours && cell.marked != open) out += cell.marked ? underline : plain;
    open = cell.marked;
    out += cell.shown;
  }
  if (colours && open) out += plain;
  return out;
}

/// Ends behind the last caret.
std::string carets(Row row) {
  std::string out;
  for (const Cell& cell : row) out.append(cell.columns, cell.marked ? '^' : ' ');
  out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

/// Each marked part, behind a caret.
std::string repeated(Row row, std::string_view indent) {
  std::string out;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (!row[i].marked) continue;
    std::size_t end = i;
    while (end < row.size() && row[end].marked) ++end;
    out += fmt::format("{}^ {}\n", indent, shown(row.subspan(i, end - i), false));
    i = end;
  }
  return out;
}

}  // namespace

std::string marked(std::string_view text, std::span<const TextSpan> spans, std::string_view indent,
                   bool colours) {
  const std::vector<Cell> cells = cells_of(text, spans);
  const bool right_to_left =
      std::any_of(cells.begin(), cells.end(), [](const Cell& c) { return c.right_to_left; });
  const std::size_t room = line_width - std::min(indent.size(), line_width / 2);
  std::string out;
  for (std::size_t begin = 0; begin < cells.size();) {
    std::size_t end = begin;
    for (std::size_t used = 0; end < cells.size() && used + cells[end].columns <= room; ++end)
      used += cells[end].columns;
    const Row row = Row(cells).subspan(begin, end - begin);
    begin = end;
    out += fmt::format("{}{}\n", indent, shown(row, colours));
    if (colours) continue;
    if (right_to_left) out += repeated(row, indent);
    else if (const std::string line = carets(row); !line.empty()) out += fmt::format("{}{}\n", indent, line);
  }
  return out.empty() ? fmt::format("{}(empty)\n", indent) : out;
}

}  // namespace tollgate::cli
