#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "decode/octets.hpp"
#include "decode/result.hpp"

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
  /// A number that people read in hexadecimal: a code, a tag, a check sum, octets of flags.
  virtual void code(std::string_view name, Octets octets, std::uint64_t value, std::string_view meaning) {
    number(name, octets, value, meaning);
  }
  /// A part of octets that were told as one before: those bits of them, most significant octet first, that
  /// are set in `mask`. `value` is the bits as a number, or what the standard computes from them.
  virtual void bits(std::string_view name, Octets octets, std::uint64_t /*mask*/, std::uint64_t value,
                    std::string_view meaning) {
    number(name, octets, value, meaning);
  }
  /// What stands before an element's contents in BER: `tag` is `[1]` or `INTEGER`; `length` is nothing where
  /// it is indefinite.
  virtual void header(Octets /*identifier*/, std::string_view /*tag*/, Octets /*length_octets*/,
                      std::optional<std::size_t> /*length*/) {}
  /// Something that reads as text: digits, characters, an object identifier, the name of a choice.
  virtual void text(std::string_view name, Octets octets, std::string_view value) = 0;
  /// Octets without a further reading.
  virtual void octets(std::string_view name, Octets octets) = 0;
  /// A decoder refuses its input; the error's offset counts from the start of `input`.
  virtual void refused(const Error& /*error*/, Octets /*input*/) {}

 protected:
  ~Trace() = default;
};

inline void tell_refusal(Trace& trace, Octets input, const std::optional<Error>& error) {
  if (error) trace.refused(*error, input);
}
template <class T>
void tell_refusal(Trace& trace, Octets input, const Result<T>& result) {
  if (!result) trace.refused(result.error(), input);
}

/// For what cannot be refused.
template <class T>
void tell_refusal(Trace& /*trace*/, Octets /*input*/, const T& /*result*/) {}

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
