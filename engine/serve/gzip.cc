#include "engine/serve/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "engine/base/status.h"

namespace revops {

absl::StatusOr<std::string> Gunzip(absl::string_view packed, size_t bytes_max) {
  constexpr int kGzipOnly = 16 + MAX_WBITS;
  constexpr size_t kStep = 64 << 10;
  z_stream stream{};
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) return absl::InternalError("zlib does not start");
  const auto end = absl::MakeCleanup([&] { inflateEnd(&stream); });

  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  int result = Z_OK;
  while (result == Z_OK) {
    const size_t before = out.size();
    out.resize(std::min(before + kStep, bytes_max + 1));
    stream.next_out = reinterpret_cast<Bytef*>(&out[before]);
    stream.avail_out = static_cast<uInt>(out.size() - before);
    result = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    if (out.size() > bytes_max) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the body unpacks to more than ", bytes_max, " bytes; send less at once"));
    }
    // Neither input left nor an end seen: cut off.
    if (result == Z_OK && stream.avail_in == 0 && out.size() == before) break;
  }
  if (result != Z_STREAM_END) {
    return absl::InvalidArgumentError("the body is said to be gzip but is not, or is cut off");
  }
  return out;
}

}  // namespace revops
