#include "dpdk/capture_file.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <pcap/pcap.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tollgate::dpdk {
namespace {

// A pcap file is a file header of 24 octets, then records:
//
//    0      4       8                12                 16        20
//   +------+---------------+---------------+-----------+---------+-----------+
//   | magic| major | minor |  time zone    | accuracy  | snap len| link type |
//   +------+---------------+---------------+-----------+---------+-----------+
//   | seconds | fraction | captured length | length on the wire | octets ... |
//
// The magic number tells the byte order of all numbers and the unit of the fraction.
constexpr std::size_t snap_length_offset = 16;
constexpr std::uint32_t magic_microseconds = 0xa1b2c3d4;
constexpr std::uint32_t magic_nanoseconds = 0xa1b23c4d;
constexpr std::uint32_t magic_pcapng = 0x0a0d0d0a;  // the same in either byte order
constexpr std::size_t buffer_octets = std::size_t{256} * 1024;

std::uint32_t swap(std::uint32_t value) { return __builtin_bswap32(value); }

/// What libpcap reads from: the file, whose first octets we have read already.
struct Source {
  int fd = -1;
  std::array<std::byte, 24> head{};
  std::size_t head_length = 0;
  std::size_t head_given = 0;
};

ssize_t read_source(void* cookie, char* to, std::size_t length) {
  auto& source = *static_cast<Source*>(cookie);
  const std::size_t from_head = std::min(length, source.head_length - source.head_given);
  // A signal ends a read that waits; so whoever runs the reader can stop where it matters.
  if (from_head == 0) return ::read(source.fd, to, length);
  std::memcpy(to, source.head.data() + source.head_given, from_head);
  source.head_given += from_head;
  return static_cast<ssize_t>(from_head);
}

int close_source(void* cookie) {
  const std::unique_ptr<Source> source{static_cast<Source*>(cookie)};
  return ::close(source->fd);
}

std::string describe_path(const std::string& path) { return path == "-" ? "standard input" : path; }

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw CaptureError(fmt::format("cannot read {}: {}", describe_path(path), why));
}

/// What the first octets say of a file that is no capture.
std::string not_a_capture(const Source& source) {
  static constexpr const char* expected =
      "expected a pcap or pcapng file, as tcpdump -w and Wireshark write it";
  if (source.head_length == 0) return fmt::format("it is empty; {}", expected);
  const auto begins_with = [&](std::initializer_list<unsigned> octets) {
    return octets.size() <= source.head_length &&
           std::equal(octets.begin(), octets.end(), source.head.begin(),
                      [](unsigned a, std::byte b) { return a == std::to_integer<unsigned>(b); });
  };
  if (begins_with({0x1f, 0x8b})) return "it is compressed with gzip; unpack it first (gunzip)";
  if (begins_with({0x28, 0xb5, 0x2f, 0xfd})) return "it is compressed with zstd; unpack it first (unzstd)";
  if (begins_with({0xfd, '7', 'z', 'X', 'Z'})) return "it is compressed with xz; unpack it first (unxz)";
  std::string first;
  for (std::size_t i = 0; i < std::min<std::size_t>(source.head_length, 4); ++i) {
    first += fmt::format(" {:02x}", std::to_integer<unsigned>(source.head[i]));
  }
  return fmt::format("it begins with{}, which is no capture; {}", first, expected);
}

/// Opens `path` and reads the octets that tell what it is.
std::unique_ptr<Source> open_source(const std::string& path) {
  auto source = std::make_unique<Source>();
  source->fd = path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (source->fd < 0) refuse(path, std::strerror(errno));
  while (source->head_length < source->head.size()) {
    const ssize_t got = ::read(source->fd, source->head.data() + source->head_length,
                               source->head.size() - source->head_length);
    if (got < 0) {
      const std::string why = std::strerror(errno);
      ::close(source->fd);
      refuse(path, why);
    }
    if (got == 0) break;
    source->head_length += static_cast<std::size_t>(got);
  }
  return source;
}

/// The form of a file that begins with `source.head`.
CaptureFormat format_of(const Source& source) {
  CaptureFormat format;
  format.file_header = source.head;
  std::uint32_t magic = 0;
  std::memcpy(&magic, source.head.data(), sizeof magic);
  if (swap(magic) == magic_microseconds || swap(magic) == magic_nanoseconds) {
    format.swapped = true;
    magic = swap(magic);
  }
  if (magic == magic_microseconds || magic == magic_nanoseconds) {
    format.nanoseconds = magic == magic_nanoseconds;
    return format;
  }
  format.nanoseconds = magic == magic_pcapng;
  format.not_kept =
      magic == magic_pcapng
          ? "pcapng is written as pcap: the same packets, times and lengths, without comments, names "
            "and statistics"
          : "this variant of pcap is written as plain pcap: the same packets, times and lengths";
  return format;
}

/// The header of a plain pcap file, for input that had another form.
std::array<std::byte, 24> plain_header(const CaptureFormat& format, pcap_t* pcap) {
  struct {
    std::uint32_t magic;
    std::uint16_t major = 2;
    std::uint16_t minor = 4;
    std::uint32_t time_zone = 0;
    std::uint32_t accuracy = 0;
    std::uint32_t snap_length;
    std::uint32_t link_type;
  } const header{
      .magic = format.nanoseconds ? magic_nanoseconds : magic_microseconds,
      .snap_length = static_cast<std::uint32_t>(pcap_snapshot(pcap)),
      // The file's number; libpcap gives DLT_RAW its own, which files do not use.
      .link_type = pcap_datalink(pcap) == DLT_RAW ? 101U : static_cast<std::uint32_t>(pcap_datalink(pcap))};
  return std::bit_cast<std::array<std::byte, 24>>(header);
}

decode::LinkType link_type_of(int dlt) {
  using decode::LinkType;
  switch (dlt) {
    case DLT_EN10MB: return LinkType::ethernet;
    case DLT_LINUX_SLL: return LinkType::linux_sll;
    case DLT_LINUX_SLL2: return LinkType::linux_sll2;
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6: return LinkType::raw_ip;
    case DLT_NULL:
    case DLT_LOOP: return LinkType::null_loopback;
    case DLT_MTP2: return LinkType::mtp2;
    case DLT_MTP2_WITH_PHDR: return LinkType::mtp2_with_phdr;
    case DLT_MTP3: return LinkType::mtp3;
    case DLT_SCCP: return LinkType::sccp;
    default: return LinkType::unknown;
  }
}

}  // namespace

CaptureReader::CaptureReader(std::string path) : path_(std::move(path)), pcap_(nullptr, pcap_close) {
  std::unique_ptr<Source> source = open_source(path_);
  format_ = format_of(*source);
  const std::string what_else = not_a_capture(*source);
  // libpcap would cut records that are longer than the header says, which some writers state wrongly; none
  // is stated by 0. The header of pcapng has something else there.
  const bool plain = format_.not_kept.empty();
  if (plain) std::fill_n(source->head.begin() + snap_length_offset, 4, std::byte{0});

  fd_ = source->fd;
  std::FILE* file = fopencookie(source.get(), "r", {read_source, nullptr, nullptr, close_source});
  if (file == nullptr) {
    ::close(fd_);
    refuse(path_, "out of memory");
  }
  (void)source.release();  // close_source has it
  std::setvbuf(file, nullptr, _IOFBF, buffer_octets);
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  pcap_.reset(pcap_fopen_offline_with_tstamp_precision(
      file, format_.nanoseconds ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO, error.data()));
  if (!pcap_) {
    std::fclose(file);
    const bool known = plain || std::memcmp(format_.file_header.data(), "\x0a\x0d\x0d\x0a", 4) == 0;
    refuse(path_, known ? fmt::format("its file header is damaged ({})", error.data()) : what_else);
  }
  if (!plain) format_.file_header = plain_header(format_, pcap_.get());
  link_type_ = link_type_of(pcap_datalink(pcap_.get()));
}

CaptureReader::~CaptureReader() = default;

bool CaptureReader::next(CapturedFrame& frame) {
  if (ending_ != Ending::complete) return false;
  pcap_pkthdr* header = nullptr;
  const u_char* octets = nullptr;
  const int result = pcap_next_ex(pcap_.get(), &header, &octets);
  if (result != 1) {
    if (result == PCAP_ERROR_BREAK) return false;  // the end of the file, between two records
    const bool cut = std::feof(pcap_file(pcap_.get())) != 0;
    ending_ = cut ? Ending::cut : Ending::damaged;
    ending_message_ = fmt::format("{} {} packet {} ({}); the {} packets before it were read",
                                  describe_path(path_), cut ? "ends in the middle of" : "is damaged at",
                                  frames_ + 1, pcap_geterr(pcap_.get()), frames_);
    return false;
  }
  frame.octets = std::as_bytes(std::span{octets, header->caplen});
  frame.wire_length = header->len;
  frame.seconds = static_cast<std::uint32_t>(header->ts.tv_sec);
  frame.fraction = static_cast<std::uint32_t>(header->ts.tv_usec);
  frame.time_ns = std::uint64_t{frame.seconds} * 1'000'000'000 +
                  std::uint64_t{frame.fraction} * (format_.nanoseconds ? 1 : 1'000);
  frame.number = ++frames_;
  return true;
}

std::string CaptureReader::link_type_name() const {
  const int dlt = pcap_datalink(pcap_.get());
  const char* name = pcap_datalink_val_to_name(dlt);
  return name != nullptr ? std::string{name} : fmt::format("number {}", dlt);
}

bool CaptureReader::reads_same_file_as(const std::string& path) const {
  struct stat own {};
  struct stat other {};
  if (::fstat(fd_, &own) != 0 || ::stat(path.c_str(), &other) != 0) return false;
  return S_ISREG(own.st_mode) && own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

CaptureWriter::CaptureWriter(std::string path, const CaptureFormat& format)
    : path_(std::move(path)), file_(nullptr, std::fclose), swapped_(format.swapped) {
  file_.reset(path_ == "-" ? ::fdopen(::dup(STDOUT_FILENO), "wb") : std::fopen(path_.c_str(), "wbe"));
  if (!file_) fail();
  std::setvbuf(file_.get(), nullptr, _IOFBF, buffer_octets);
  put(format.file_header.data(), format.file_header.size());
}

CaptureWriter::~CaptureWriter() = default;

void CaptureWriter::write(const CapturedFrame& frame) {
  std::array<std::uint32_t, 4> header{frame.seconds, frame.fraction,
                                      static_cast<std::uint32_t>(frame.octets.size()), frame.wire_length};
  if (swapped_) std::transform(header.begin(), header.end(), header.begin(), swap);
  put(header.data(), sizeof header);
  put(frame.octets.data(), frame.octets.size());
}

void CaptureWriter::close() {
  if (file_ && std::fclose(file_.release()) != 0) fail();
}

void CaptureWriter::put(const void* octets, std::size_t length) {
  if (std::fwrite(octets, 1, length, file_.get()) != length) fail();
}

void CaptureWriter::fail() const {
  const std::string name = path_ == "-" ? "standard output" : path_;
  throw std::system_error(errno, std::generic_category(), fmt::format("cannot write {}", name));
}

}  // namespace tollgate::dpdk
