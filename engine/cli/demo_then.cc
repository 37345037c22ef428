#include "engine/cli/demo_then.h"

#include <fstream>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/base/status.h"
#include "engine/event/id.h"
#include "google/protobuf/util/delimited_message_util.h"

namespace revops {
namespace {

std::string FileIn(const std::string& data) { return absl::StrCat(data, "/demo-story"); }

}  // namespace

std::string DemoDay(const SimulationOptions& simulation, int day) {
  return FormatDay(static_cast<int32_t>(simulation.start_day + day));
}

v1::KpiRequest CampaignsQuestion(const SimulationOptions& simulation) {
  v1::KpiRequest request;
  request.add_names("leads_declared");
  request.add_by("campaign");
  request.set_from_day(DemoDay(simulation, kGiveawayFrom));
  request.set_end_day(DemoDay(simulation, kGiveawayPraised));
  return request;
}

v1::KpiRequest QuarterQuestion(const SimulationOptions& simulation) {
  v1::KpiRequest request;
  request.add_names("bookings");
  request.add_by("team");
  request.set_from_day(DemoDay(simulation, kQuarterFrom));
  request.set_end_day(DemoDay(simulation, kQuarterEnd));
  request.set_currency("EUR");
  return request;
}

v1::AttributionRequest LateNameQuestion() {
  v1::AttributionRequest request;
  *request.mutable_deal() =
      Id(v1::OPPORTUNITY, "crm", SimulationStory().late_identified_opportunity).ToProto();
  return request;
}

std::string ThenCommand(const SimulationOptions& simulation, int day) {
  const SimulationOptions usual;
  std::string command = "simulate";
  if (simulation.accounts != usual.accounts) {
    absl::StrAppend(&command, " --accounts ", simulation.accounts);
  }
  if (simulation.seed != usual.seed) absl::StrAppend(&command, " --seed ", simulation.seed);
  if (simulation.days != usual.days) absl::StrAppend(&command, " --days ", simulation.days);
  absl::StrAppend(&command, " --from ", DemoDay(simulation, 0), " --until ",
                  DemoDay(simulation, day));
  return command;
}

absl::Status AskOnDay(Api& api, int day, DemoThen& then) {
  if (day == kGiveawayPraised) {
    ASSIGN_OR_RETURN(then.campaigns, api.Kpi(CampaignsQuestion(then.simulation)));
  } else if (day == kQuarterEnd) {
    ASSIGN_OR_RETURN(then.quarter, api.Kpi(QuarterQuestion(then.simulation)));
  } else if (day == kBeforeNamed) {
    auto credits = api.Attribution(LateNameQuestion());
    // A short simulation does not tell the story.
    if (absl::IsNotFound(credits.status())) return absl::OkStatus();
    RETURN_IF_ERROR(credits.status());
    then.late_name = *std::move(credits);
  }
  return absl::OkStatus();
}

absl::Status Keep(const DemoThen& then, const std::string& data) {
  using google::protobuf::util::SerializeDelimitedToOstream;
  std::ofstream file(FileIn(data), std::ios::binary | std::ios::trunc);
  const SimulationOptions& simulation = then.simulation;
  file << simulation.seed << " " << simulation.accounts << " " << simulation.days << " "
       << simulation.start_day << "\n";
  SerializeDelimitedToOstream(then.campaigns, &file);
  SerializeDelimitedToOstream(then.quarter, &file);
  SerializeDelimitedToOstream(then.late_name, &file);
  file.close();
  if (file) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write ", FileIn(data)));
}

absl::StatusOr<DemoThen> LoadThen(const std::string& data) {
  using google::protobuf::util::ParseDelimitedFromZeroCopyStream;
  std::ifstream file(FileIn(data), std::ios::binary);
  DemoThen then;
  SimulationOptions& simulation = then.simulation;
  file >> simulation.seed >> simulation.accounts >> simulation.days >> simulation.start_day;
  file.get();
  google::protobuf::io::IstreamInputStream stream(&file);
  if (!file || !ParseDelimitedFromZeroCopyStream(&then.campaigns, &stream, nullptr) ||
      !ParseDelimitedFromZeroCopyStream(&then.quarter, &stream, nullptr) ||
      !ParseDelimitedFromZeroCopyStream(&then.late_name, &stream, nullptr)) {
    return absl::NotFoundError(absl::StrCat(FileIn(data), " is not there, or not whole"));
  }
  return then;
}

}  // namespace revops
