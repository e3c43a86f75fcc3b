#pragma once

#include "message/arena.hpp"
#include "message/home.hpp"
#include "message/message.hpp"

namespace tollgate {

/// Fills `address.number`: the E.164 digits that `address.address` means in the network `home`, or nothing.
/// The first rule that holds decides:
///
/// 1. Alphanumeric and network-specific addresses have none, nor have addresses with anything but digits
///    (`*`, `#`, letters; one leading `+` is stripped and makes the type international).
/// 2. International: the digits as they are, without an international prefix that should not be there
///    (`00`, or the own one where it begins with 0: no country code does).
/// 3. Short codes have none: type abbreviated, or a length within `home.short_code_*_digits`.
/// 4. Subscriber numbers have none: their area is not known.
/// 5. National and unknown, beginning with the own international prefix: what follows it.
/// 6. National and unknown, beginning with the own national prefix: the own country code and what follows.
/// 7. National, without prefix: the own country code and the digits.
/// 8. Unknown, beginning with the own country code: the digits as they are, where enough follow it for a
///    whole number: 7, or 9 in a country without national prefix (Italy), whose own numbers can begin so.
/// 9. Unknown, in a country without national prefix: the own country code and the digits.
/// 10. Any other has none: what it means cannot be told.
///
/// A number does not begin with 0 and has at most 15 digits; what would, has none. Without the own country
/// code, rules that need it give none. A reserved type counts as unknown. The numbering plan is not looked
/// at: handsets and networks do not either, so that a sender could hide behind it.
///
/// The number is a view of `address.address`, or of `arena`; where that is full there is none.
void fill_number(Address& address, const Home& home, Arena& arena);

}  // namespace tollgate
