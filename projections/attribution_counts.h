// What attribution adds to the shared measures: credited money and shares of deals, on the day of
// the conversion and by the touch's own day; and the paths that Markov and Shapley are solved from.
#pragma once

#include <vector>

#include "engine/fold/projection.h"
#include "revops/v1/views.pb.h"

namespace revops {

const std::vector<Measure>& AttributionMeasures();

enum class Anchor { kCreated, kWon };

// Posts all credits of one conversion on a day, or takes them back (`sign` -1). Without an eligible
// touch the credit is that of channel, campaign and team "unattributed".
struct Posting {
  Anchor anchor;
  int32_t day;
  int sign;
};
void PostCredits(const v1::AttributedDeal& deal, const Posting& posting, Fold& fold);

// --- Paths: each account's (or lone person's) touches from one win to the next ---

// A touch follows `path` (which may be ended: then another begins) on `day`.
void ExtendPath(absl::string_view channel, int32_t day, v1::PathEnd& path, Fold& fold);

// The path ends in a win on `day`; `sign` -1 takes that back.
void ConvertPath(const v1::PathEnd& path, int32_t day, int sign, Fold& fold);

}  // namespace revops
