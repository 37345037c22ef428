// The bounds of one question: however much is stored, an answer costs no more than this.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"

namespace revops {

constexpr int kPageSizeDefault = 100;
constexpr int kPageSizeMax = 1000;
// Rows or events that a page may look at to find those that pass. Effect: a page may end early, or
// empty, and still name a next one.
constexpr int kExaminedMax = 100'000;
// Units: bytes of rows or events, before encoding. Effect: as above.
constexpr size_t kPageBytesMax = 4 << 20;

// What a request asks for as page_size; 0 is the default.
// Errors: kInvalidArgument.
absl::StatusOr<int> PageSize(int32_t asked);

// Counts what one page has looked at and holds.
class PageBudget {
 public:
  explicit PageBudget(int page_size, int examined_max = kExaminedMax)
      : left_(page_size), examinable_(examined_max) {}

  bool spent() const { return left_ == 0 || examinable_ == 0 || bytes_ >= kPageBytesMax; }
  // REQUIRES of both: !spent() before.
  void Examine() { --examinable_; }
  void Keep(size_t bytes) {
    --left_;
    bytes_ += bytes;
  }

 private:
  int left_;
  int examinable_;
  size_t bytes_ = 0;
};

}  // namespace revops
