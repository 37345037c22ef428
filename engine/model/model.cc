#include "engine/model/model.h"

#include <algorithm>
#include <utility>

#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/model/check.h"
#include "engine/model/default_model.h"
#include "engine/model/model_text.h"
#include "engine/model/scoring.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace revops {
namespace {

std::string DeterministicBytes(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const RevenueModel>> RevenueModel::Parse(
    absl::string_view text, absl::string_view file_name) {
  ASSIGN_OR_RETURN(auto parsed, ParseModelText(text, file_name));
  RETURN_IF_ERROR(CheckModel(*parsed));
  return std::shared_ptr<const RevenueModel>(new RevenueModel(std::move(parsed)));
}

std::shared_ptr<const RevenueModel> RevenueModel::Default() {
  static const auto& model = *[] {
    auto parsed = Parse(DefaultText(), "default_model.textproto");
    if (!parsed.ok()) std::fprintf(stderr, "%s\n", std::string(parsed.status().message()).c_str());
    REVOPS_CHECK(parsed.ok());
    return new std::shared_ptr<const RevenueModel>(*std::move(parsed));
  }();
  return model;
}

absl::string_view RevenueModel::DefaultText() { return kDefaultModelText; }

RevenueModel::~RevenueModel() = default;

RevenueModel::RevenueModel(std::unique_ptr<const ModelText> text) : text_(std::move(text)) {
  const v1::FoldPart& fold = proto().fold();
  fold_fingerprint_ = Sha256Hex(DeterministicBytes(fold));
  const auto zone = Zone::Load(fold.time_zone());
  REVOPS_CHECK(zone.ok());
  zone_ = *zone;
  if (fold.fiscal_calendar().first_month() != 0) {
    calendar_ = Calendar(fold.fiscal_calendar().first_month());
  }
  customers_ = fold.customers();
  if (customers_.new_after_months() == 0) customers_.set_new_after_months(12);
  if (customers_.follow_days() == 0) customers_.set_follow_days(90);
  visits_ = fold.visits();
  if (visits_.kind().empty()) {
    visits_.add_kind("page_view");
    visits_.add_kind("form");
  }
  if (visits_.gap_minutes() == 0) visits_.set_gap_minutes(30);
  for (const auto& section : fold.pipelines()) pipelines_.Add(FromOf(section.from()), &section);
  for (const auto& section : fold.qualification()) {
    qualification_.Add(FromOf(section.from()), &section);
  }
  for (int i = 0; i < fold.scoring_size(); ++i) {
    scoring_.Add(FromOf(fold.scoring(i).from()),
                 std::make_unique<const Scoring>(fold.scoring(i), i + 1));
  }
  for (const auto& section : fold.sla()) sla_.Add(FromOf(section.from()), &section);
  for (const auto& section : fold.attribution()) {
    attribution_.Add(FromOf(section.from()), &section);
  }
  for (const auto& section : fold.channels()) {
    channels_.Add(FromOf(section.from()), std::make_unique<const ChannelRules>(section));
  }
  for (const auto& section : fold.traffic()) {
    traffic_.Add(FromOf(section.from()), std::make_unique<const TrafficFilter>(section));
  }
  if (traffic_.empty()) {
    traffic_.Add(kBeginningOfTime, std::make_unique<const TrafficFilter>());
  }
  for (const auto& calendar : fold.business_calendar()) {
    calendars_.emplace(calendar.name(), BusinessHours(calendar));
  }
}

int64_t RevenueModel::FromOf(absl::string_view from) const {
  if (from.empty()) return kBeginningOfTime;
  const auto instant = ParseInstant(from, zone_);
  REVOPS_CHECK(instant.ok());
  return *instant;
}

const v1::RevenueModel& RevenueModel::proto() const { return text_->model; }

absl::Status RevenueModel::CheckAskPart(
    const std::function<void(const v1::Kpi& kpi, const KpiMistake& mistake)>& check) const {
  Mistakes mistakes;
  const Place ask = Place(*text_, mistakes).Child("ask");
  for (int i = 0; i < proto().ask().kpi_size(); ++i) {
    check(proto().ask().kpi(i), [&](absl::string_view field, absl::string_view what) {
      ask.Child("kpi", i).Mistake(field, what);
    });
  }
  return mistakes.ToStatus();
}

const v1::Pipeline* RevenueModel::PipelineOf(absl::string_view pipeline_id, int64_t instant) const {
  const v1::Pipelines& pipelines = *pipelines_.At(instant);
  if (pipeline_id.empty()) return &pipelines.pipeline(0);
  for (const auto& pipeline : pipelines.pipeline()) {
    if (pipeline.pipeline_id() == pipeline_id) return &pipeline;
  }
  return nullptr;
}

std::optional<RevenueModel::StageInPipeline> RevenueModel::StageOf(absl::string_view pipeline_id,
                                                                   absl::string_view stage_id,
                                                                   int64_t instant) const {
  const v1::Pipeline* pipeline = PipelineOf(pipeline_id, instant);
  if (pipeline == nullptr) return std::nullopt;
  for (int i = 0; i < pipeline->stage_size(); ++i) {
    if (pipeline->stage(i).stage_id() == stage_id) {
      return StageInPipeline{pipeline, &pipeline->stage(i), i};
    }
  }
  return std::nullopt;
}

const v1::Sla& RevenueModel::SlaAt(int64_t instant) const {
  return sla_.empty() ? v1::Sla::default_instance() : *sla_.At(instant);
}

bool RevenueModel::IsOfVisit(absl::string_view kind) const {
  return std::any_of(visits_.kind().begin(), visits_.kind().end(),
                     [kind](const std::string& pattern) { return KindMatches(pattern, kind); });
}

const v1::Attribution* RevenueModel::AttributionAt(int64_t instant) const {
  return attribution_.empty() ? nullptr : attribution_.At(instant);
}

const BusinessHours* RevenueModel::CalendarNamed(absl::string_view name) const {
  const auto& calendars = proto().fold().business_calendar();
  if (name.empty() && !calendars.empty()) name = calendars[0].name();
  const auto found = calendars_.find(name);
  return found == calendars_.end() ? nullptr : &found->second;
}

absl::string_view RevenueModel::WhyExcluded(const v1::Event& event, int64_t instant) const {
  return traffic_.At(instant)->WhyExcluded(event);
}

}  // namespace revops
