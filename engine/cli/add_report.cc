// revops report: the weekly joint report.
#include <fstream>

#include "absl/strings/str_cat.h"
#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/message_text.h"
#include "engine/report/report_html.h"
#include "engine/report/report_text.h"

namespace revops {
namespace {

struct Options {
  std::string html;
  std::string at;
  std::string currency;
};

absl::StatusOr<ExitCode> Run(Session& session, const Options& options) {
  if (session.format != TableFormat::kTable) {
    return absl::InvalidArgumentError(
        "a report is a page: text, or --html FILE; `revops kpi --format json` gives its numbers");
  }
  ReportOptions report_options;
  report_options.at = SystemClock().NowMicros();
  if (!options.at.empty()) {
    ASSIGN_OR_RETURN(report_options.at, ParseTime(options.at));
  }
  report_options.currency = options.currency;
  const Target& target = session.target;
  report_options.where = target.server.empty() ? absl::StrCat("--data ", target.data)
                                               : absl::StrCat("--server ", target.server);
  ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, session.OpenToAsk());
  ASSIGN_OR_RETURN(const Report report, MakeReport(*api, report_options));
  if (options.html.empty()) {
    WriteReportText(report, session.terminal.width, session.terminal.out);
    return ExitCode::kOk;
  }
  std::ofstream file(options.html, std::ios::binary | std::ios::trunc);
  file << ReportHtml(report);
  file.close();
  if (!file) {
    return absl::NotFoundError(
        absl::StrCat(options.html, ": cannot be written; is there such a folder, and room?"));
  }
  session.terminal.out << options.html << "\n";
  return ExitCode::kOk;
}

}  // namespace

void AddReport(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "report", "The weekly report of sales and marketing, in the terminal or as one HTML file");
  const auto options = std::make_shared<Options>();
  command->add_option("--html", options->html, "Write it as one HTML file that needs nothing else");
  command->add_option("--at", options->at,
                      "Of the last whole week before this instant: 2025-04-07 [now]");
  command->add_option(
      "--currency", options->currency,
      "What amounts are converted to: EUR [as the model says, or the targets are set]");
  SetExamples(command, {"revops report", "revops report --html week.html --currency EUR",
                        "revops report --at 2025-07-07 --html week.html"});
  command->callback([&session, options] {
    session.run = [&session, options] { return Run(session, *options); };
  });
}

}  // namespace revops
