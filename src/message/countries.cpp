#include "message/countries.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace tollgate {
namespace {

struct Range {
  std::string_view code;     ///< E.164 country code
  std::string_view area;     ///< the digits after it that make the range; empty for the whole code
  std::string_view country;  ///< ISO 3166 alpha-2
};

// Country codes: ITU-T E.164 annex. Area codes of +1: the North American numbering plan. A longer prefix
// stands after every shorter one that it begins with, and those of more than four digits at the end.
// clang-format off
constexpr std::array<Range, 314> ranges{{
    // The North American numbering plan, by area code; what is not listed is the United States.
    {"1", "", "US"},
    // Caribbean and Pacific
    {"1", "242", "BS"}, {"1", "246", "BB"}, {"1", "264", "AI"}, {"1", "268", "AG"}, {"1", "284", "VG"},
    {"1", "340", "VI"}, {"1", "345", "KY"}, {"1", "441", "BM"}, {"1", "473", "GD"}, {"1", "649", "TC"},
    {"1", "658", "JM"}, {"1", "664", "MS"}, {"1", "670", "MP"}, {"1", "671", "GU"}, {"1", "684", "AS"},
    {"1", "721", "SX"}, {"1", "758", "LC"}, {"1", "767", "DM"}, {"1", "784", "VC"}, {"1", "787", "PR"},
    {"1", "809", "DO"}, {"1", "829", "DO"}, {"1", "849", "DO"}, {"1", "868", "TT"}, {"1", "869", "KN"},
    {"1", "876", "JM"}, {"1", "939", "PR"},
    // Canada
    {"1", "204", "CA"}, {"1", "226", "CA"}, {"1", "236", "CA"}, {"1", "249", "CA"}, {"1", "250", "CA"},
    {"1", "257", "CA"}, {"1", "263", "CA"}, {"1", "289", "CA"}, {"1", "306", "CA"}, {"1", "343", "CA"},
    {"1", "354", "CA"}, {"1", "365", "CA"}, {"1", "367", "CA"}, {"1", "368", "CA"}, {"1", "382", "CA"},
    {"1", "387", "CA"}, {"1", "403", "CA"}, {"1", "416", "CA"}, {"1", "418", "CA"}, {"1", "428", "CA"},
    {"1", "431", "CA"}, {"1", "437", "CA"}, {"1", "438", "CA"}, {"1", "450", "CA"}, {"1", "468", "CA"},
    {"1", "474", "CA"}, {"1", "506", "CA"}, {"1", "514", "CA"}, {"1", "519", "CA"}, {"1", "548", "CA"},
    {"1", "579", "CA"}, {"1", "581", "CA"}, {"1", "584", "CA"}, {"1", "587", "CA"}, {"1", "600", "CA"},
    {"1", "604", "CA"}, {"1", "613", "CA"}, {"1", "622", "CA"}, {"1", "633", "CA"}, {"1", "639", "CA"},
    {"1", "644", "CA"}, {"1", "647", "CA"}, {"1", "655", "CA"}, {"1", "672", "CA"}, {"1", "677", "CA"},
    {"1", "683", "CA"}, {"1", "688", "CA"}, {"1", "705", "CA"}, {"1", "709", "CA"}, {"1", "742", "CA"},
    {"1", "753", "CA"}, {"1", "778", "CA"}, {"1", "780", "CA"}, {"1", "782", "CA"}, {"1", "807", "CA"},
    {"1", "819", "CA"}, {"1", "825", "CA"}, {"1", "867", "CA"}, {"1", "873", "CA"}, {"1", "879", "CA"},
    {"1", "902", "CA"}, {"1", "905", "CA"}, {"1", "942", "CA"},
    // Zone 2: Africa and others
    {"20", "", "EG"}, {"211", "", "SS"}, {"212", "", "MA"}, {"213", "", "DZ"}, {"216", "", "TN"},
    {"218", "", "LY"}, {"220", "", "GM"}, {"221", "", "SN"}, {"222", "", "MR"}, {"223", "", "ML"},
    {"224", "", "GN"}, {"225", "", "CI"}, {"226", "", "BF"}, {"227", "", "NE"}, {"228", "", "TG"},
    {"229", "", "BJ"}, {"230", "", "MU"}, {"231", "", "LR"}, {"232", "", "SL"}, {"233", "", "GH"},
    {"234", "", "NG"}, {"235", "", "TD"}, {"236", "", "CF"}, {"237", "", "CM"}, {"238", "", "CV"},
    {"239", "", "ST"}, {"240", "", "GQ"}, {"241", "", "GA"}, {"242", "", "CG"}, {"243", "", "CD"},
    {"244", "", "AO"}, {"245", "", "GW"}, {"246", "", "IO"}, {"247", "", "AC"}, {"248", "", "SC"},
    {"249", "", "SD"}, {"250", "", "RW"}, {"251", "", "ET"}, {"252", "", "SO"}, {"253", "", "DJ"},
    {"254", "", "KE"}, {"255", "", "TZ"}, {"256", "", "UG"}, {"257", "", "BI"}, {"258", "", "MZ"},
    {"260", "", "ZM"}, {"261", "", "MG"}, {"262", "", "RE"}, {"263", "", "ZW"}, {"264", "", "NA"},
    {"265", "", "MW"}, {"266", "", "LS"}, {"267", "", "BW"}, {"268", "", "SZ"}, {"269", "", "KM"},
    {"27", "", "ZA"}, {"290", "", "SH"}, {"291", "", "ER"}, {"297", "", "AW"}, {"298", "", "FO"},
    {"299", "", "GL"},
    // Zone 3: Europe
    {"30", "", "GR"}, {"31", "", "NL"}, {"32", "", "BE"}, {"33", "", "FR"}, {"34", "", "ES"},
    {"350", "", "GI"}, {"351", "", "PT"}, {"352", "", "LU"}, {"353", "", "IE"}, {"354", "", "IS"},
    {"355", "", "AL"}, {"356", "", "MT"}, {"357", "", "CY"}, {"358", "", "FI"}, {"359", "", "BG"},
    {"36", "", "HU"}, {"370", "", "LT"}, {"371", "", "LV"}, {"372", "", "EE"}, {"373", "", "MD"},
    {"374", "", "AM"}, {"375", "", "BY"}, {"376", "", "AD"}, {"377", "", "MC"}, {"378", "", "SM"},
    {"379", "", "VA"}, {"380", "", "UA"}, {"381", "", "RS"}, {"382", "", "ME"}, {"383", "", "XK"},
    {"385", "", "HR"}, {"386", "", "SI"}, {"387", "", "BA"}, {"389", "", "MK"}, {"39", "", "IT"},
    // Zone 4: Europe
    {"40", "", "RO"}, {"41", "", "CH"}, {"420", "", "CZ"}, {"421", "", "SK"}, {"423", "", "LI"},
    {"43", "", "AT"}, {"44", "", "GB"}, {"45", "", "DK"}, {"46", "", "SE"}, {"47", "", "NO"},
    {"48", "", "PL"}, {"49", "", "DE"},
    // Zone 5: Central and South America
    {"500", "", "FK"}, {"501", "", "BZ"}, {"502", "", "GT"}, {"503", "", "SV"}, {"504", "", "HN"},
    {"505", "", "NI"}, {"506", "", "CR"}, {"507", "", "PA"}, {"508", "", "PM"}, {"509", "", "HT"},
    {"51", "", "PE"}, {"52", "", "MX"}, {"53", "", "CU"}, {"54", "", "AR"}, {"55", "", "BR"},
    {"56", "", "CL"}, {"57", "", "CO"}, {"58", "", "VE"}, {"590", "", "GP"}, {"591", "", "BO"},
    {"592", "", "GY"}, {"593", "", "EC"}, {"594", "", "GF"}, {"595", "", "PY"}, {"596", "", "MQ"},
    {"597", "", "SR"}, {"598", "", "UY"}, {"599", "", "BQ"},
    // Zone 6: South-east Asia and the Pacific
    {"60", "", "MY"}, {"61", "", "AU"}, {"62", "", "ID"}, {"63", "", "PH"}, {"64", "", "NZ"},
    {"65", "", "SG"}, {"66", "", "TH"}, {"670", "", "TL"}, {"672", "", "NF"}, {"673", "", "BN"},
    {"674", "", "NR"}, {"675", "", "PG"}, {"676", "", "TO"}, {"677", "", "SB"}, {"678", "", "VU"},
    {"679", "", "FJ"}, {"680", "", "PW"}, {"681", "", "WF"}, {"682", "", "CK"}, {"683", "", "NU"},
    {"685", "", "WS"}, {"686", "", "KI"}, {"687", "", "NC"}, {"688", "", "TV"}, {"689", "", "PF"},
    {"690", "", "TK"}, {"691", "", "FM"}, {"692", "", "MH"},
    // Zone 7: Russia
    {"7", "", "RU"},
    // Zone 8: East Asia
    {"81", "", "JP"}, {"82", "", "KR"}, {"84", "", "VN"}, {"850", "", "KP"}, {"852", "", "HK"},
    {"853", "", "MO"}, {"855", "", "KH"}, {"856", "", "LA"}, {"86", "", "CN"}, {"880", "", "BD"},
    {"886", "", "TW"},
    // Zone 9: West, Central and South Asia
    {"90", "", "TR"}, {"91", "", "IN"}, {"92", "", "PK"}, {"93", "", "AF"}, {"94", "", "LK"},
    {"95", "", "MM"}, {"960", "", "MV"}, {"961", "", "LB"}, {"962", "", "JO"}, {"963", "", "SY"},
    {"964", "", "IQ"}, {"965", "", "KW"}, {"966", "", "SA"}, {"967", "", "YE"}, {"968", "", "OM"},
    {"970", "", "PS"}, {"971", "", "AE"}, {"972", "", "IL"}, {"973", "", "BH"}, {"974", "", "QA"},
    {"975", "", "BT"}, {"976", "", "MN"}, {"977", "", "NP"}, {"98", "", "IR"}, {"992", "", "TJ"},
    {"993", "", "TM"}, {"994", "", "AZ"}, {"995", "", "GE"}, {"996", "", "KG"}, {"998", "", "UZ"},
    // Ranges within another country's plan
    {"7", "6", "KZ"}, {"7", "7", "KZ"}, {"47", "79", "SJ"}, {"290", "8", "TA"}, {"599", "9", "CW"},
    {"44", "1481", "GG"}, {"44", "1534", "JE"}, {"44", "1624", "IM"}, {"44", "7624", "IM"},
    {"44", "7781", "GG"}, {"44", "7797", "JE"}, {"39", "06698", "VA"}, {"262", "269", "YT"},
    {"262", "639", "YT"}, {"358", "18", "AX"}, {"61", "89162", "CC"}, {"61", "89164", "CX"},
}};
// clang-format on

constexpr std::size_t index_digits = 4;
constexpr std::size_t more_digits = 3;  ///< behind those: they tell the ranges that are longer
constexpr std::uint16_t nowhere = 0x7FFF;
constexpr std::uint16_t longer = 0x8000;  ///< a range with more than four digits begins with these four

constexpr std::size_t digit_value(char c) { return static_cast<std::size_t>(c - '0'); }

constexpr std::size_t digits_of(const Range& range) { return range.code.size() + range.area.size(); }

constexpr std::size_t first_longer = [] {
  std::size_t place = ranges.size();
  while (digits_of(ranges[place - 1]) > index_digits) --place;
  return place;
}();

// Digits that are not there count as zeros, so that no longer range may end in one.
static_assert(std::none_of(ranges.begin() + first_longer, ranges.end(), [](const Range& range) {
  return range.area.back() == '0' || digits_of(range) > index_digits + more_digits;
}));

/// All numbers from the first up to, but without, the end.
struct Numbers {
  std::size_t first = 0;
  std::size_t end = 0;
};

/// What the digits from `begin` on can be, so many of them, of a number in the range.
constexpr Numbers numbers_of(const Range& range, std::size_t begin, std::size_t count) {
  Numbers numbers{.first = 0, .end = 1};
  for (std::size_t i = begin; i < begin + count; ++i) {
    const bool is_told = i < digits_of(range);
    const std::size_t in_area = i - std::min(i, range.code.size());
    const char digit = !is_told ? '0' : i < range.code.size() ? range.code[i] : range.area[in_area];
    numbers.first = numbers.first * 10 + digit_value(digit);
    numbers.end = is_told ? numbers.first + 1 : numbers.end * 10;
  }
  return numbers;
}

constexpr void set_places(auto& places, Numbers numbers, std::size_t place) {
  for (std::size_t i = numbers.first; i < numbers.end; ++i) places[i] = static_cast<std::uint16_t>(place);
}

/// How many different first four digits the longer ranges have; those with the same stand together.
constexpr std::size_t long_begins = [] {
  std::size_t count = 0;
  std::size_t last = 0;
  for (std::size_t place = first_longer; place < ranges.size(); ++place) {
    const std::size_t first = numbers_of(ranges[place], 0, index_digits).first;
    if (first != last) ++count;
    last = first;
  }
  return count;
}();

/// The range of a number, as its place in `ranges`.
struct Index {
  /// By its first four digits; or `longer`, and a place in `by_rest`.
  std::array<std::uint16_t, 10'000> by_begin{};
  /// By the three digits after those.
  std::array<std::array<std::uint16_t, 1'000>, long_begins> by_rest{};
};

constexpr Index index = [] {
  Index made;
  made.by_begin.fill(nowhere);
  std::size_t rests = 0;
  for (std::size_t place = 0; place < ranges.size(); ++place) {
    const Numbers begins = numbers_of(ranges[place], 0, index_digits);
    if (place < first_longer) {
      set_places(made.by_begin, begins, place);
      continue;
    }
    std::uint16_t& begin = made.by_begin[begins.first];
    if ((begin & longer) == 0) {
      made.by_rest[rests].fill(begin);
      begin = static_cast<std::uint16_t>(longer | rests++);
    }
    set_places(made.by_rest[rests - 1], numbers_of(ranges[place], index_digits, more_digits), place);
  }
  return made;
}();

/// Above 9 where the character is no digit.
std::size_t digit_at(std::string_view digits, std::size_t i) {
  return static_cast<unsigned char>(digits[i] - '0');
}

/// The digits after the first four; zeros in the place of what is not there, or is no digit.
std::size_t rest_of(std::string_view digits) {
  std::size_t rest = 0;
  for (std::size_t i = index_digits; i < index_digits + more_digits; ++i) {
    const std::size_t digit = i < digits.size() ? digit_at(digits, i) : 0;
    rest = rest * 10 + (digit <= 9 ? digit : 0);
  }
  return rest;
}

}  // namespace

std::string_view country_of(std::string_view e164_digits) {
  if (e164_digits.size() < index_digits) return {};
  std::size_t begin = 0;
  for (std::size_t i = 0; i < index_digits; ++i) {
    const std::size_t digit = digit_at(e164_digits, i);
    if (digit > 9) return {};
    begin = begin * 10 + digit;
  }
  std::size_t place = index.by_begin[begin];
  if ((place & longer) != 0) place = index.by_rest[place & ~std::size_t{longer}][rest_of(e164_digits)];
  return place == nowhere ? std::string_view{} : ranges[place].country;
}

std::string_view country_code_of(std::string_view iso) {
  const auto found =
      std::find_if(ranges.begin(), ranges.end(), [&](const Range& r) { return r.country == iso; });
  return found == ranges.end() ? std::string_view{} : found->code;
}

}  // namespace tollgate
