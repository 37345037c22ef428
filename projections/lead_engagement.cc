#include "projections/lead_engagement.h"

#include <algorithm>
#include <string>

#include "engine/base/fixed_log2.h"
#include "engine/base/int128.h"

namespace revops {
namespace {

constexpr int kReasonsMax = 32;
constexpr int64_t kRounding = int64_t{1} << 12;  // of a Q32 logarithm: 2^-20

v1::EngagementReason& ReasonNamed(const std::string& rule, v1::LeadView& lead) {
  auto& reasons = *lead.mutable_engagement_reasons();
  for (auto& reason : reasons) {
    if (reason.rule() == rule) return reason;
  }
  if (reasons.size() >= kReasonsMax && rule != "other") return ReasonNamed("other", lead);
  auto& reason = *reasons.Add();
  reason.set_rule(rule);
  return reason;
}

void AddTo(int64_t& sum, bool none, int64_t log2) { sum = none ? log2 : AddLog2Q32(sum, log2); }

}  // namespace

int64_t Engage(const v1::Event& event, int64_t at, const Scoring& scoring, v1::LeadView& lead) {
  int64_t points = 0;
  const int64_t now = RatioQ32(at, scoring.half_life());
  scoring.ForEachEngagement(event, [&](const v1::EngagementRule& rule) {
    const int64_t log2 = Log2Q32(static_cast<uint64_t>(rule.points())) + now;
    int64_t sum = lead.engagement_log2();
    AddTo(sum, !lead.has_engagement(), log2);
    lead.set_engagement_log2(sum);
    lead.set_has_engagement(true);
    auto& reason = ReasonNamed(rule.name(), lead);
    sum = reason.log2();
    AddTo(sum, reason.times() == 0, log2);
    reason.set_log2(sum);
    reason.set_times(reason.times() + 1);
    reason.set_last_at(at);
    points += rule.points();
  });
  if (points == 0) return 0;
  lead.set_last_engaged_at(at);
  auto& reasons = *lead.mutable_engagement_reasons();
  std::sort(reasons.begin(), reasons.end(),
            [](const v1::EngagementReason& a, const v1::EngagementReason& b) {
              return a.log2() != b.log2() ? a.log2() > b.log2() : a.rule() < b.rule();
            });
  return points;
}

bool HasEngagement(const v1::LeadView& lead, int64_t points_min, int64_t at,
                   const Scoring& scoring) {
  return lead.has_engagement() &&
         lead.engagement_log2() + kRounding >=
             Log2Q32(static_cast<uint64_t>(points_min)) + RatioQ32(at, scoring.half_life());
}

int64_t PointsAt(int64_t engagement_log2, int64_t at, const Scoring& scoring, int fraction_bits) {
  // Apart by more than any instants are: none left, or more than can be told.
  const int128 log2 = static_cast<int128>(engagement_log2) - RatioQ32(at, scoring.half_life());
  if (log2 < -64 * static_cast<int128>(kOneQ32)) return 0;
  const int128 most = std::min<int128>(log2, 64 * static_cast<int128>(kOneQ32));
  const uint64_t points = Exp2Q32(static_cast<int64_t>(most), fraction_bits);
  return static_cast<int64_t>(std::min<uint64_t>(points, uint64_t{1} << 62));
}

}  // namespace revops
