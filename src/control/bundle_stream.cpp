#include "control/bundle_stream.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include <zlib.h>

#include "control/bundle_error.hpp"

namespace tollgate::control {
namespace {

constexpr std::string_view pack_anew = "have it packed anew; what packed it, or where, is broken";

/// zlib reads through a pointer that is not const, and does not write there.
Bytef* input(std::string_view octets) {
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(octets.data()));
}

class Deflater {
 public:
  Deflater() {
    if (deflateInit(&stream_, Z_DEFAULT_COMPRESSION) != Z_OK) throw std::bad_alloc();
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  void add(std::string_view octets, int flush = Z_NO_FLUSH) {
    stream_.next_in = input(octets);
    stream_.avail_in = static_cast<uInt>(octets.size());
    std::array<Bytef, 1U << 16U> room;
    do {
      stream_.next_out = room.data();
      stream_.avail_out = room.size();
      deflate(&stream_, flush);
      packed_.append(reinterpret_cast<const char*>(room.data()), room.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }
  std::string finish() {
    add({}, Z_FINISH);
    return std::move(packed_);
  }

 private:
  z_stream stream_{};
  std::string packed_;
};

class Inflater {
 public:
  explicit Inflater(std::string_view packed) {
    stream_.next_in = input(packed);
    stream_.avail_in = static_cast<uInt>(packed.size());
    if (inflateInit(&stream_) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// The next octets; fewer where the stream ends before. Takes no more memory than twice what is there,
  /// whatever was promised.
  std::string take(std::size_t most) {
    constexpr std::size_t first_step = 1U << 16U;
    std::string octets;
    while (octets.size() < most) {
      const std::size_t have = octets.size();
      octets.resize(std::min(most, have + std::max(first_step, have)));
      const std::size_t got = inflate_to(octets.data() + have, octets.size() - have);
      if (have + got == octets.size()) continue;
      octets.resize(have + got);
      break;
    }
    return octets;
  }
  /// Whether the stream ends here, its checksum is right, and nothing stands behind it.
  bool at_end() {
    char more = 0;
    return inflate_to(&more, 1) == 0 && result_ == Z_STREAM_END && stream_.avail_in == 0;
  }

 private:
  std::size_t inflate_to(char* room, std::size_t size) {
    stream_.next_out = reinterpret_cast<Bytef*>(room);
    stream_.avail_out = static_cast<uInt>(size);
    while (stream_.avail_out != 0 && result_ == Z_OK) result_ = inflate(&stream_, Z_NO_FLUSH);
    return size - stream_.avail_out;
  }

  z_stream stream_{};
  int result_ = Z_OK;  ///< of the last call; a stream that ended or failed is asked no more
};

[[noreturn]] void refuse(std::string place, std::string found, std::string expected) {
  throw BundleError(BundleError::Reason::altered,
                    {std::move(place), std::move(found), std::move(expected), std::string(pack_anew)});
}

}  // namespace

std::string compress(const std::vector<rules::File>& files) {
  Deflater deflater;
  for (const rules::File& file : files) deflater.add(file.content);
  return deflater.finish();
}

std::vector<rules::File> decompress(const Manifest& manifest, std::string_view stream,
                                    const std::string& name) {
  Inflater inflater(stream);
  std::vector<rules::File> files;
  for (const Manifest::File& file : manifest.files) {
    const rules::File& unpacked = files.emplace_back(rules::File{file.name, inflater.take(file.size)});
    const std::string place = name + ": " + file.name;
    if (unpacked.content.size() != file.size)
      refuse(place, "packed files that end before it does, or are damaged",
             "as many octets as the manifest says");
    if (hash_of(unpacked.content) != file.hash)
      refuse(place, "another hash of what is in it", "the one in the manifest");
  }
  if (!inflater.at_end())
    refuse(name, "packed files that do not end where the manifest says", "just these files");
  return files;
}

}  // namespace tollgate::control
