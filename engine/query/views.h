// What can be asked: the views of the registry, their indexes and the fields of their rows, all
// taken from the registry and the rows' descriptors, so that a new view needs no code here.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/fold/projection.h"
#include "revops/v1/service.pb.h"

namespace revops {

// The view's index in the registry.
// Errors: kNotFound, offering the list; kInvalidArgument if `name` is empty.
absl::StatusOr<uint8_t> FindView(const Registry& registry, absl::string_view name);

// The index's number in its projection; an empty name is the first.
// Errors: kNotFound, offering the list; kFailedPrecondition if the view has none.
absl::StatusOr<uint8_t> FindIndex(const Projection& projection, absl::string_view name);

v1::ViewsResponse DescribeViews(const Registry& registry);

}  // namespace revops
