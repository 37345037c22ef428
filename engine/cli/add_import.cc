// revops import: the rows of files as events.
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/event_sink.h"
#include "engine/cli/progress_bar.h"
#include "engine/import/importer.h"
#include "engine/import/mapping.h"

namespace revops {
namespace {

struct Options {
  std::string mapping;
  std::vector<std::string> files;
  std::string rejected;
  std::vector<std::string> tables;
  OutputOptions output;
};

absl::StatusOr<std::map<std::string, std::string>> TableFiles(
    const std::vector<std::string>& tables) {
  std::map<std::string, std::string> files;
  for (const std::string& table : tables) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(table, absl::MaxSplits('=', 1));
    if (parts.first.empty() || parts.second.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--table ", table, " names no file; write NAME=FILE"));
    }
    files.insert(parts);
  }
  return files;
}

absl::StatusOr<ImportReport> ImportFile(Session& session, Importer& importer,
                                        const std::string& file, EventWriter& writer) {
  const SystemClock clock;
  ProgressBar bar(session.terminal, clock, absl::StrCat("importing ", file), "bytes");
  return importer.Run(
      file,
      [&](const std::vector<v1::Event>& events) {
        for (const v1::Event& event : events) RETURN_IF_ERROR(writer.Put(event));
        return absl::OkStatus();
      },
      [&](const ImportProgress& progress) {
        bar.Show(static_cast<uint64_t>(progress.bytes_read),
                 static_cast<uint64_t>(progress.bytes_total));
      });
}

// True if all rows went through.
bool Say(Session& session, const std::string& file, const ImportReport& report,
         const std::string& rejected) {
  std::ostream& err = session.terminal.err;
  for (const std::string& message : report.messages) err << message << "\n";
  err << file << ": " << WithCommas(static_cast<uint64_t>(report.rows_read))
      << " rows: " << WithCommas(static_cast<uint64_t>(report.rows_imported)) << " made "
      << WithCommas(static_cast<uint64_t>(report.events_made)) << " events, "
      << WithCommas(static_cast<uint64_t>(report.rows_without_events)) << " made none, "
      << WithCommas(static_cast<uint64_t>(report.rows_rejected)) << " rejected"
      << (report.rows_rejected > 0 && !rejected.empty() ? absl::StrCat(", kept in ", rejected) : "")
      << "\n";
  if (!report.input.ok()) err << file << ": " << report.input.message() << "\n";
  return report.rows_rejected == 0 && report.input.ok();
}

absl::StatusOr<ExitCode> Run(Session& session, const Options& options) {
  ASSIGN_OR_RETURN(const Mapping mapping, Mapping::Load(options.mapping));
  ImportOptions import;
  import.rejected_path = options.rejected;
  ASSIGN_OR_RETURN(import.table_files, TableFiles(options.tables));
  if (options.files.size() > 1 && !options.rejected.empty()) {
    return absl::InvalidArgumentError("--rejected takes the rows of one FILE; import one by one");
  }
  Importer importer(mapping, import);
  ASSIGN_OR_RETURN(OpenedWriter opened, OpenWriter(session, options.output));
  bool all = true;
  for (const std::string& file : options.files) {
    ASSIGN_OR_RETURN(const ImportReport report,
                     ImportFile(session, importer, file, *opened.writer));
    all = Say(session, file, report, options.rejected) && all;
  }
  RETURN_IF_ERROR(Finish(session, opened));
  ASSIGN_OR_RETURN(const ExitCode published,
                   Report(session, options.output, opened.writer->summary()));
  return all ? published : std::max(published, ExitCode::kRefused);
}

}  // namespace

void AddImport(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "import", "Publish the rows of CSV, TSV or JSON-lines files as events (gzipped or not)");
  const auto options = std::make_shared<Options>();
  command
      ->add_option("--mapping", options->mapping,
                   "Which column becomes which field of which event; see deploy/mappings")
      ->required();
  command->add_option("FILE", options->files, "The files to read")->required();
  command->add_option("--rejected", options->rejected,
                      "Keep rows that do not fit in this file, each after its reason");
  command
      ->add_option("--table", options->tables,
                   "NAME=FILE: a lookup table of the mapping from elsewhere")
      ->allow_extra_args(false);
  AddModelOption(command, session);
  AddOutputOptions(command, &options->output);
  SetExamples(command, {"revops import --mapping deals.textproto deals.csv --data my-company",
                        "revops import --mapping deals.textproto deals.csv --out - | head -2",
                        "revops import --mapping deals.textproto deals.csv.gz --rejected bad.csv"});
  command->callback([&session, options] {
    session.run = [&session, options] { return Run(session, *options); };
  });
}

}  // namespace revops
