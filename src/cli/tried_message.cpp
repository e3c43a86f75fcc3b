#include "cli/tried_message.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "cli/message_lines.hpp"
#include "control/fault.hpp"

namespace tollgate::cli {
namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void refuse(const std::string& found) {
  throw control::Fault(control::http::bad_request, found,
                       R"(a message in the event's fields, such as {"text": "hello"})");
}

/// An object of values and of objects of values: deeper than the event's no field is.
Json read_fields(std::string_view body) {
  constexpr int most_depth = 3;
  bool is_deep = false;
  const auto look = [&](int depth, Json::parse_event_t, Json&) {
    is_deep |= depth > most_depth;
    return !is_deep;
  };
  Json object = Json::parse(body, look, false);
  if (is_deep) refuse("found objects in objects in objects");
  if (object.is_discarded()) refuse("found what is no JSON");
  if (!object.is_object()) refuse("found no object");
  if (const auto text = object.find("text"); text == object.end() || !text->is_string())
    refuse("found no `text`");
  return object;
}

Json signals_in(const Json& object) {
  Json signals = object.value("signals", Json::object());
  const bool good = signals.is_object() && std::all_of(signals.begin(), signals.end(),
                                                       [](const Json& one) { return one.is_number(); });
  if (!good) refuse("found `signals` that are no numbers by name");
  return signals;
}

}  // namespace

TriedMessage read_tried_message(std::string_view body, rules::Sample& sample) {
  TriedMessage tried;
  tried.fields = read_fields(body);
  tried.signals = signals_in(tried.fields);
  try {
    set_fields(sample, tried.fields);
  } catch (const std::runtime_error& error) {
    refuse(error.what());
  }
  return tried;
}

}  // namespace tollgate::cli
