#include <array>

#include <fmt/format.h>

#include "traffic/encode_text.hpp"
#include "traffic/mixes.hpp"
#include "traffic/texts.hpp"

// SMS TPDU: addresses, validity, PID, DCS, user-data headers, alphabets.
namespace tollgate::traffic {
namespace {

constexpr std::uint8_t element_special_indication = 0x01;
constexpr std::uint8_t element_ports_8 = 0x04;
constexpr std::uint8_t element_ports_16 = 0x05;
constexpr std::uint8_t element_single_shift = 0x24;
constexpr std::uint8_t element_locking_shift = 0x25;

void deliver_content(Generator& g, Content content) {
  SmRecipe recipe = sm_recipe(g.context, false);
  recipe.content = std::move(content);
  short_message(g.context, std::move(recipe));
}

template <class Change>
auto with(bool mobile_originated, Change change) {
  return [mobile_originated, change](Generator& g) {
    SmRecipe recipe = sm_recipe(g.context, mobile_originated);
    recipe.content = text_content(person_text(g.context.random), g.context.random);
    change(recipe, g.context.random);
    short_message(g.context, std::move(recipe));
  };
}

void add_address_mixes(MixList& list) {
  struct Named {
    const char* name;
    TpAddress address;
  };
  static const std::array<Named, 9> all{{{"unknown", {"07700900123", ton_unknown, 1}},
                                         {"international", {"447700900123", ton_international, 1}},
                                         {"national", {"7700900123", ton_national, 1}},
                                         {"network", {"1234", ton_network, 9}},
                                         {"subscriber", {"900123", ton_subscriber, 1}},
                                         {"alphanumeric", {"Tram £ Info", ton_alphanumeric, 0}},
                                         {"alphanumeric-1", {"X", ton_alphanumeric, 0}},
                                         {"abbreviated", {"60777", ton_abbreviated, 1}},
                                         {"special-digits", {"*100#", ton_unknown, 1}}}};
  for (const Named& one : all) {
    for (const bool mobile_originated : {false, true}) {
      const TpAddress address = one.address;
      list.add(std::string{mobile_originated ? "tp-da-" : "tp-oa-"} + one.name, "an address of this type",
               with(mobile_originated, [address](SmRecipe& r, Random&) { r.address = address; }));
    }
  }
  for (const unsigned length : {7U, 8U, 10U, 11U}) {
    list.add("tp-oa-alphanumeric-" + std::to_string(length), "an alphanumeric sender of this length",
             with(false, [length](SmRecipe& r, Random&) {
               r.address = {std::string("TOLLGATE-XY").substr(0, length), ton_alphanumeric, 0};
             }));
  }
}

void add_kind_mixes(MixList& list) {
  struct Named {
    const char* name;
    ValidityFormat format;
  };
  for (const Named& one : {Named{"none", ValidityFormat::none},
                           {"relative", ValidityFormat::relative},
                           {"absolute", ValidityFormat::absolute},
                           {"enhanced", ValidityFormat::enhanced}}) {
    const ValidityFormat format = one.format;
    list.add(std::string{"tp-vp-"} + one.name, "SUBMIT with this validity period",
             with(true, [format](SmRecipe& r, Random&) { r.validity = format; }));
  }
  list.add("tp-status-report-request", "SUBMIT that asks for a report",
           with(true, [](SmRecipe& r, Random&) { r.status_report = true; }));
  list.add("tp-status-report", "a STATUS-REPORT",
           with(false, [](SmRecipe& r, Random&) { r.tpdu = TpduType::status_report; }));
  list.add("tp-status-report-expired", "a STATUS-REPORT: SM Validity Period Expired",
           with(false, [](SmRecipe& r, Random&) {
             r.tpdu = TpduType::status_report;
             r.status = 0x46;
           }));
  list.add("tp-command", "a COMMAND", with(true, [](SmRecipe& r, Random&) { r.tpdu = TpduType::command; }));
  list.add("tp-command-delete", "a COMMAND: Delete previously submitted Short Message",
           with(true, [](SmRecipe& r, Random&) {
             r.tpdu = TpduType::command;
             r.status = 2;
           }));
  for (const std::uint8_t pid :
       std::initializer_list<std::uint8_t>{0x00, 0x20, 0x32, 0x40, 0x41, 0x47, 0x5e, 0x7d, 0x7f, 0xc0}) {
    list.add(fmt::format("tp-pid-{:02x}", pid), pid == 0x40 ? "silent: short message type 0" : "this TP-PID",
             with(false, [pid](SmRecipe& r, Random&) { r.content.pid = pid; }));
  }
}

/// What TS 23.038 section 4 says of a data coding scheme: its alphabet and its class.
struct Scheme {
  std::uint8_t dcs;
  Alphabet alphabet;
  int message_class;
};

void add_scheme_mixes(MixList& list) {
  using enum Alphabet;
  static constexpr std::array<Scheme, 24> all{
      {{0x00, gsm7, -1},   {0x10, gsm7, 0},   {0x11, gsm7, 1},   {0x12, gsm7, 2},   {0x13, gsm7, 3},
       {0x04, octets, -1}, {0x14, octets, 0}, {0x15, octets, 1}, {0x16, octets, 2}, {0x08, ucs2, -1},
       {0x18, ucs2, 0},    {0x19, ucs2, 1},   {0x40, gsm7, -1},  {0x50, gsm7, 0},   {0x48, ucs2, -1},
       {0xc0, gsm7, -1},   {0xc8, gsm7, -1},  {0xd0, gsm7, -1},  {0xd9, gsm7, -1},  {0xe0, ucs2, -1},
       {0xe8, ucs2, -1},   {0xf0, gsm7, 0},   {0xf1, gsm7, 1},   {0xf5, octets, 1}}};
  for (const Scheme& one : all) {
    const Scheme scheme = one;
    list.add(fmt::format("tp-dcs-{:02x}", scheme.dcs), "this TP-DCS", [scheme](Generator& g) {
      Random& random = g.context.random;
      Content content = text_content(person_text(random), random);
      UserData& data = content.parts[0];
      data.alphabet = scheme.alphabet;
      content.coding = scheme.alphabet == gsm7 ? "gsm7" : scheme.alphabet == ucs2 ? "ucs2" : "binary";
      if (scheme.alphabet == octets) data.octets = Bytes{0x00, 0x01, 0x80, 0xff, 0x41};
      if (scheme.alphabet == ucs2) data.text = "Grüße 😀 снова";
      content.whole = data.text;
      content.dcs = scheme.dcs;
      if (scheme.message_class >= 0) content.message_class = static_cast<unsigned>(scheme.message_class);
      deliver_content(g, std::move(content));
    });
  }
}

/// TS 23.038 section 4: bit 5 of a general TP-DCS says that the text is compressed (TS 23.042): octets.
void add_compressed_mixes(MixList& list) {
  for (const std::uint8_t dcs : std::initializer_list<std::uint8_t>{0x20, 0x28, 0x60}) {
    list.add(fmt::format("tp-dcs-{:02x}-compressed", dcs), "compressed text", [dcs](Generator& g) {
      Content content = binary_content(Bytes{0x2c, 0x5d, 0x01, 0xf0, 0x80, 0x7e});
      content.dcs = dcs;
      content.coding = "compressed";
      deliver_content(g, std::move(content));
    });
  }
}

void add_header_mixes(MixList& list) {
  const auto with_header = [&](std::string name, std::string help, Bytes header, auto change) {
    list.add(std::move(name), std::move(help), [header, change](Generator& g) {
      Content content = text_content("Header and text, padded to a septet", header, g.context.random);
      change(content);
      deliver_content(g, std::move(content));
    });
  };
  const auto nothing = [](Content&) {};
  Bytes header;
  information_element(header, element_ports_8, {240, 241});
  with_header("udh-ports-8", "application ports of 8 bits", header, [](Content& c) {
    c.ports = Content::Ports{240, 241};
  });
  header.clear();
  information_element(header, element_ports_16, {0x0b, 0x84, 0x23, 0xf0});
  with_header("udh-ports-16", "application ports of 16 bits", header, [](Content& c) {
    c.ports = Content::Ports{2948, 9200};
  });
  header.clear();
  information_element(header, element_special_indication, {0x80, 3});
  with_header("udh-special-indication", "three voice messages wait", header, nothing);
  header.clear();
  information_element(header, 0x0a, {0, 6, 0x10});  // text formatting
  with_header("udh-text-formatting", "an element that is kept as octets", header, nothing);
  for (unsigned length = 0; length < 14; ++length) {
    header.clear();
    header.u8(0x70);  // (U)SIM toolkit security header: kept as octets
    header.u8(length);
    header.fill(length, 0xa5);
    with_header(fmt::format("udh-length-{:02}", header.size()), "a header of this length before septets",
                header, nothing);
  }
  list.add("udh-concatenated-8", "parts with a reference of 8 bits", [](Generator& g) {
    deliver_content(g, text_content(long_text(300, g.context.random), g.context.random));
  });
  list.add("udh-concatenated-16", "parts with a reference of 16 bits", [](Generator& g) {
    deliver_content(g, text_content(long_text(300, g.context.random), g.context.random, true));
  });
  list.add("udh-concatenated-10", "ten parts, shuffled", [](Generator& g) {
    SmRecipe recipe = sm_recipe(g.context, false);
    std::string text = long_text(153 * 10, g.context.random);
    std::size_t end = 0;
    for (std::size_t next = 0; next < 153 * 9 + 100; next_character(text, next)) end = next;
    text.resize(end);
    recipe.content = text_content(std::move(text), g.context.random);
    recipe.shuffled = true;
    short_message(g.context, std::move(recipe));
  });
  list.add("udh-concatenated-ucs2", "UCS-2 in parts", [](Generator& g) {
    Random& random = g.context.random;
    const std::string text = "Привет 😀 " + unicode_text(random) + unicode_text(random) +
                             unicode_text(random) + unicode_text(random);
    deliver_content(g, text_content(text, random));
  });
  list.add("udh-concatenated-binary", "8-bit data in parts",
           [](Generator& g) { deliver_content(g, application_data(g.context.random)); });
  for (const bool wide : {false, true}) {
    const std::string suffix = wide ? "-16" : "-8";
    list.add("udh-cut-surrogates" + suffix, "parts cut between two surrogates",
             [wide](Generator& g) { deliver_content(g, cut_content("😀", g.context.random, wide)); });
    list.add("udh-cut-escape" + suffix, "parts cut between an escape and its septet",
             [wide](Generator& g) { deliver_content(g, cut_content("€", g.context.random, wide)); });
  }
  list.add("udh-concatenated-mo", "parts of a SUBMIT", [](Generator& g) {
    SmRecipe recipe = sm_recipe(g.context, true);
    recipe.content = text_content(long_text(300, g.context.random), g.context.random);
    short_message(g.context, std::move(recipe));
  });
}

/// All characters of a table, once each.
std::string characters(std::u32string_view table, bool shifted) {
  std::string text;
  for (std::size_t code = 0; code < table.size(); ++code) {
    const bool control = code == 0x1b || table[code] == U'\r' || table[code] == U'\f';
    if (table[code] == 0 || control) continue;
    if (shifted && table[code] < 0x80 && table[code] >= 'A') continue;
    append_utf8(text, table[code]);
  }
  return text;
}

void add_language_mixes(MixList& list) {
  const auto national = [&](const char* kind, std::uint8_t element, unsigned language) {
    const bool locking = element == element_locking_shift;
    list.add(fmt::format("language-{}-{:02}", kind, language), "all characters of a national language table",
             [=](Generator& g) {
               UserData data;
               information_element(data.header, element, {language});
               (locking ? data.locking : data.single) = language;
               data.text = locking ? characters(locking_table(language), false)
                                   : "A " + characters(single_table(language), true);
               Content content;
               content.whole = data.text;
               content.parts.push_back(std::move(data));
               deliver_content(g, std::move(content));
             });
  };
  for (unsigned language = 1; language <= last_language; ++language) {
    if (language != 2) national("locking", element_locking_shift, language);  // Spanish has none
    national("single", element_single_shift, language);
  }
  list.add("language-both-01", "Turkish, locking and single shift", [](Generator& g) {
    UserData data;
    information_element(data.header, element_single_shift, {1});
    information_element(data.header, element_locking_shift, {1});
    data.locking = data.single = 1;
    data.text = "İyi günler, ğ ş ı ç [€]";
    Content content;
    content.whole = data.text;
    content.parts.push_back(std::move(data));
    deliver_content(g, std::move(content));
  });
  list.add("alphabet-default", "all characters of the default alphabet and its extension", [](Generator& g) {
    UserData data;
    data.text = characters(locking_table(0), false) + "^{}\\[~]|€";
    Content content;
    content.whole = data.text;
    content.parts.push_back(std::move(data));
    deliver_content(g, std::move(content));
  });
  list.add("alphabet-lengths", "texts of 0 to 8 septets", [](Generator& g) {
    for (std::size_t length = 0; length <= 8; ++length) {
      deliver_content(g, text_content(std::string(length, 'a'), g.context.random));
    }
  });
}

}  // namespace

void add_tpdu_mixes(MixList& list) {
  add_address_mixes(list);
  add_kind_mixes(list);
  add_scheme_mixes(list);
  add_compressed_mixes(list);
  add_header_mixes(list);
  add_language_mixes(list);
}

}  // namespace tollgate::traffic
