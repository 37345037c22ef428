// The rows of a view in the order of one of its indexes: the partitions' sorted lists merged, rows
// of the past left out, the rest filtered, by pages.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "engine/query/look.h"
#include "revops/v1/service.pb.h"

namespace revops {

// All pages of one list look at the instant of the first. A page may end before it is full when
// much was looked at for little; then it names a next one. Leaves `seen` out. Units: `now` in
// microseconds, for a request without an instant.
// Errors: kInvalidArgument for a bad filter, page size or token; kNotFound for an unknown view or
// index; those of reading.
absl::StatusOr<v1::ListResponse> ListRows(const Engine& engine, const Look& look, int64_t now,
                                          const v1::ListRequest& request);

}  // namespace revops
