// The sections of the weekly report, in its order.
#pragma once

#include "absl/status/statusor.h"
#include "engine/report/asker.h"

namespace revops {

// The days a report is about.
struct ReportDays {
  Span week;          // the last whole ISO week before the asking instant
  Span quarter;       // the fiscal quarter that holds its last day
  Span months;        // the six whole months that end with the one of its last day
  Span year;          // the 365 days that end with its last day
  int32_t today = 0;  // of the asking instant
  std::string week_name;
  std::string quarter_name;
};

absl::StatusOr<ReportSection> WeekSection(ReportAsker& asker, Api& api, const ReportDays& days);
absl::StatusOr<ReportSection> TargetSection(ReportAsker& asker, const ReportDays& days);
absl::StatusOr<ReportSection> BridgeSection(ReportAsker& asker, Api& api, const ReportDays& days,
                                            const ReportOptions& options);
absl::StatusOr<ReportSection> PipelineSection(ReportAsker& asker, const ReportDays& days);
absl::StatusOr<ReportSection> FunnelSection(ReportAsker& asker, const ReportDays& days);
absl::StatusOr<ReportSection> PromisesSection(ReportAsker& asker, const ReportDays& days);
absl::StatusOr<ReportSection> BatonsSection(ReportAsker& asker, const ReportDays& days);
absl::StatusOr<ReportSection> ReasonsSection(ReportAsker& asker, const ReportDays& days);
absl::StatusOr<ReportSection> CampaignsSection(ReportAsker& asker, const ReportDays& days);
absl::StatusOr<ReportSection> CustomersSection(ReportAsker& asker, const ReportDays& days);
absl::StatusOr<ReportSection> DecisionsSection(ReportAsker& asker, const ReportDays& days);

}  // namespace revops
