#include "traffic/texts.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace tollgate::traffic {
namespace {

constexpr std::array<std::string_view, 12> names{"Ada",   "Bilal", "Chiara", "Dmitri", "Emeka", "Fiona",
                                                 "Goran", "Hana",  "Ines",   "Jonas",  "Kwame", "Lucie"};
constexpr std::array<std::string_view, 8> brands{"NORDBANK", "ParcelOwl", "MetroCard", "Zettelkasse",
                                                 "TRAMWAY",  "Clinic24",  "Vidrio",    "OPALPAY"};
constexpr std::array<std::string_view, 6> places{"the station", "café Orla", "Marktplatz",
                                                 "the library", "gate 4",    "the old mill"};

constexpr std::array<std::string_view, 12> person{
    "Hi {name}, see you at {place} at {hour}?",
    "Running late, start without me. {name} has the keys.",
    "Bist du schon da? Ich warte am {place}. Grüße, {name}",
    "On se retrouve à {hour} h, d'accord? Bises, {name}",
    "Llego a las {hour}, ¿compro pan? {name}",
    "Ci vediamo alle {hour}, porto io il caffè. {name}",
    "ok",
    "Did {name} call you back about Sunday? I said {hour} works for us both.",
    "Jag är hemma klockan {hour}. Hälsa {name}!",
    "Happy birthday {name}!! Have a lovely day :-)",
    "Can you send me the address of {place} again? Thx",
    "The bill was {amount}€ [split by 3] ~ {amount} each, {name}"};

constexpr std::array<std::string_view, 6> otp{"{code} is your {brand} code. Never share it.",
                                              "{brand}: use {code} to sign in. Valid for 10 minutes.",
                                              "<#> Your {brand} verification code is {code}",
                                              "{brand}: Ihr Einmalcode lautet {code}. Gültig 5 Minuten.",
                                              "Votre code {brand} : {code}. Ne le communiquez à personne.",
                                              "Tu código {brand} es {code}"};

constexpr std::array<std::string_view, 6> application{
    "{brand}: your parcel arrives today between {hour}:00 and {hour}:45.",
    "Reminder from {brand}: appointment at {hour}:30. Reply 1 to confirm.",
    "{brand}: card payment of {amount}.{code} EUR approved.",
    "{brand}: Ihre Rechnung über {amount} € ist verfügbar.",
    "Dear {name}, your {brand} ticket {code} is attached to your account.",
    "{brand}: servicio restablecido en {place}. Gracias por su paciencia."};

constexpr std::array<std::string_view, 6> spam{
    "{name}, you have WON {amount}000! Claim at http://prize.example/{code}",
    "{brand} alert: y0ur acc0unt is l0cked. Verify: https://login.example/{code}",
    "Cheap loans up to {amount}000, no checks. Call 447700900{code}",
    "Make {amount} a day from home!!! W.r.i.t.e to us: http://jobs.example/{code}",
    "Your parcel is held. Pay {amount} fee: http://customs.example/{code}",
    "FREE SPINS >>> http://casino.example/{code} <<< STOP to end"};

constexpr std::array<std::string_view, 10> unicode{
    "Привет, {name}! Встретимся в {hour} часов?", "Ваш код: {code}. Никому его не сообщайте.",
    "您的验证码是{code}，请勿告诉他人。",         "رمز التحقق الخاص بك هو {code}",
    "आपका कोड {code} है। किसी को न बताएं।",         "お荷物は{hour}時に届きます。",
    "Καλημέρα {name}, τα λέμε στις {hour}",       "Congrats {name} 🎉🎂 see you at {hour} 😀",
    "Đơn hàng {code} đang được giao tới {name}",  "{hour}시에 만나요 👍 {name}"};

std::string filled(std::string_view pattern, Random& random) {
  std::string out;
  while (!pattern.empty()) {
    const std::size_t open = pattern.find('{');
    out += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = pattern.find('}', open);
    const std::string_view field = pattern.substr(open + 1, close - open - 1);
    if (field == "name") {
      out += random.pick(names);
    } else if (field == "brand") {
      out += random.pick(brands);
    } else if (field == "place") {
      out += random.pick(places);
    } else if (field == "hour") {
      out += std::to_string(random.between(7, 22));
    } else if (field == "amount") {
      out += std::to_string(random.between(2, 99));
    } else {
      out += std::to_string(random.between(100000, 999999));
    }
    pattern.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace

std::string person_text(Random& random) { return filled(random.pick(person), random); }
std::string otp_text(Random& random) { return filled(random.pick(otp), random); }
std::string application_text(Random& random) { return filled(random.pick(application), random); }
std::string spam_text(Random& random) { return filled(random.pick(spam), random); }
std::string unicode_text(Random& random) { return filled(random.pick(unicode), random); }

std::string long_text(std::size_t length, Random& random) {
  std::string text;
  while (text.size() < length) {
    text += filled(random.one_in(2) ? random.pick(person) : random.pick(application), random);
    text += ' ';
  }
  return text;
}

std::string brand(Random& random) { return std::string{random.pick(brands)}; }

std::string mobile_number(Random& random) {
  switch (random.below(4)) {
    case 0: return fmt::format("3363998{:04}", random.below(10'000));      // France, 06 39 98
    case 1: return fmt::format("4670174{:04}", random.between(605, 699));  // Sweden, 070-174 06 05 to 99
    case 2: return fmt::format("120255501{:02}", random.below(100));       // North America, 555-01xx
    default: return fmt::format("447700900{:03}", random.below(1000));     // United Kingdom, 07700 900xxx
  }
}

std::string imsi(Random& random) { return fmt::format("00101{:010}", random.below(1'000'000'000)); }
std::string global_title(unsigned node) { return fmt::format("4477009000{:02}", node); }
std::string national_number(Random& random) { return fmt::format("07700900{:03}", random.below(1000)); }
std::string short_code(Random& random) { return std::to_string(random.between(50'000, 89'999)); }

}  // namespace tollgate::traffic
