#include <string_view>

#include <benchmark/benchmark.h>

#include "message/fold.hpp"

namespace {

using tollgate::FoldedText;
using tollgate::FoldTables;

void fold_text(benchmark::State& state, std::string_view text) {
  static const FoldTables tables;
  FoldedText folded;
  for (auto _ : state) {
    tollgate::fold(tables, text, folded);
    benchmark::DoNotOptimize(folded.reading(folded.readings() - 1).data());
    benchmark::ClobberMemory();
  }
  state.counters["octets"] = static_cast<double>(text.size());
  state.counters["readings"] = static_cast<double>(folded.readings());
}

void make_tables(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(FoldTables());
}

BENCHMARK_CAPTURE(
    fold_text, ordinary,
    "Hi Sam, we are running late because of the rain. Could you ask the neighbours for the key and put "
    "the kettle on? See you at home, love, Ada");
BENCHMARK_CAPTURE(
    fold_text, password,
    "482913 is your Example verification code. It expires in 10 minutes. Do not share it with anyone, "
    "including our staff.");
BENCHMARK_CAPTURE(
    fold_text, digits_beside_letters,
    "Your appointment is on 3rd May at 10am, room B12. Please arrive 15min early... Reply YES to confirm "
    "or call us before 5pm today. Thanks!!");
BENCHMARK_CAPTURE(
    fold_text, url,
    "ACME: your parcel 48213 waits for you. Track it at https://parcels.example.com/t/a8Xk20 or reply "
    "STOP to end. Have a nice day");
BENCHMARK_CAPTURE(
    fold_text, disguised,
    "ACME: your acc0unt is Iocked, p.l.e.a.s.e v е r i f y at http://example.com/x within 24h or l0se it "
    "f0rever, D3BlT card b1ocked!!");
BENCHMARK_CAPTURE(
    fold_text, accents,
    "Estimado cliente, su código de verificación es 482913. No lo comparta con nadie. Si no lo pidió, "
    "llámenos mañana, gracias por su atención");
BENCHMARK_CAPTURE(fold_text, cyrillic,
                  "Ваш код подтверждения: 482913. Никому не сообщайте его, даже сотрудникам банка");
BENCHMARK_CAPTURE(fold_text, han,
                  "您的验证码是482913，请在十分钟内使用。请勿将验证码告诉他人，谢谢您的支持。");
BENCHMARK(make_tables);

}  // namespace

BENCHMARK_MAIN();
