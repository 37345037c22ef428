// The two halves of Explain, and how an event is told in either.
#pragma once

#include "engine/query/explain.h"
#include "engine/query/refold.h"

namespace revops {

// What the item is: of which journey, when, by whom; without what it changed.
void DescribeItem(const FoldItem& item, const Id& root, v1::ExplainedEvent& event);

// How many events are listed. Errors: kInvalidArgument.
absl::StatusOr<int> EventsMax(const v1::ExplainRequest& request);

absl::StatusOr<v1::ExplainResponse> ExplainRow(const Engine& engine, const Look& look, int64_t now,
                                               const v1::ExplainRequest& request);
absl::StatusOr<v1::ExplainResponse> ExplainKpi(const Engine& engine, const Look& look, int64_t now,
                                               const v1::ExplainRequest& request,
                                               const ExplainProgress& progress);

}  // namespace revops
