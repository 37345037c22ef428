// Parts of the demo about credit: the disputed deal, the visitor named late, what does not count.
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/cli/attribution_table.h"
#include "engine/cli/demo_story.h"
#include "engine/cli/demo_words.h"
#include "engine/cli/message_text.h"
#include "engine/cli/progress_bar.h"
#include "engine/report/kpi_text.h"
#include "engine/simulate/story.h"

namespace revops {
namespace {

const SimulationStory kStory;

std::string ToDeal(absl::string_view deal) { return absl::StrCat("opportunity:crm:", deal); }

int PermilleOf(const v1::AttributionTable& table, int model, absl::string_view kind) {
  double share = 0;
  for (const auto& line : table.lines()) {
    if (line.touch().kind().substr(0, kind.size()) == std::string(kind)) {
      share += std::strtod(line.credits(model).share().c_str(), nullptr);
    }
  }
  return static_cast<int>(share * 1000 + 0.5);
}

// The model that favours a kind of touch most.
std::pair<std::string, int> Friend(const v1::AttributionResponse& response,
                                   absl::string_view kind) {
  std::pair<std::string, int> best;
  for (int i = 0; i < response.models_size(); ++i) {
    const int permille = PermilleOf(response.tables(0), i, kind);
    if (permille > best.second) best = {response.models(i).name(), permille};
  }
  return best;
}

std::string PercentText(int permille) {
  return absl::StrCat(permille / 10, ".", permille % 10, " %");
}

// A line of a deal's credit, by its event.
std::map<std::string, const v1::AttributionLine*> ByTouch(const v1::AttributionResponse& response) {
  std::map<std::string, const v1::AttributionLine*> lines;
  for (const auto& line : response.tables(0).lines()) {
    lines[line.unattributed() ? "" : absl::StrCat(line.touch().source(), " ", line.touch().id())] =
        &line;
  }
  return lines;
}

// "" where the touch was not known.
std::string CreditText(const v1::AttributionResponse& response, const v1::AttributionLine* line,
                       absl::string_view model) {
  if (line == nullptr) return "";
  for (int i = 0; i < response.models_size(); ++i) {
    if (response.models(i).name() != std::string(model)) continue;
    const std::string text = AmountText(line->credits(i).amount());
    return text.size() < 4 ? text : text.substr(4);
  }
  return "";
}

}  // namespace

absl::Status TellDisputedDeal(const DemoStory& story) {
  v1::AttributionRequest request;
  *request.mutable_deal() = CrmEntity(v1::OPPORTUNITY, kStory.disputed_opportunity).ToProto();
  const auto response = story.api.Attribution(request);
  // A short year ends before the deal is won, or even opened.
  if (absl::IsNotFound(response.status()) || absl::IsFailedPrecondition(response.status())) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(response.status());
  Title(story, "Webinar or cold call? One deal, under every model");
  Table table = CreditTable(*response, "channel", ShownCredit::kAmount);
  WriteAligned(table, story.terminal);
  const auto call = Friend(*response, "call.");
  const auto webinar = Friend(*response, "webinar.");
  Say(story, absl::StrCat("Sales says the call: ", PercentText(call.second), " under ", call.first,
                          ". Marketing says the webinar: ", PercentText(webinar.second), " under ",
                          webinar.first, ". Every model gives away the whole ",
                          AmountText(response->tables(0).total().credits(0).amount()),
                          ", to the cent; none is the truth."));
  Command(story, absl::StrCat("attribution ", ToDeal(kStory.disputed_opportunity)));
  return absl::OkStatus();
}

absl::Status TellLateName(const DemoStory& story) {
  const v1::AttributionResponse& before = story.then.late_name;
  if (before.tables().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const v1::AttributionResponse after, story.api.Attribution(LateNameQuestion()));
  Title(story, "A visitor without a name, named months after the deal was won");
  const auto then = ByTouch(before);
  Table table;
  table.columns = {"day", "touch", "channel", "who"};
  const char* const models[] = {"first", "linear"};
  for (const char* model : models) {
    table.columns.push_back(absl::StrCat(model, " then"));
    table.columns.push_back(absl::StrCat(model, " now"));
  }
  const auto add = [&](const v1::AttributionLine& line, const v1::AttributionLine* old,
                       const std::string& name) {
    std::vector<std::string> cells = {TimeText(line.touch().at()).substr(0, 10), name, line.value(),
                                      line.touch().person().value()};
    for (const char* model : models) {
      cells.push_back(CreditText(before, old, model));
      cells.push_back(CreditText(after, &line, model));
    }
    table.rows.push_back(std::move(cells));
  };
  for (const auto& line : after.tables(0).lines()) {
    if (line.unattributed()) continue;
    const auto old = then.find(absl::StrCat(line.touch().source(), " ", line.touch().id()));
    add(line, old == then.end() ? nullptr : old->second, line.touch().kind());
  }
  add(after.tables(0).total(), &before.tables(0).total(), "sum");
  WriteAligned(table, story.terminal);
  Say(story, absl::StrCat("A form named ", kStory.late_identified_visitor, " as ",
                          kStory.late_identified_contact,
                          ": its visits are the account's since they happened, and the credit of a "
                          "win of ",
                          TimeText(after.deal_at()).substr(0, 10),
                          " is shared out anew. Nothing was added or lost; ",
                          DemoDay(story.then.simulation, kBeforeNamed), " can be asked again:"));
  const std::string data = MakeThen(story, kBeforeNamed);
  const std::string ask = absl::StrCat("attribution ", ToDeal(kStory.late_identified_opportunity));
  Command(story, ask, data);
  Command(story, ask);
  Command(story, absl::StrCat("timeline contact:crm:", kStory.late_identified_contact));
  return absl::OkStatus();
}

absl::Status TellWhatDoesNotCount(const DemoStory& story) {
  v1::KpiRequest request;
  request.add_names("events_excluded");
  request.add_by("reason");
  ASSIGN_OR_RETURN(const KpiAnswer excluded, AskKpi(story, request));
  Title(story, "What does not count, and what nobody earned");
  Table table;
  table.columns = {"left out as", "events"};
  if (const auto found = excluded.points.find("events_excluded"); found != excluded.points.end()) {
    for (const auto& [reason, point] : found->second) {
      table.rows.push_back({reason, excluded.Text("events_excluded", reason)});
    }
  }
  WriteAligned(table, story.terminal);
  Command(story, "kpi events_excluded --by reason");
  ASSIGN_OR_RETURN(const v1::AttributionResponse credits, story.api.Attribution({}));
  for (const auto& line : credits.tables(0).lines()) {
    if (!line.unattributed()) continue;
    const v1::AttributedCredit& nobody = line.credits(0);
    Say(story, absl::StrCat(DecimalText(nobody.deals(), 0), " of ",
                            DecimalText(credits.tables(0).total().credits(0).deals(), 0),
                            " deals won (", KpiText({nobody.share(), "ratio", ""}),
                            ") had no touch that anybody recorded: they stay unattributed under "
                            "every model, and are not spread over the others."));
  }
  Command(story, "attribution --show deals");
  return absl::OkStatus();
}

}  // namespace revops
