#pragma once

#include <string>
#include <string_view>

#include "message/message.hpp"

namespace tollgate::record {

/// Of a sender and a recipient, by ISO 3166; empty: that of their number's prefix. Static storage.
struct Countries {
  std::string_view sender;
  std::string_view recipient;
};

/// Appends the event of `message` to `out`: one JSON object on one line, without a newline. Fields and their
/// order are the event's as documented; what a message does not have is left out. In detail:
///
/// - An operation or error that has no standard name stands as its code in decimal.
/// - `country` of an end comes from the digits of its global title.
/// - `smpp.status` stands in responses, and in a request only where it is not 0.
/// - `smpp.tlvs`: numbers and texts as such, anything else as hex; an unknown tag as `0x1401`; a list where a
///   parameter is repeated. `message_payload` is left out: it is the text or the data.
/// - `urls` are those of the whole text where the message completes one, else those of its own.
/// - `rules` and `ruleset` are left out where no rules judged; `spans` where there are none.
///
/// Whose numbers `message` shows no more has their `countries`.
void append_event(std::string& out, const Message& message, const Countries& countries = {});

/// Appends the event's part that says what rules and policy decided, as an object of its own.
void append_judgement(std::string& out, const Judgement& judgement);

}  // namespace tollgate::record
