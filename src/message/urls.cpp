#include "message/urls.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>

namespace tollgate {
namespace {

enum class Class : std::uint8_t {
  separator,  ///< ends everything
  letter,     ///< of a host: ASCII letters and digits, letters of other scripts written with blanks
  unspaced,   ///< the same, of a script written without blanks
  joint,      ///< within a host: . - _
  other,      ///< ASCII punctuation that a path can hold
};

struct Character {
  Class kind;
  std::uint8_t octets;
};

bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

constexpr std::array<Class, 128> ascii_classes = [] {
  std::array<Class, 128> classes{};
  classes.fill(Class::other);
  for (std::size_t c = 0; c <= ' '; ++c) classes[c] = Class::separator;
  for (const char c : std::string_view("\"<>\\^`{|}\x7F"))
    classes[static_cast<unsigned char>(c)] = Class::separator;
  for (const char c : std::string_view(".-_")) classes[static_cast<unsigned char>(c)] = Class::joint;
  for (std::size_t c = '0'; c <= '9'; ++c) classes[c] = Class::letter;
  for (std::size_t c = 'A'; c <= 'Z'; ++c) classes[c] = classes[c + ('a' - 'A')] = Class::letter;
  return classes;
}();

/// An ASCII letter or digit.
bool is_plain(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet < ascii_classes.size() && ascii_classes[octet] == Class::letter;
}

Class class_of(char32_t c) {
  const auto in = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  if (in(0x80, 0xBF) || in(0x2000, 0x200B) || in(0x200E, 0x2BFF) || in(0x2E00, 0x2E7F) ||
      in(0x3000, 0x303F) || in(0xFE00, 0xFE6F) || in(0xFF00, 0xFFFF) || in(0x1F000, 0x1FAFF))
    return Class::separator;
  if (in(0x0E00, 0x0EFF) || in(0x1000, 0x109F) || in(0x1780, 0x17FF) || in(0x2E80, 0x9FFF) ||
      in(0xAC00, 0xD7AF) || in(0xF900, 0xFAFF) || in(0x20000, 0x3FFFF))
    return Class::unspaced;
  return Class::letter;
}

/// The character at `at`. An octet that does not belong to UTF-8 separates.
Character character(std::string_view text, std::size_t at) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = octet(at);
  if (lead < 0x80) return {ascii_classes[lead], 1};
  const std::uint8_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() - at < length) return {Class::separator, 1};
  char32_t c = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((octet(at + i) & 0xC0U) != 0x80U) return {Class::separator, 1};
    c = c << 6U | (octet(at + i) & 0x3FU);
  }
  return {class_of(c), length};
}

/// Where the host characters that begin at `from` end. Two dots in a row end them.
std::size_t host_end(std::string_view text, std::size_t from) {
  std::size_t at = from;
  bool after_ascii = false;
  bool after_unspaced = false;
  while (at < text.size()) {
    if (!after_unspaced && is_plain(text[at])) {
      after_ascii = true;
      ++at;
      continue;
    }
    const Character c = character(text, at);
    if (c.kind == Class::separator || c.kind == Class::other) break;
    const bool unspaced = c.kind == Class::unspaced;
    if ((unspaced && after_ascii) || (after_unspaced && is_plain(text[at]))) break;
    if (text[at] == '.' && at + 1 < text.size() && text[at + 1] == '.') break;
    after_ascii = false;
    after_unspaced = unspaced;
    at += c.octets;
  }
  return at;
}

/// Where the port, path, query and fragment that begin at `from` end, punctuation at their end left out;
/// `from` where there are none.
std::size_t tail_end(std::string_view text, std::size_t from) {
  std::size_t at = from;
  if (at < text.size() && text[at] == ':') {
    std::size_t digits = 0;
    while (digits < 5 && at + 1 + digits < text.size() && is_digit(text[at + 1 + digits])) ++digits;
    if (digits == 0) return from;
    at += 1 + digits;
  }
  const std::size_t path = at;
  if (at == text.size() || (text[at] != '/' && text[at] != '?' && text[at] != '#')) return at;
  std::size_t opened = 0;
  std::size_t closed = 0;
  while (at < text.size()) {
    const Character c = character(text, at);
    if (c.kind == Class::separator || c.kind == Class::unspaced) break;
    if (text[at] == '(') ++opened;
    if (text[at] == ')') ++closed;
    at += c.octets;
  }
  for (; at > path; --at) {
    const char last = text[at - 1];
    const bool unopened = last == ')' && closed > opened;
    if (unopened) --closed;
    if (!unopened && std::string_view(".,;:!?'*~]").find(last) == std::string_view::npos) break;
  }
  return at;
}

bool ends_with_folded(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         std::equal(end.begin(), end.end(), text.end() - static_cast<std::ptrdiff_t>(end.size()),
                    [](char a, char b) { return a == lower(b); });
}

/// The octets of the scheme that `text` ends with; 0 where it is none that we know.
std::size_t scheme_length(std::string_view text) {
  for (const std::string_view scheme : {"https", "http", "hxxps", "hxxp", "ftp"}) {
    if (ends_with_folded(text, scheme)) return scheme.size();
  }
  return 0;
}

using Letters = std::bitset<26 * 26>;

std::size_t pair_index(std::string_view pair) {
  return static_cast<std::size_t>(lower(pair[0]) - 'a') * 26 + static_cast<std::size_t>(lower(pair[1]) - 'a');
}

Letters pairs(std::string_view list) {
  Letters set;
  for (std::size_t i = 0; i + 1 < list.size(); i += 3) set[pair_index(list.substr(i, 2))] = true;
  return set;
}

// The country-code top-level domains of the IANA root zone.
const Letters country_domains = pairs(
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by "
    "bz ca "
    "cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk "
    "fm fo "
    "fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is "
    "it je "
    "jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm "
    "mn mo "
    "mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr "
    "ps pt "
    "pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th "
    "tj tk "
    "tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw");

// Those that are words or abbreviations which a text joins to the sentence before.
const Letters word_domains = pairs("am as at be by do id im in is it la me mr ms my no pa pm so to us");

// Generic ones that are common in messages, good and bad; in alphabetical order.
constexpr std::array<std::string_view, 76> generic_domains{
    "academy", "app",     "art",     "asia",    "bank",    "best",     "bid",   "biz",     "blog",   "buzz",
    "cam",     "card",    "cash",    "casino",  "center",  "cfd",      "chat",  "city",    "click",  "cloud",
    "club",    "com",     "company", "country", "cyou",    "date",     "dev",   "digital", "edu",    "email",
    "expert",  "finance", "fit",     "fun",     "gdn",     "global",   "gov",   "group",   "guru",   "help",
    "host",    "icu",     "info",    "int",     "life",    "link",     "live",  "loan",    "market", "men",
    "mobi",    "monster", "name",    "net",     "network", "news",     "ninja", "online",  "org",    "page",
    "press",   "pro",     "rest",    "review",  "sbs",     "services", "shop",  "site",    "space",  "store",
    "support", "tech",    "top",     "website", "world",   "xyz"};

constexpr std::array<std::string_view, 40> other_script_domains{
    "рф",     "рус",    "укр",  "бел",  "бг",       "мкд",  "срб",    "қаз",     "мон",   "ею",
    "москва", "онлайн", "сайт", "дети", "орг",      "ком",  "ελ",     "ευ",      "გე",    "հայ",
    "中国",   "中國",   "香港", "台湾", "台灣",     "公司", "网络",   "网址",    "在线",  "商城",
    "한국",   "닷컴",   "ไทย",  "भारत", "السعودية", "مصر",  "امارات", "الجزائر", "ایران", "پاکستان"};

bool is_generic(std::string_view label) {
  std::array<char, 16> room{};
  if (label.size() > room.size()) return false;
  std::transform(label.begin(), label.end(), room.begin(), lower);
  return std::binary_search(generic_domains.begin(), generic_domains.end(),
                            std::string_view(room.data(), label.size()));
}

bool is_ipv4(std::string_view host) {
  for (int part = 0; part < 4; ++part) {
    const std::size_t length = part == 3 ? host.size() : host.find('.');
    if (length == 0 || length > 3) return false;
    unsigned value = 0;
    for (const char c : host.substr(0, length)) {
      if (!is_digit(c)) return false;
      value = value * 10 + static_cast<unsigned>(c - '0');
    }
    if (value > 255) return false;
    host.remove_prefix(part == 3 ? length : length + 1);
  }
  return true;
}

/// A host cut at its last dot, and what a rule needs to know of it.
struct Host {
  std::string_view before;  ///< the labels before the last
  std::string_view last;    ///< the last label
  bool three_labels;
  bool ascii_letters;  ///< `last` is 2 to 24 ASCII letters
};

/// Whether `last` can be a top-level domain at all: what is enough where a path follows.
bool can_be_domain(const Host& host) {
  if (host.ascii_letters) return true;
  if (ends_with_folded(host.last.substr(0, 4), "xn--")) return host.last.size() > 4;
  return std::find(other_script_domains.begin(), other_script_domains.end(), host.last) !=
         other_script_domains.end();
}

/// Whether the label before the last shows that it is one: a hyphen, or digits among letters.
bool looks_made_up(std::string_view label) {
  if (label.find('-') != label.npos) return true;
  return std::any_of(label.begin(), label.end(), is_digit) &&
         std::any_of(label.begin(), label.end(), is_ascii_letter);
}

/// Whether a host without path is one, and not two sentences without a blank.
bool stands_alone(const Host& host) {
  if (!host.ascii_letters) return true;
  const char before = host.before.back();
  if (host.last.front() != lower(host.last.front()) && before >= 'a' && before <= 'z') return false;
  if (host.last.size() != 2) return is_generic(host.last);
  if (!country_domains[pair_index(host.last)]) return false;
  return !word_domains[pair_index(host.last)] || host.three_labels || looks_made_up(host.before);
}

/// Whether `text`, which stands without a scheme, is a host.
bool is_host(std::string_view text, bool has_tail) {
  const std::size_t dot = text.rfind('.');
  if (dot == text.npos || dot == 0) return false;
  if (has_tail && is_ipv4(text)) return true;
  const std::string_view last = text.substr(dot + 1);
  const std::string_view before = text.substr(0, dot);
  const bool letters =
      last.size() >= 2 && last.size() <= 24 && std::all_of(last.begin(), last.end(), is_ascii_letter);
  const Host host{before, last, before.find('.') != before.npos, letters};
  if (!can_be_domain(host)) return false;
  const bool www = host.three_labels && ends_with_folded(text.substr(0, 4), "www.");
  return has_tail || www || stands_alone(host);
}

/// Where the host of a URL begins whose authority begins at `from`: after the user's name, where it has one.
std::size_t after_user(std::string_view text, std::size_t from) {
  std::size_t host = from;
  for (std::size_t at = from; at < text.size();) {
    const Character c = character(text, at);
    if (c.kind == Class::separator || text[at] == '/' || text[at] == '?' || text[at] == '#') break;
    at += c.octets;
    if (text[at - 1] == '@') host = at;
  }
  return host;
}

std::string_view trim_joints(std::string_view host) {
  const std::size_t last = host.find_last_not_of(".-_");
  return last == host.npos ? std::string_view{} : host.substr(0, last + 1);
}

}  // namespace

UrlFinder::UrlFinder(std::string_view text) : text_(text) {
  // Most messages have no URL, and none is without one of these.
  if (text.find('.') == text.npos && text.find("://") == text.npos) position_ = text.size();
}

std::string_view UrlFinder::next() {
  while (position_ < text_.size()) {
    const Character first = character(text_, position_);
    if (first.kind != Class::letter && first.kind != Class::unspaced) {
      position_ += first.octets;
      continue;
    }
    const std::size_t begin = position_;
    const std::size_t end = host_end(text_, begin);
    position_ = end;
    if (text_.substr(end, 3) == "://") {
      position_ = end + 3;
      const std::size_t length = scheme_length(text_.substr(begin, end - begin));
      if (length == 0) continue;
      const std::size_t host = after_user(text_, end + 3);
      const std::string_view trimmed = trim_joints(text_.substr(host, host_end(text_, host) - host));
      if (trimmed.empty()) continue;
      const std::size_t host_stop = host + trimmed.size();
      position_ = std::max(position_, tail_end(text_, host_stop));
      return text_.substr(end - length, position_ - (end - length));
    }
    const bool email = (begin > 0 && text_[begin - 1] == '@') || (end < text_.size() && text_[end] == '@');
    if (email) continue;
    if (std::find(text_.data() + begin, text_.data() + end, '.') == text_.data() + end) continue;
    const std::string_view host = trim_joints(text_.substr(begin, end - begin));
    const std::size_t stop = begin + host.size();
    const std::size_t tail = tail_end(text_, stop);
    if (!is_host(host, tail != stop)) continue;
    position_ = tail > end ? tail : end;
    return text_.substr(begin, tail - begin);
  }
  return {};
}

}  // namespace tollgate
