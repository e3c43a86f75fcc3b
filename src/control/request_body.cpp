#include "control/request_body.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "control/fault.hpp"
#include "control/plain_text.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::json;

/// Takes an object apart whose values are no objects or lists. Of a key that stands twice a parser into a
/// tree keeps one, and who looked at the request before may have kept the other.
class ObjectReader : public nlohmann::json_sax<Json> {
 public:
  using Value = std::variant<bool, std::uint64_t, std::string>;
  using Values = std::map<std::string, Value, std::less<>>;

  /// `expected`: what the body should be, for who sent another.
  ObjectReader(std::initializer_list<std::string_view> keys, std::string expected)
      : keys_(keys), expected_(std::move(expected)) {}

  /// Throws Fault.
  void read(std::string_view body) {
    if (body.empty()) refuse("found no body");
    if (!Json::sax_parse(body.begin(), body.end(), this)) refuse(found_);
  }
  [[noreturn]] void refuse(const std::string& found) const {
    throw Fault(http::bad_request, found, expected_);
  }

  /// What the key says; null where it is not there. Throws Fault where it says something of another kind.
  template <class Kind>
  const Kind* find(std::string_view key) const {
    const auto found = values_.find(key);
    if (found == values_.end()) return nullptr;
    const Kind* value = std::get_if<Kind>(&found->second);
    if (value == nullptr) refuse(fmt::format("found a `{}` of another kind", key));
    return value;
  }

  bool null() override { return no("a null"); }
  bool boolean(bool value) override { return keep(value); }
  bool number_integer(number_integer_t) override { return no("a number below 0"); }
  bool number_unsigned(number_unsigned_t value) override { return keep(value); }
  bool number_float(number_float_t, const string_t&) override { return no("a number that is not whole"); }
  bool string(string_t& value) override { return keep(std::move(value)); }
  bool binary(binary_t&) override { return no("binary data"); }
  bool start_object(std::size_t) override { return ++depth_ == 1 || no("an object in the object"); }
  bool key(string_t& name) override {
    if (std::find(keys_.begin(), keys_.end(), name) == keys_.end()) return no("a key that is not known");
    if (values_.contains(name)) return no(fmt::format("the key `{}` twice", name));
    key_ = std::move(name);
    return true;
  }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool start_array(std::size_t) override { return no("a list"); }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return no(fmt::format("what is no JSON, at octet {}", position));
  }

 private:
  bool keep(Value value) {
    if (depth_ != 1) return no("a value that is no object");
    values_.emplace(key_, std::move(value));
    return true;
  }
  bool no(const std::string& what) {
    found_ = "found " + what;
    return false;
  }

  std::vector<std::string_view> keys_;
  std::string expected_;
  Values values_;
  std::string key_;
  std::string found_;
  int depth_ = 0;
};

constexpr std::size_t usual_octets = 200;  // of a text at most

/// What the key says, a text that can be shown. Throws Fault.
std::string text_in(const ObjectReader& reader, std::string_view key, std::size_t most = usual_octets) {
  const auto* text = reader.find<std::string>(key);
  if (text == nullptr) reader.refuse(fmt::format("found no `{}`", key));
  if (text->empty() || text->size() > most || !is_plain_text(*text))
    reader.refuse(fmt::format("found another text for `{}`", key));
  return *text;
}

}  // namespace

bool read_switch_body(std::string_view body) {
  ObjectReader reader({"on"}, R"({"on": true} or {"on": false})");
  reader.read(body);
  const bool* on = reader.find<bool>("on");
  if (on == nullptr) reader.refuse("found an object without `on`");
  return *on;
}

std::optional<std::uint64_t> read_rollback_body(std::string_view body) {
  ObjectReader reader({"to"}, R"({"to": VERSION}, or {} for the version before)");
  reader.read(body);
  const auto* to = reader.find<std::uint64_t>("to");
  return to == nullptr ? std::nullopt : std::optional(*to);
}

std::map<std::string, std::string, std::less<>> read_texts_body(
    std::string_view body, std::initializer_list<std::string_view> keys) {
  ObjectReader reader(keys,
                      fmt::format("an object with the texts {}, each of 1 to {} octets that can be shown",
                                  fmt::join(keys, ", "), usual_octets));
  reader.read(body);
  std::map<std::string, std::string, std::less<>> texts;
  for (const std::string_view key : keys) texts.emplace(key, text_in(reader, key));
  return texts;
}

MarkBody read_mark_body(std::string_view body) {
  constexpr std::size_t most_id = 64;
  constexpr std::size_t most_text = 10'000;
  constexpr std::size_t most_note = 1'000;
  ObjectReader reader(
      {"id", "wrong", "rule", "text", "with_text", "note"},
      R"({"id": ID, "wrong": "false_positive" or "false_negative"}, and perhaps `rule`, a number,)"
      " `text` or `with_text` and `note`");
  reader.read(body);
  const auto text_of = [&](std::string_view key, std::size_t most) -> const std::string* {
    const auto* text = reader.find<std::string>(key);
    if (text != nullptr && (text->empty() || text->size() > most))
      reader.refuse(fmt::format("found another text for `{}`", key));
    return text;
  };
  MarkBody mark;
  const auto* id = text_of("id", most_id);
  const auto* wrong = text_of("wrong", most_id);
  if (id == nullptr || !is_plain_text(*id)) reader.refuse("found no `id`");
  const auto known = wrong == nullptr ? std::nullopt : wrong_of(*wrong);
  if (!known) reader.refuse("found no `wrong` of these");
  mark.id = *id;
  mark.wrong = *known;
  if (const auto* rule = reader.find<std::uint64_t>("rule"); rule != nullptr) {
    if (*rule == 0 || *rule > std::numeric_limits<std::uint32_t>::max())
      reader.refuse("found another number for `rule`");
    mark.rule = static_cast<std::uint32_t>(*rule);
  }
  if (const auto* text = text_of("text", most_text); text != nullptr) mark.text = *text;
  if (const auto* with_text = reader.find<bool>("with_text"); with_text != nullptr)
    mark.with_text = *with_text;
  if (mark.text && mark.with_text) reader.refuse("found both `text` and `with_text`");
  if (const auto* note = text_of("note", most_note); note != nullptr) {
    if (!is_plain_text(*note)) reader.refuse("found another text for `note`");
    mark.note = *note;
  }
  return mark;
}

CorrectionBody read_correction_body(std::string_view body) {
  ObjectReader reader({"movement", "reference"}, R"({"movement": NUMBER, "reference": TEXT})");
  reader.read(body);
  const auto* movement = reader.find<std::uint64_t>("movement");
  if (movement == nullptr || *movement > std::numeric_limits<std::int64_t>::max())
    reader.refuse("found no number for `movement`");
  return {static_cast<std::int64_t>(*movement), text_in(reader, "reference")};
}

ReleaseBody read_release_body(std::string_view body) {
  ObjectReader reader({"appliance", "force"}, R"({"appliance": NAME}, and perhaps "force": true)");
  reader.read(body);
  const bool* force = reader.find<bool>("force");
  return {text_in(reader, "appliance"), force != nullptr && *force};
}

ImportBody read_import_body(std::string_view body) {
  constexpr std::size_t most_name = 4096;
  ObjectReader reader({"file", "content"}, R"({"file": NAME, "content": TEXT}, as UTF-8)");
  reader.read(body);
  const auto* content = reader.find<std::string>("content");
  if (content == nullptr) reader.refuse("found no `content`");
  return {text_in(reader, "file", most_name), *content};
}

std::uint64_t read_number_body(std::string_view body, std::string_view key) {
  ObjectReader reader({key}, fmt::format("an object with the whole number `{}`", key));
  reader.read(body);
  const auto* number = reader.find<std::uint64_t>(key);
  if (number == nullptr) reader.refuse(fmt::format("found no `{}`", key));
  return *number;
}

}  // namespace tollgate::control
