// Where the bytes of an import come from: a file or memory, plain or gzip.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace revops {

// A stream of bytes, read once from its start. Not thread safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Fills up to `size` bytes of `buffer`; 0 at the end.
  // Errors: kInvalidArgument if the input is cut off or broken, saying where; kUnavailable if the
  // disk refuses. After an error there is nothing more to read.
  virtual absl::StatusOr<size_t> Read(char* buffer, size_t size) = 0;

  // Bytes taken from the file so far (compressed ones, if it is), and all it has (0: not known).
  // For progress bars.
  virtual int64_t bytes_taken() const = 0;
  virtual int64_t bytes_total() const = 0;
};

// Errors: kNotFound or kInvalidArgument if it cannot be opened or is no regular file or pipe.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path);

// Lifetime: `bytes` must outlive it.
std::unique_ptr<ByteSource> OpenBytes(absl::string_view bytes);

// Looks at the first bytes: gzip is inflated on the way, members one after another; a byte order
// mark is dropped. `expansion_max` bounds decompressed bytes per compressed byte once 64 MiB came
// out.
// Errors: kInvalidArgument if the first bytes tell of another encoding or packing.
absl::StatusOr<std::unique_ptr<ByteSource>> DecodeText(std::unique_ptr<ByteSource> source,
                                                       int64_t expansion_max);

}  // namespace revops
