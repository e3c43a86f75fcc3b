#include "control/list_body.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "control/fault.hpp"
#include "control/utc.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 3> kinds{"add", "remove", "expire"};
constexpr std::array<std::string_view, 4> keys{"list", "change", "values", "until"};
constexpr const char* expected =
    R"({"list": NAME, "change": "add", "remove" or "expire", "values": [...], "until": TIME})";

[[noreturn]] void refuse(const std::string& found, const std::string& instead = expected) {
  throw Fault(http::bad_request, found, instead);
}

/// Takes the object apart, as SwitchReader does: each key once.
class ListReader : public nlohmann::json_sax<Json> {
 public:
  bool has(std::string_view key) const { return given_[index(key)]; }
  const std::string& text(std::string_view key) const { return texts_[index(key)]; }
  std::vector<std::string>& values() { return values_; }
  const std::string& found() const { return found_; }

  bool null() override { return no("a null"); }
  bool boolean(bool) override { return no("a boolean"); }
  bool number_integer(number_integer_t) override { return no("a number; values stand in quotes"); }
  bool number_unsigned(number_unsigned_t) override { return no("a number; values stand in quotes"); }
  bool number_float(number_float_t, const string_t&) override {
    return no("a number; values stand in quotes");
  }
  bool binary(binary_t&) override { return no("binary data"); }
  bool string(string_t& text) override {
    if (text.size() > longest_changed_value) return no("a text that is too long");
    if (in_values_) {
      if (values_.size() == most_changed_values) return no("more values than 1,000");
      values_.push_back(std::move(text));
      return true;
    }
    if (!in_object_ || is_values()) return no("a string that does not belong there");
    texts_[at_] = std::move(text);
    return true;
  }
  bool start_object(std::size_t) override {
    if (std::exchange(in_object_, true)) return no("an object in the object");
    return true;
  }
  bool key(string_t& name) override {
    const auto found = std::find(keys.begin(), keys.end(), name);
    if (found == keys.end()) return no("another key than list, change, values and until");
    at_ = static_cast<std::size_t>(found - keys.begin());
    return !std::exchange(given_[at_], true) || no(fmt::format("the key `{}` twice", name));
  }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override {
    if (!in_object_ || in_values_ || !is_values()) return no("a list that does not belong there");
    return in_values_ = true;
  }
  bool end_array() override {
    in_values_ = false;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return no("what is no JSON, at octet " + std::to_string(position));
  }

 private:
  static std::size_t index(std::string_view key) {
    return static_cast<std::size_t>(std::find(keys.begin(), keys.end(), key) - keys.begin());
  }
  bool is_values() const { return at_ == index("values"); }
  bool no(std::string what) {
    found_ = "found " + std::move(what);
    return false;
  }

  std::array<bool, keys.size()> given_{};
  std::array<std::string, keys.size()> texts_;
  std::vector<std::string> values_;
  std::string found_;
  std::size_t at_ = 0;  ///< of the key in hand
  bool in_object_ = false;
  bool in_values_ = false;
};

ListChangeKind kind_of(const std::string& text) {
  const auto kind = std::find(kinds.begin(), kinds.end(), text);
  if (kind == kinds.end()) refuse("found another `change`", "add, remove or expire");
  return static_cast<ListChangeKind>(kind - kinds.begin());
}

}  // namespace

std::string_view to_string(ListChangeKind kind) { return kinds[static_cast<std::size_t>(kind)]; }

ListRequest read_list_body(std::string_view body) {
  if (body.empty()) refuse("found no body");
  ListReader reader;
  if (!Json::sax_parse(body.begin(), body.end(), &reader)) refuse(reader.found());
  for (const std::string_view key : {"list", "change", "values"}) {
    if (!reader.has(key)) refuse(fmt::format("found no `{}`", key));
  }
  ListRequest request{reader.text("list"), kind_of(reader.text("change")), std::move(reader.values()), {}};
  if (request.values.empty()) refuse("found no values", fmt::format("1 to {} of them", most_changed_values));
  if (reader.has("until")) {
    request.until_ns = from_utc(reader.text("until"));
    if (!request.until_ns) refuse("found another `until`", "a time such as 2026-12-01T00:00:00Z");
    if (request.change == ListChangeKind::remove) refuse("found `until`", "none: `remove` is at once");
  } else if (request.change == ListChangeKind::expire) {
    refuse("found no `until`", "the time at which the entries end");
  }
  return request;
}

}  // namespace tollgate::control
