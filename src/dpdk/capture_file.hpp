#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

#include "decode/link_type.hpp"
#include "decode/octets.hpp"

struct pcap;

namespace tollgate::dpdk {

/// A capture that cannot be read. The message names the path, what was found and what to do.
class CaptureError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What the records of a capture file look like: enough to write another of the same form.
struct CaptureFormat {
  std::array<std::byte, 24> file_header{};  ///< as it stood in the file, so that it comes out the same
  bool swapped = false;                     ///< the numbers in it have the other byte order than this machine
  bool nanoseconds = false;                 ///< the unit of a record's fraction; else microseconds
  std::string not_kept;  ///< what of the input's form a copy loses, for a person; empty for plain pcap
};

/// A packet as it stands in a capture file.
struct CapturedFrame {
  Octets octets;                  ///< what was captured of it; valid until the next one is read
  std::uint32_t wire_length = 0;  ///< octets on the wire
  std::uint32_t seconds = 0;      ///< the time as the record spells it: since 1970, and
  std::uint32_t fraction = 0;     ///< micro- or nanoseconds (CaptureFormat::nanoseconds)
  std::uint64_t time_ns = 0;      ///< the same time, in nanoseconds since 1970
  std::uint64_t number = 0;       ///< from 1, in the order of the file
};

/// Reads pcap and pcapng files, with libpcap.
class CaptureReader {
 public:
  /// Opens `path`; `-` is standard input. Throws CaptureError where that is no capture.
  explicit CaptureReader(std::string path);
  ~CaptureReader();
  CaptureReader(const CaptureReader&) = delete;
  CaptureReader& operator=(const CaptureReader&) = delete;

  /// The next packet; false at the end of what can be read (see ending()).
  bool next(CapturedFrame& frame);

  enum class Ending : std::uint8_t {
    complete,
    cut,      ///< the file ends inside a record: usual for a capture that was copied while it was written
    damaged,  ///< a record that cannot be, or a read error: nothing after it can be found
  };
  /// How the file ended, once next() has returned false, and the same for a person (empty for complete).
  Ending ending() const { return ending_; }
  const std::string& ending_message() const { return ending_message_; }

  const CaptureFormat& format() const { return format_; }
  decode::LinkType link_type() const { return link_type_; }
  /// libpcap's name of the link type, for messages.
  std::string link_type_name() const;
  const std::string& path() const { return path_; }
  /// Whether `path` is the very file that is being read (also through links, or as standard input).
  bool reads_same_file_as(const std::string& path) const;

 private:
  std::string path_;
  int fd_ = -1;
  std::unique_ptr<pcap, void (*)(pcap*)> pcap_;
  CaptureFormat format_;
  decode::LinkType link_type_ = decode::LinkType::unknown;
  std::uint64_t frames_ = 0;
  Ending ending_ = Ending::complete;
  std::string ending_message_;
};

/// Writes a capture of a given format. A file read by CaptureReader and written untouched is the same file,
/// octet by octet, where CaptureFormat::not_kept is empty.
class CaptureWriter {
 public:
  /// Creates or overwrites `path`; `-` is standard output. This and the others throw std::system_error, whose
  /// message names the path (`cannot write OUT.pcap: No space left on device`).
  CaptureWriter(std::string path, const CaptureFormat& format);
  ~CaptureWriter();
  CaptureWriter(const CaptureWriter&) = delete;
  CaptureWriter& operator=(const CaptureWriter&) = delete;

  /// Appends a packet; `number` and `time_ns` are not used.
  void write(const CapturedFrame& frame);

  /// Writes what is still buffered and closes. The destructor does so too, but tells of no failure.
  void close();

 private:
  void put(const void* octets, std::size_t length);
  [[noreturn]] void fail() const;

  std::string path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  bool swapped_;
};

}  // namespace tollgate::dpdk
