// The events of one account, person or deal in event order, by pages.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "engine/query/look.h"
#include "revops/v1/service.pb.h"

namespace revops {

// Of an account everybody's events; of a person or a deal its own, from every journey that holds
// some (a person who changed companies has events in several), of any other id the events that name
// it. Reads no more of a journey than the page needs. Events kept but not folded yet are left out;
// `seen` then says that it is not settled. Leaves `seen` out. Units: `now` in microseconds.
// Errors: kInvalidArgument for a bad id, page size or token; kNotFound if no journey holds the id;
// those of reading.
absl::StatusOr<v1::TimelineResponse> ReadTimeline(const Engine& engine, const Look& look,
                                                  int64_t now, const v1::TimelineRequest& request);

}  // namespace revops
