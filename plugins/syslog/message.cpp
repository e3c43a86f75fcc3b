#include "message.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace syslog_sink {
namespace {

std::string timestamp(std::uint64_t time_ns) {
  const auto seconds = static_cast<time_t>(time_ns / 1'000'000'000);
  std::tm date{};
  ::gmtime_r(&seconds, &date);
  std::array<char, 80> text{};
  const auto micros = static_cast<unsigned>(time_ns / 1'000 % 1'000'000);
  const int size =
      std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%06uZ", date.tm_year + 1900,
                    date.tm_mon + 1, date.tm_mday, date.tm_hour, date.tm_min, date.tm_sec, micros);
  return {text.data(), static_cast<std::size_t>(size)};
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

unsigned severity_of(const Event& event) {
  constexpr unsigned error = 3;
  constexpr unsigned warning = 4;
  constexpr unsigned notice = 5;
  constexpr unsigned informational = 6;
  if (event.alert) return error;
  if (event.verdict == "block" || event.verdict == "throttle") return warning;
  if (event.verdict == "charge" || event.verdict == "divert") return notice;
  return informational;
}

std::string parameter(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == ']') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string write(const Header& header, const Event& event, std::size_t most) {
  constexpr unsigned severities = 8;
  std::string out = "<" + std::to_string(header.facility * severities + severity_of(event)) + ">1 " +
                    timestamp(event.time_ns) + ' ' + header.host + ' ' + header.program + ' ' +
                    header.process + ' ' + std::string(event.kind) + " [" + header.element +
                    " id=" + parameter(event.id);
  if (!event.verdict.empty()) out += " verdict=" + parameter(event.verdict);
  out += " protocol=" + parameter(event.protocol);
  constexpr std::string_view end = "] ";
  if (out.size() + end.size() + event.json.size() <= most) return out.append(end).append(event.json);
  constexpr std::size_t room_of_cut = 30;  // ` cut="20 digits"`
  const std::size_t taken = out.size() + room_of_cut + end.size();
  std::size_t shown = taken < most ? most - taken : 0;
  while (shown > 0 && continues_character(event.json[shown])) --shown;
  out += " cut=" + parameter(std::to_string(event.json.size() - shown));
  return out.append(end).append(event.json.substr(0, shown));
}

}  // namespace syslog_sink
