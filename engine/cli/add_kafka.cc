// revops kafka: the topics of a log on Kafka, and moving there and back.
#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/data_folder.h"
#include "engine/cli/folder.h"
#include "engine/cli/kafka_target.h"
#include "engine/cli/progress_bar.h"
#include "engine/log/embedded_log.h"
#include "engine/log/kafka_init.h"
#include "engine/log/log_copy.h"
#include "engine/runtime/topics.h"
#include "google/protobuf/struct.pb.h"

namespace revops {
namespace {

// The table as JSON: {"rows": [{"topic": …}], "remarks": […]}.
google::protobuf::Struct AsStruct(const Table& table) {
  google::protobuf::Struct answer;
  auto& rows = *(*answer.mutable_fields())["rows"].mutable_list_value();
  for (const std::vector<std::string>& cells : table.rows) {
    auto& fields = *rows.add_values()->mutable_struct_value()->mutable_fields();
    for (size_t i = 0; i < cells.size(); ++i) fields[table.columns[i]].set_string_value(cells[i]);
  }
  auto& remarks = *(*answer.mutable_fields())["remarks"].mutable_list_value();
  for (const std::string& line : table.remarks) remarks.add_values()->set_string_value(line);
  return answer;
}

absl::Status Write(Session& session, const Table& table) {
  return WriteAnswer(session.format, AsStruct(table), table, session.terminal);
}

// Holds what is told others, not the log, so it may be cleaned up.
const KafkaTopicWish& DeadLettersWish() {
  static const auto* wish = new KafkaTopicWish{.topic = kDeadLettersTopic, .for_ever = false};
  return *wish;
}

struct InitOptions {
  int partitions = 0;
  int replication = 0;
  bool check = false;
};

absl::StatusOr<ExitCode> Init(Session& session, const InitOptions& options) {
  ASSIGN_OR_RETURN(const KafkaLogOptions log, KafkaOptionsOf(session.target.kafka));
  ASSIGN_OR_RETURN(const auto topics, TopicsOf(session.target.kafka));

  const int known = absl::IsNotFound(topics->Partitions(kTouchpoints).status()) ? 0 : -1;
  int partitions = options.partitions;
  if (partitions == 0 && known == 0) partitions = kDefaultPartitions;
  const std::vector<KafkaTopicWish> wishes = {
      {.topic = kTouchpoints, .partitions = partitions},
      {.topic = kIdentities, .partitions = 1},
      DeadLettersWish(),
  };
  Table table;
  table.columns = {"topic", "partitions", "replicas", "state"};
  int misfits = 0;
  for (const KafkaTopicWish& wish : wishes) {
    ASSIGN_OR_RETURN(
        const KafkaTopicReport report,
        InitKafkaTopic(*topics, wish, options.replication, log.record_bytes_max, !options.check));
    misfits += static_cast<int>(report.misfits.size());
    table.rows.push_back({report.name, absl::StrCat(report.settings.partitions),
                          absl::StrCat(report.settings.replication),
                          !report.exists            ? "missing"
                          : !report.misfits.empty() ? "does not fit"
                          : report.made             ? "made"
                                                    : "fits"});
    for (const std::string& line : report.misfits) table.remarks.push_back(line);
    for (const std::string& line : report.advice) table.remarks.push_back(line);
  }
  table.remarks.push_back(absl::StrCat("Cluster ", topics->cluster_id(),
                                       ". Each generation of views makes its own topic `routed` "
                                       "when it is first opened."));
  RETURN_IF_ERROR(Write(session, table));
  return misfits == 0 ? ExitCode::kOk : ExitCode::kDifferent;
}

struct CopyCommand {
  bool back = false;
};

absl::StatusOr<ExitCode> RunCopy(Session& session, const CopyCommand& options) {
  ASSIGN_OR_RETURN(KafkaLogOptions kafka, KafkaOptionsOf(session.target.kafka));
  ASSIGN_OR_RETURN(const std::unique_ptr<KafkaLog> remote, KafkaLog::Open(std::move(kafka)));
  const std::string folder = (std::filesystem::path(session.target.data) / "log").string();
  if (options.back) RETURN_IF_ERROR(CheckHoldsNoViewsOfKafka(session.target.data));
  const auto stamps = std::make_shared<ManualClock>(SystemClock().NowMicros());
  EmbeddedLogOptions local_options;
  if (options.back) {
    ASSIGN_OR_RETURN(const int partitions, remote->Partitions(kTouchpoints));
    local_options.topics = {{kTouchpoints, partitions}, {kIdentities, 1}};
    local_options.clock = stamps;
  }
  ASSIGN_OR_RETURN(const auto local, EmbeddedLog::Open(folder, std::move(local_options)));
  ASSIGN_OR_RETURN(const int partitions, local->Partitions(kTouchpoints));
  if (!options.back) {
    const absl::StatusOr<int> there = remote->Partitions(kTouchpoints);
    if (there.ok() && *there != partitions) {
      return absl::FailedPreconditionError(absl::StrCat(
          "topic ", session.target.kafka.prefix, kTouchpoints, " has ", *there, " partitions, and ",
          session.target.data, " has ", partitions, ": a copy keeps the count. Make topics of ",
          partitions, " with `revops kafka init --partitions ", partitions,
          "`, under another --kafka-prefix if these are in use"));
    }
    RETURN_IF_ERROR(remote->EnsureTopic(kTouchpoints, partitions));
    RETURN_IF_ERROR(remote->EnsureTopic(kIdentities, 1));
    // Without it nobody could fold the copy.
    ASSIGN_OR_RETURN(const auto topics, TopicsOf(session.target.kafka));
    RETURN_IF_ERROR(InitKafkaTopic(*topics, DeadLettersWish(), -1, remote->record_bytes_max(),
                                   /*make=*/true)
                        .status());
  }
  EventLog& source = options.back ? static_cast<EventLog&>(*remote) : *local;
  EventLog& copy = options.back ? static_cast<EventLog&>(*local) : *remote;

  Table table;
  table.columns = {"partition", "there before", "copied"};
  uint64_t unreadable = 0;
  const SystemClock clock;
  std::vector<TopicPartition> places = {{kIdentities, 0}};
  for (int p = 0; p < partitions; ++p) places.push_back({kTouchpoints, p});
  for (const TopicPartition& where : places) {
    ProgressBar bar(session.terminal, clock, absl::StrCat("copying ", ToString(where)), "records");
    CopyOptions how;
    how.progress = [&](uint64_t done, uint64_t total) { bar.Show(done, total); };
    if (options.back) how.stamps = stamps.get();
    ASSIGN_OR_RETURN(const CopyCount count, CopyPartition(source, copy, where, how));
    unreadable += count.unreadable;
    table.rows.push_back({ToString(where), WithCommas(count.found), WithCommas(count.copied)});
  }
  table.remarks.push_back(options.back
                              ? absl::StrCat("The views are not copied: `revops verify --data ",
                                             session.target.data, "` folds them.")
                              : absl::StrCat("The views are not copied: `revops serve --kafka ",
                                             session.target.kafka.brokers,
                                             " --data NEW-FOLDER` folds them. Nothing "
                                             "more should be published to ",
                                             session.target.data, "."));
  if (unreadable > 0 && !options.back) {
    table.remarks.push_back(absl::StrCat(unreadable,
                                         " records that do not decode have the time of "
                                         "copying as theirs; their dead letters say so."));
  }
  RETURN_IF_ERROR(Write(session, table));
  return ExitCode::kOk;
}

}  // namespace

void AddKafka(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "kafka", "A log on Kafka: make and check its topics, move a folder's log there and back");
  command->require_subcommand(1);
  SetExamples(command, {"revops kafka init --kafka 127.0.0.1:9092 --partitions 4",
                        "revops kafka copy --kafka 127.0.0.1:9092 --data my-company",
                        "revops serve --kafka 127.0.0.1:9092 --data my-views"});

  CLI::App* init = command->add_subcommand(
      "init",
      "Make the topics that are missing, and say what does not fit in those that are there");
  const auto init_options = std::make_shared<InitOptions>();
  init->add_option("--partitions", init_options->partitions,
                   "Of touchpoints; it never changes [what it has, else 4]");
  init->add_option("--replication", init_options->replication,
                   "Copies of a new topic; all but one of them, at least one, must hold an event "
                   "before it is acknowledged (min.insync.replicas) [3, or as many as there are "
                   "brokers]");
  init->add_flag("--check", init_options->check, "Only look");
  SetExamples(init,
              {"revops kafka init --kafka 127.0.0.1:9092 --partitions 8",
               "revops kafka init --check --kafka broker:9093 --kafka-config kafka.properties"});
  init->callback([&session, init_options] {
    session.run = [&session, init_options] { return Init(session, *init_options); };
  });

  CLI::App* copy = command->add_subcommand(
      "copy",
      "Copy the log of a data folder to Kafka, or back; stopped and started again it goes on");
  const auto copy_options = std::make_shared<CopyCommand>();
  copy->add_flag("--back", copy_options->back, "From Kafka to the folder");
  SetExamples(copy, {"revops kafka copy --kafka 127.0.0.1:9092 --data my-company",
                     "revops kafka copy --back --kafka 127.0.0.1:9092 --data back-again"});
  copy->callback([&session, copy_options] {
    session.run = [&session, copy_options] { return RunCopy(session, *copy_options); };
  });
  for (CLI::App* sub : {init, copy}) sub->fallthrough();
}

}  // namespace revops
