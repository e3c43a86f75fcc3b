#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "cli/rules_folder.hpp"
#include "message/message.hpp"
#include "record/event_ring.hpp"
#include "record/json_lines.hpp"
#include "record/summary.hpp"
#include "rules/spans.hpp"

namespace tollgate::cli {

/// Takes the engine's messages to a summary and, if wanted, to a file of events. None is lost: where a burst
/// of packets holds more messages than the ring, they are written at once.
class Recorder final : public Consumer {
 public:
  explicit Recorder(record::Summary& summary) : summary_(summary) {}

  /// Writes events from now on; `-` is standard output. `ruleset`: what messages are judged by, or null.
  /// Throws std::system_error.
  void open_events(const std::string& path, bool all, const std::shared_ptr<const rules::Ruleset>& ruleset) {
    lines_.emplace(path, record::JsonLinesOptions{all});
    if (ruleset != nullptr) spans_.emplace(ruleset, pattern_cache());
  }

  /// The engine calls this. It must not throw: a failure waits for the next drain().
  void accept(Message& message) override {
    if (ring_.push(message)) return;
    try {
      write();
    } catch (...) {
      failure_ = std::current_exception();
    }
    ring_.accept(message);
  }

  /// Records what came since the last call. Throws std::system_error.
  void drain() {
    if (failure_) std::rethrow_exception(failure_);
    write();
  }

  /// Throws std::system_error where the last events cannot be written.
  void close() {
    drain();
    Counters counters;
    counters.add(Count::lost_event, ring_.lost());
    summary_.add(counters);
    if (lines_) lines_->close();
  }

 private:
  void write() {
    ring_.drain([this](const Message& message) {
      summary_.add(message);
      if (lines_) write(message);
    });
  }

  void write(const Message& message) {
    if (!spans_ || message.judgement.rules.empty()) return lines_->write(message);
    Message shown = message;
    spans_->add_spans(shown);
    lines_->write(shown);
  }

  record::EventRing ring_;
  record::Summary& summary_;
  std::optional<record::JsonLines> lines_;
  std::optional<rules::SpanFinder> spans_;
  std::exception_ptr failure_;
};

}  // namespace tollgate::cli
