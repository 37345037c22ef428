// The words that sections of the demo are told in.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/cli/demo_story.h"
#include "engine/event/id.h"

namespace revops {

void Title(const DemoStory& story, absl::string_view text);
void Say(const DemoStory& story, absl::string_view text);
// The command that shows the same; `data` empty: of the demo's folder.
void Command(const DemoStory& story, absl::string_view command, const std::string& data = "");

// The command that makes the company as it was known on a day of the simulation, and the folder
// that it makes.
std::string MakeThen(const DemoStory& story, int day);

inline Id CrmEntity(v1::IdKind kind, absl::string_view value) { return Id(kind, "crm", value); }

// "EUR 12,345.60".
std::string AmountText(const v1::Money& amount);

// KPI -> slice ("" without) -> point, and the units for its text. Of the last answer.
struct KpiAnswer {
  std::map<std::string, std::map<std::string, v1::KpiPoint>> points;
  std::map<std::string, std::string> units;

  // As people read it; "" if there is none.
  std::string Text(const std::string& kpi, const std::string& slice = "") const;
  double Value(const std::string& kpi, const std::string& slice = "") const;
};
KpiAnswer AnswerOf(const v1::KpiResponse& response);
absl::StatusOr<KpiAnswer> AskKpi(const DemoStory& story, v1::KpiRequest request);

// Every row of a list, in its order.
template <typename View>
absl::Status ForEachRow(const DemoStory& story, v1::ListRequest request,
                        const std::function<void(const v1::Row&, const View&)>& take) {
  request.set_at(story.at);
  request.set_page_size(1000);
  do {
    ASSIGN_OR_RETURN(const v1::ListResponse page, story.api.List(request));
    for (const v1::Row& row : page.rows()) {
      View view;
      if (!row.value().UnpackTo(&view)) {
        return absl::InternalError(
            absl::StrCat("a row of ", request.view(), " is a ", row.value().type_url()));
      }
      take(row, view);
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

// The rows of one entity; none if there is no such row.
absl::StatusOr<v1::GetResponse> RowsOf(const DemoStory& story, const std::string& view,
                                       const Id& id);
// The current one of them. Errors: kNotFound.
template <typename View>
absl::StatusOr<View> RowOf(const DemoStory& story, const std::string& view, const Id& id) {
  ASSIGN_OR_RETURN(const v1::GetResponse rows, RowsOf(story, view, id));
  View row;
  if (rows.rows().empty() || !rows.rows(0).value().UnpackTo(&row)) {
    return absl::NotFoundError(absl::StrCat("no row of ", ToText(id), " in ", view));
  }
  return row;
}

}  // namespace revops
