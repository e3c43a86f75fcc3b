#include <cstddef>
#include <cstdint>
#include <string>

#include "rules/evaluate.hpp"
#include "rules/load.hpp"
#include "rules/sample.hpp"
#include "rules/spans.hpp"

// A file of rules, and behind a line `=====` one of policy: either is refused with findings, or judges.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate;
  constexpr std::size_t longest = 4096;  // a regex can be compiled for a long time
  if (size > longest) return 0;
  const std::string all(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = all.find("\n=====\n");
  rules::RuleFiles files;
  files.rules = {{"rules.yaml", all.substr(0, cut)}};
  if (cut != all.npos) files.policy = {{"policy.yaml", all.substr(cut + 7)}};
  files.lists = {{"staff.txt", "# type: number\n447700900123\n"},
                 {"url-shorteners.txt", "# type: host\nshort.example\n"}};
  rules::LoadOptions options;
  options.signals = {"rate.sender_per_minute"};
  rules::Findings findings;
  const auto set = rules::load(files, options, findings);
  if ((set == nullptr) != findings.any_error()) __builtin_trap();
  if (set == nullptr) return 0;
  rules::Evaluator evaluator(set);
  rules::Sample sample(options.home);
  sample.set("text", "Your acc0unt is locked, call 07700 900123 or see http://short.example/a");
  sample.set("sender", "ACME");
  sample.set("recipient", "+447700900123");
  evaluator.judge(sample.message());
  rules::SpanFinder(set).add_spans(sample.message());
  return 0;
}
