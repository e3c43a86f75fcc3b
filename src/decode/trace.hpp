#pragma once

#include <cstdint>
#include <string_view>

#include "decode/octets.hpp"

namespace tollgate::decode {

/// Is told what a decoder reads, field by field, while it reads. `explain` passes one, the packet path
/// passes none; so what a person is shown is what the decoder did, not a second reading.
///
/// `octets` always points into the decoder's input: the listener finds offsets by comparing addresses.
/// Names are the standard's own (`TP-PID`, `invokeID`).
class Trace {
 public:
  /// A layer or a constructed element begins; fields until the matching `end` belong to it.
  virtual void begin(std::string_view name, Octets octets) = 0;
  virtual void end() = 0;
  /// A number, and what it means where the standard gives it a name (else empty).
  virtual void number(std::string_view name, Octets octets, std::uint64_t value,
                      std::string_view meaning) = 0;
  /// Something that reads as text: digits, characters, an object identifier, the name of a choice.
  virtual void text(std::string_view name, Octets octets, std::string_view value) = 0;
  /// Octets without a further reading.
  virtual void octets(std::string_view name, Octets octets) = 0;

 protected:
  ~Trace() = default;
};

/// Begins an element in its constructor and ends it when the scope is left. Does nothing without a trace.
class TraceScope {
 public:
  TraceScope(Trace* trace, std::string_view name, Octets octets) : trace_(trace) {
    if (trace_ != nullptr) trace_->begin(name, octets);
  }
  ~TraceScope() {
    if (trace_ != nullptr) trace_->end();
  }
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

 private:
  Trace* trace_;
};

}  // namespace tollgate::decode
