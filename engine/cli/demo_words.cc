#include "engine/cli/demo_words.h"

#include <cstdlib>

#include "absl/strings/str_join.h"
#include "engine/base/money.h"
#include "engine/base/status.h"
#include "engine/report/kpi_text.h"

namespace revops {

void Title(const DemoStory& story, absl::string_view text) {
  story.terminal.out << "\n" << Styled(story.terminal.out_is_person, Style::kBold, text) << "\n";
}

void Say(const DemoStory& story, absl::string_view text) { story.terminal.out << text << "\n"; }

void Command(const DemoStory& story, absl::string_view command, const std::string& data) {
  story.terminal.out << Styled(story.terminal.out_is_person, Style::kDim,
                               absl::StrCat("$ ", story.terminal.program, " ", command, " --data ",
                                            data.empty() ? story.data : data))
                     << "\n";
}

std::string MakeThen(const DemoStory& story, int day) {
  const std::string data = absl::StrCat(story.data, "-", DemoDay(story.then.simulation, day));
  Command(story, ThenCommand(story.then.simulation, day), data);
  return data;
}

std::string AmountText(const v1::Money& amount) {
  const auto money = Money::FromProto(amount);
  if (!money.ok()) return "";
  const std::string text = money->ToText();
  return KpiText({text.substr(4), "money", text.substr(0, 3)});
}

std::string KpiAnswer::Text(const std::string& kpi, const std::string& slice) const {
  const auto found = points.find(kpi);
  if (found == points.end() || found->second.count(slice) == 0) return "";
  const v1::KpiPoint& point = found->second.at(slice);
  return KpiText({point.value(), units.at(kpi), point.currency()});
}

double KpiAnswer::Value(const std::string& kpi, const std::string& slice) const {
  const auto found = points.find(kpi);
  if (found == points.end() || found->second.count(slice) == 0) return 0;
  return std::strtod(found->second.at(slice).value().c_str(), nullptr);
}

KpiAnswer AnswerOf(const v1::KpiResponse& response) {
  KpiAnswer answer;
  for (const v1::KpiSeries& series : response.kpis()) {
    answer.units[series.name()] = series.unit();
    for (const v1::KpiPoint& point : series.points()) {
      answer.points[series.name()][absl::StrJoin(point.slice(), ", ")] = point;
    }
  }
  return answer;
}

absl::StatusOr<KpiAnswer> AskKpi(const DemoStory& story, v1::KpiRequest request) {
  request.set_at(story.at);
  ASSIGN_OR_RETURN(const v1::KpiResponse response, story.api.Kpi(request));
  return AnswerOf(response);
}

absl::StatusOr<v1::GetResponse> RowsOf(const DemoStory& story, const std::string& view,
                                       const Id& id) {
  v1::GetRequest request;
  request.set_view(view);
  *request.mutable_id() = id.ToProto();
  request.set_at(story.at);
  auto rows = story.api.Get(request);
  if (absl::IsNotFound(rows.status())) return v1::GetResponse();
  return rows;
}

}  // namespace revops
