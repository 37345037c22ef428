// revops attribution: who gets credit, for one deal or for a period, under all models.
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/cli/attribution_table.h"
#include "engine/cli/command.h"
#include "engine/cli/message_text.h"
#include "engine/cli/rows.h"
#include "engine/event/id.h"

namespace revops {
namespace {

struct Options {
  v1::AttributionRequest request;
  std::string deal;
  std::string campaign;
  std::string show = "amount";
  std::string at;
  bool opened = false;
  AwaitOptions await;
};

absl::Status Complete(Options& options) {
  v1::AttributionRequest& request = options.request;
  if (!options.deal.empty()) {
    ASSIGN_OR_RETURN(const Id id, ParseId(options.deal));
    *request.mutable_deal() = id.ToProto();
  }
  if (!options.campaign.empty()) request.set_campaign(options.campaign);
  if (options.opened) request.set_anchor(v1::AttributionRequest::OPENED);
  if (!options.at.empty()) {
    ASSIGN_OR_RETURN(const int64_t at, ParseTime(options.at));
    request.set_at(at);
  }
  *request.mutable_await() = options.await.ToProto();
  return absl::OkStatus();
}

ShownCredit ShownOf(const std::string& show) {
  return show == "deals"   ? ShownCredit::kDeals
         : show == "share" ? ShownCredit::kShare
                           : ShownCredit::kAmount;
}

void RemarkOnDeal(const Options& options, const v1::AttributionResponse& response, Table& table) {
  table.remarks.push_back(
      absl::StrCat(response.models_size(), " models share the ", options.opened ? "opening" : "win",
                   " of ", TimeText(response.deal_at()), " among touches since ",
                   TimeText(response.lookback_from()), " of ",
                   response.people() == "contact_roles" ? "the people with a role on the deal"
                   : response.people() == "account"     ? "all people of the account"
                                                        : "nobody that is known",
                   "."));
  table.remarks.push_back(absl::StrCat("Each touch by the event that it was; what ",
                                       options.opened ? "the opening" : "the win",
                                       " added: ", "revops explain attribution ", options.deal));
}

// The KPI that counts what a model credits, if the revenue model has one.
std::string ExplainText(Api& api, const Options& options, const v1::AttributionResponse& response) {
  const absl::StatusOr<v1::KpiResponse> kpis = api.Kpi({});
  if (!kpis.ok()) return "";
  for (const auto& model : response.models()) {
    for (const v1::KpiSeries& kpi : kpis->kpis()) {
      if (kpi.formula() !=
          absl::StrCat(options.opened ? "attributed_pipeline" : "attributed_amount",
                       "[model=", model.name(), "]")) {
        continue;
      }
      return absl::StrCat("Explain ", model.name(), ": revops explain kpi ", kpi.name(), " --from ",
                          response.from_day(), " --to ", response.end_day());
    }
  }
  return "";
}

void RemarkOnPeriod(Api& api, const Options& options, const v1::AttributionResponse& response,
                    Table& table) {
  table.remarks.push_back(absl::StrCat("Deals ", options.opened ? "opened" : "won", " from ",
                                       response.from_day(), " to before ", response.end_day(),
                                       "; each model shares out the same sum."));
  if (response.paths() != 0) {
    table.remarks.push_back(absl::StrCat("Markov (removal effects) and Shapley are solved from ",
                                         response.paths(), " paths, ", response.paths_won(),
                                         " won; amounts in proportion to wins."));
  }
  const std::string explain = ExplainText(api, options, response);
  if (!explain.empty()) table.remarks.push_back(explain);
}

absl::StatusOr<ExitCode> Run(Session& session, Options& options) {
  RETURN_IF_ERROR(Complete(options));
  ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, session.OpenToAsk());
  ASSIGN_OR_RETURN(const v1::AttributionResponse response, api->Attribution(options.request));
  const std::string by = options.request.by().empty() ? "channel" : options.request.by();
  const bool person = session.format == TableFormat::kTable;
  Table table =
      person ? CreditTable(response, by, ShownOf(options.show), true) : CreditList(response, by);
  if (options.deal.empty()) {
    if (person) RemarkOnPeriod(*api, options, response, table);
  } else {
    RemarkOnDeal(options, response, table);
  }
  for (const std::string& remark : response.remarks()) table.remarks.push_back(remark);
  table.remarks.push_back(SeenText(response.seen()));
  RETURN_IF_ERROR(WriteAnswer(session.format, response, table, session.terminal));
  return ExitCode::kOk;
}

}  // namespace

void AddAttribution(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "attribution", "Who gets credit, for one deal or for a period, under all models");
  const auto options = std::make_shared<Options>();
  const auto text = [command](const std::string& name, std::string* target,
                              const std::string& help) {
    return command->add_option(name, *target, help);
  };
  text("DEAL", &options->deal, "One deal, opportunity:crm:7 [all of a period]");
  text("--from", options->request.mutable_from_day(), "First day [when counting began]");
  text("--to", options->request.mutable_end_day(), "The day after the last [tomorrow]");
  text("--by", options->request.mutable_by(), "channel, campaign or team [channel]");
  text("--currency", options->request.mutable_currency(),
       "What a period's amounts are converted to: EUR [as the model says]");
  text("--campaign", &options->campaign, "Only this campaign, by channel");
  text("--show", &options->show, "amount, deals or share [amount]")
      ->check(CLI::IsMember({"amount", "deals", "share"}));
  text("--at", &options->at, "Look at this instant [now]");
  command->add_flag("--opened", options->opened,
                    "Credit of openings (pipeline) instead of wins (bookings)");
  AddAwaitOptions(command, &options->await);
  SetExamples(command, {"revops attribution opportunity:crm:7",
                        "revops attribution --from 2025-01-01 --to 2025-04-01",
                        "revops attribution --by campaign --show deals"});
  command->callback([&session, options] {
    session.run = [&session, options] { return Run(session, *options); };
  });
}

}  // namespace revops
