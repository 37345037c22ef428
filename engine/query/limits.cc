#include "engine/query/limits.h"

#include "absl/strings/str_cat.h"

namespace revops {

absl::StatusOr<int> PageSize(int32_t asked) {
  if (asked < 0 || asked > kPageSizeMax) {
    return absl::InvalidArgumentError(absl::StrCat("page_size is ", asked, "; give 1 to ",
                                                   kPageSizeMax, ", or 0 for ", kPageSizeDefault,
                                                   ", and ask for more pages with page_token"));
  }
  return asked == 0 ? kPageSizeDefault : asked;
}

}  // namespace revops
