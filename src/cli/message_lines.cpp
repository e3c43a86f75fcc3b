#include "cli/message_lines.hpp"

#include <cerrno>
#include <charconv>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include "rules/sample.hpp"

namespace tollgate::cli {
namespace {

using Json = nlohmann::ordered_json;

/// What a person may give for a field, as text; nothing for objects, lists and null.
std::optional<std::string> scalar(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return value.dump();
  return std::nullopt;
}

void set_fields(rules::Sample& sample, const Json& object, const std::string& prefix) {
  for (const auto& [key, value] : object.items()) {
    const std::string name = prefix + key;
    if (value.is_object()) {
      set_fields(sample, value, name + ".");
    } else if (rules::Sample::knows(name)) {
      const auto text = scalar(value);
      if (!text) throw std::runtime_error(fmt::format("`{}` is neither text nor a whole number", name));
      const std::string fault = sample.set(name, *text);
      if (!fault.empty()) throw std::runtime_error(fault);
    }
  }
}

Json parse(const std::string& line) {
  try {
    return Json::parse(line);
  } catch (const nlohmann::json::parse_error& error) {
    throw std::runtime_error(fmt::format("not JSON: octet {} is not what JSON has there", error.byte));
  }
}

void read_line(const std::string& text, std::size_t number, const Home& home,
               const std::function<void(MessageLine&)>& take) {
  MessageLine line{parse(text), nullptr, number};
  if (!line.object.is_object())
    throw std::runtime_error("found no object; expected one, such as {\"text\":\"hello\"}");
  rules::Sample sample(home);
  const auto kind = line.object.find("kind");
  if (kind == line.object.end() || *kind == "message") {
    // An event of a message can have data in the place of text, or route a message that comes later.
    if (kind == line.object.end() && !line.object.contains("text"))
      throw std::runtime_error("the field `text` is missing");
    set_fields(sample, line.object, "");
    line.message = &sample.message();
  }
  take(line);
}

}  // namespace

void set_fields(rules::Sample& sample, const Json& object) { set_fields(sample, object, ""); }

std::optional<MessageId> read_message_id(std::string_view text) {
  constexpr std::size_t digits = 16;
  MessageId id;
  if (text.size() != 2 * digits) return {};
  const char* const middle = text.data() + digits;
  const auto high = std::from_chars(text.data(), middle, id.high, 16);
  const auto low = std::from_chars(middle, middle + digits, id.low, 16);
  if (high.ec != std::errc{} || high.ptr != middle || low.ec != std::errc{} || low.ptr != middle + digits)
    return {};
  return id;
}

void read_message_lines(const std::string& path, const Home& home,
                        const std::function<void(MessageLine& line)>& take) {
  std::ifstream file;
  if (path != "-") {
    file.open(path);
    if (!file) throw std::system_error(errno, std::generic_category(), "cannot read " + path);
  }
  std::istream& in = path == "-" ? std::cin : file;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    try {
      read_line(line, number, home, take);
    } catch (const std::system_error&) {
      throw;
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(fmt::format("{}:{}: {}", path, number, error.what()));
    }
  }
}

}  // namespace tollgate::cli
