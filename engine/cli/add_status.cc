// revops status: where the engine stands.
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/progress_bar.h"
#include "engine/cli/rows.h"

namespace revops {
namespace {

// "12.3 s"
std::string Behind(const v1::PartitionStatus& partition) {
  if (!partition.has_lag_micros()) return "";
  const int64_t tenths = partition.lag_micros() / 100'000;
  return absl::StrCat(tenths / 10, ".", tenths % 10, " s");
}

absl::StatusOr<ExitCode> Run(Session& session, const AwaitOptions& await) {
  v1::StatusRequest request;
  *request.mutable_await() = await.ToProto();
  ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, session.OpenToAsk());
  ASSIGN_OR_RETURN(const v1::StatusResponse status, api->Status(request));
  Table table;
  table.columns = {"partition", "owner",        "position", "end",          "lag",    "behind",
                   "records/s", "store MiB",    "journeys", "read",         "kept",   "duplicate",
                   "forwarded", "dead letters", "pending",  "link version", "digest", "error"};
  for (const v1::PartitionStatus& partition : status.partitions()) {
    table.rows.push_back(
        {absl::StrCat(partition.partition()), partition.owner(), absl::StrCat(partition.position()),
         absl::StrCat(partition.end()), absl::StrCat(partition.lag()), Behind(partition),
         absl::StrCat(partition.records_per_second()), absl::StrCat(partition.store_bytes() >> 20),
         absl::StrCat(partition.journeys()), absl::StrCat(partition.read()),
         absl::StrCat(partition.kept()), absl::StrCat(partition.duplicate()),
         absl::StrCat(partition.forwarded()), absl::StrCat(partition.dead_letters()),
         absl::StrCat(partition.pending_folds()), absl::StrCat(partition.link_version()),
         partition.digest(), partition.error()});
  }
  DropEmptyColumns(table);
  table.remarks = {
      absl::StrCat("digest ", status.digest(), " over all partitions"),
      absl::StrCat("model ", status.model_version(), ", fingerprint ", status.fingerprint()),
      absl::StrCat("log ", status.log_identity(), ", identities end at ", status.identities_end()),
      SeenText(status.seen())};
  for (const v1::PartitionStatus& partition : status.partitions()) {
    if (!partition.rebuilt()) continue;
    table.remarks.push_back(absl::StrCat("partition ", partition.partition(),
                                         " was made anew from the log: a power cut had taken "
                                         "writes from the midst of its store"));
  }
  if (status.has_verifying()) {
    table.remarks.push_back(absl::StrCat("a verification is under way for ",
                                         status.verifying().micros() / 1'000'000,
                                         " s: ", WithCommas(status.verifying().done()), " of ",
                                         WithCommas(status.verifying().total()), " records"));
  }
  RETURN_IF_ERROR(WriteAnswer(session.format, status, table, session.terminal));
  return ExitCode::kOk;
}

}  // namespace

void AddStatus(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "status", "Where the engine stands: positions, lag, counters, digests, model");
  const auto await = std::make_shared<AwaitOptions>();
  AddAwaitOptions(command, await.get());
  SetExamples(command, {"revops status", "revops status --token TOKEN --wait-ms 5000"});
  command->callback(
      [&session, await] { session.run = [&session, await] { return Run(session, *await); }; });
}

}  // namespace revops
