// The revenue model: the company's agreed definitions, loaded, checked and ready to answer.
//
// What is asked names the instant it is asked for, and gets the definition in force then. Nothing
// here reads a clock, a file or the locale; everything that can fail fails in Parse.
//
// Units: instants are microseconds since the epoch; days are days since 1970-01-01 in zone().
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/calendar.h"
#include "engine/base/civil.h"
#include "engine/model/business_hours.h"
#include "engine/model/scoring.h"
#include "engine/model/traffic.h"
#include "engine/model/versioned.h"
#include "revops/v1/event.pb.h"
#include "revops/v1/model.pb.h"

namespace revops {

struct ModelText;

// Thread safety: immutable.
class RevenueModel final {
 public:
  // Loads a textproto of v1::RevenueModel.
  // Errors: kInvalidArgument, one line a mistake:
  //   "model.textproto:42:5: fold.scoring.half_life_days is 0; give a number of days from 1 to
  //   3650"
  static absl::StatusOr<std::shared_ptr<const RevenueModel>> Parse(absl::string_view text,
                                                                   absl::string_view file_name);
  // The default that is compiled in, and its text with all comments.
  static std::shared_ptr<const RevenueModel> Default();
  static absl::string_view DefaultText();

  ~RevenueModel();
  RevenueModel(const RevenueModel&) = delete;
  RevenueModel& operator=(const RevenueModel&) = delete;

  const v1::RevenueModel& proto() const;
  const std::string& name() const { return proto().name(); }
  const std::string& version() const { return proto().version(); }

  // Calls `check` for each KPI, with what notes a mistake in one of its fields; for checks that
  // need more than the model. Errors: kInvalidArgument, one line a mistake, as of Parse.
  using KpiMistake = std::function<void(absl::string_view field, absl::string_view what)>;
  absl::Status CheckAskPart(
      const std::function<void(const v1::Kpi& kpi, const KpiMistake& mistake)>& check) const;

  // SHA-256 (hex) of the fold part: models with another one need another generation.
  const std::string& fold_fingerprint() const { return fold_fingerprint_; }

  // The zone whose days measures are counted by.
  const Zone& zone() const { return zone_; }
  int32_t DayOf(int64_t instant) const { return zone_.DayOf(instant); }

  // Fiscal periods.
  const Calendar& calendar() const { return calendar_; }

  // A stage in its pipeline. Lifetime: as long as the model.
  struct StageInPipeline {
    const v1::Pipeline* pipeline;
    const v1::Stage* stage;
    int order;  // its place in the pipeline, from 0
  };
  // Null if no such pipeline is defined at `instant`. An empty id is the first pipeline.
  const v1::Pipeline* PipelineOf(absl::string_view pipeline_id, int64_t instant) const;
  // Nothing if the stage is not defined there at `instant`.
  std::optional<StageInPipeline> StageOf(absl::string_view pipeline_id, absl::string_view stage_id,
                                         int64_t instant) const;

  const v1::Qualification& QualificationAt(int64_t instant) const {
    return *qualification_.At(instant);
  }
  const Scoring& ScoringAt(int64_t instant) const { return *scoring_.At(instant); }
  // An empty section if the model promises nothing.
  const v1::Sla& SlaAt(int64_t instant) const;
  // What customers are judged by; nothing in it is absent.
  const v1::CustomerRules& customers() const { return customers_; }
  // What a visit is; nothing in it is absent.
  const v1::VisitRules& visits() const { return visits_; }
  bool IsOfVisit(absl::string_view kind) const;
  // The roles that an open deal wants somebody in.
  const v1::BuyingCommittee& committee() const { return proto().fold().committee(); }
  // Null if the model shares no credit.
  const v1::Attribution* AttributionAt(int64_t instant) const;
  // The first for an empty name; null if there is none of that name.
  const BusinessHours* CalendarNamed(absl::string_view name) const;

  // The channel by the rules in force at `instant`; never empty. Lifetime: as long as the model.
  absl::string_view ChannelOf(const v1::Event& event, int64_t instant) const {
    return channels_.At(instant)->ChannelOf(event);
  }
  // Why the event counts nowhere: "test", "bot", "internal", "mail_prefetch", "sandbox" or a rule's
  // reason; empty if it counts. Lifetime: as long as the model.
  absl::string_view WhyExcluded(const v1::Event& event, int64_t instant) const;
  bool Counts(const v1::Event& event, int64_t instant) const {
    return WhyExcluded(event, instant).empty();
  }

 private:
  explicit RevenueModel(std::unique_ptr<const ModelText> text);
  // When a version with this `from` begins; "" is the beginning of time.
  int64_t FromOf(absl::string_view from) const;

  std::unique_ptr<const ModelText> text_;
  std::string fold_fingerprint_;
  Zone zone_ = Zone::Utc();
  Calendar calendar_;
  v1::CustomerRules customers_;
  v1::VisitRules visits_;
  Versioned<const v1::Pipelines*> pipelines_;
  Versioned<const v1::Qualification*> qualification_;
  Versioned<std::unique_ptr<const Scoring>> scoring_;
  Versioned<const v1::Sla*> sla_;
  Versioned<const v1::Attribution*> attribution_;
  Versioned<std::unique_ptr<const ChannelRules>> channels_;
  Versioned<std::unique_ptr<const TrafficFilter>> traffic_;
  std::map<std::string, BusinessHours, std::less<>> calendars_;  // name -> hours
};

}  // namespace revops
