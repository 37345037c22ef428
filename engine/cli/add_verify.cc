// revops verify: folds the log again from nothing and compares.
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/progress_bar.h"

namespace revops {
namespace {

absl::StatusOr<ExitCode> Run(Session& session, bool stored_only) {
  v1::VerifyRequest request;
  request.set_stored_only(stored_only);
  ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, session.OpenToAsk());
  const SystemClock clock;
  ProgressBar bar(session.terminal, clock, "verifying", "events");
  ASSIGN_OR_RETURN(
      const v1::VerifyResponse response,
      api->Verify(request, [&](uint64_t done, uint64_t total) { bar.Show(done, total); }));
  bar.Finish();
  Table table;
  table.columns = {"partition", "equal", "events", "live", "stored", "replayed"};
  for (const auto& partition : response.partitions()) {
    table.rows.push_back({absl::StrCat(partition.partition()), partition.equal() ? "yes" : "NO",
                          absl::StrCat(partition.events()), partition.live_digest(),
                          partition.stored_digest(), partition.replayed_digest()});
  }
  DropEmptyColumns(table);
  for (const std::string& difference : response.differences()) table.remarks.push_back(difference);
  for (const v1::Finding& finding : response.findings()) {
    table.remarks.push_back(absl::StrCat("Finding: ", finding.message(), "."));
  }
  const uint64_t listed = static_cast<uint64_t>(response.findings_size());
  if (response.split_events() > listed) {
    table.remarks.push_back(absl::StrCat("Finding: ", WithCommas(response.split_events() - listed),
                                         " more events are in several journeys."));
  }
  table.remarks.push_back(absl::StrCat(
      response.equal() ? "Equal: the views are what the log says, to the byte"
                       : "DIFFERENT: the views are not what the log says",
      "; ", WithCommas(response.events()), " events in ", response.micros() / 1000, " ms."));
  RETURN_IF_ERROR(WriteAnswer(session.format, response, table, session.terminal));
  return response.equal() ? ExitCode::kOk : ExitCode::kDifferent;
}

}  // namespace

void AddVerify(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "verify", "Fold the log again from nothing and compare the digests (exit code 7: different)");
  const auto stored_only = std::make_shared<bool>(false);
  command->add_flag("--stored-only", *stored_only,
                    "Only sum up the stored keys again; do not fold the log");
  SetExamples(command, {"revops verify --data my-company", "revops verify --stored-only"});
  command->callback([&session, stored_only] {
    session.run = [&session, stored_only] { return Run(session, *stored_only); };
  });
}

}  // namespace revops
