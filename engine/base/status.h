// absl::Status as the only error of the engine, and CHECK for our own mistakes.
//
// What a client, the log or a disk can cause is a Status; what only a bug can cause is a CHECK, and
// it stays on in release builds.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace revops {

// The same code, with `where` put before the message: "mapping.textproto:12: unknown column".
absl::Status Annotate(const absl::Status& status, absl::string_view where);

namespace internal {
[[noreturn]] inline void CheckFailed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", file, line, condition);
  std::abort();
}
}  // namespace internal
}  // namespace revops

#define REVOPS_CHECK(condition) \
  ((condition) ? (void)0 : ::revops::internal::CheckFailed(__FILE__, __LINE__, #condition))

#define REVOPS_STATUS_CONCAT_INNER(a, b) a##b
#define REVOPS_STATUS_CONCAT(a, b) REVOPS_STATUS_CONCAT_INNER(a, b)

// Returns the status from the current function unless it is ok.
#define RETURN_IF_ERROR(expression)                                         \
  do {                                                                      \
    if (absl::Status status_ = (expression); !status_.ok()) return status_; \
  } while (false)

// ASSIGN_OR_RETURN(auto value, Compute()): the value, or the error from the current function.
#define ASSIGN_OR_RETURN(left, expression) \
  ASSIGN_OR_RETURN_INNER(REVOPS_STATUS_CONCAT(status_or_, __LINE__), left, expression)
#define ASSIGN_OR_RETURN_INNER(holder, left, expression) \
  auto holder = (expression);                            \
  if (!holder.ok()) return holder.status();              \
  left = std::move(holder).value()
