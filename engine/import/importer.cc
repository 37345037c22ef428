#include "engine/import/importer.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/import/lookup_table.h"
#include "engine/import/rejected_file.h"

namespace revops {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<std::vector<LookupTable>> LoadTables(const Mapping& mapping,
                                                    const ImportOptions& options,
                                                    const std::string& folder) {
  std::vector<LookupTable> tables;
  for (const TableUse& use : mapping.tables()) {
    const auto named = options.table_files.find(use.declared.name());
    const std::string path = named != options.table_files.end()
                                 ? named->second
                                 : (fs::path(folder) / use.declared.file()).string();
    absl::StatusOr<LookupTable> table =
        LoadLookupTable(path, use.declared, use.columns.names(), mapping.limits());
    if (!table.ok()) {
      return Annotate(table.status(), absl::StrCat("lookup table \"", use.declared.name(), "\""));
    }
    tables.push_back(*std::move(table));
  }
  return tables;
}

absl::Status RefuseOwnInput(const std::string& rejected_path, const std::string& file) {
  std::error_code error;
  if (rejected_path.empty() || !fs::equivalent(rejected_path, file, error)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("rows kept aside would overwrite ", file,
                                                 " itself; name another file for them"));
}

// One run: rows in, batches out, counts.
class Run final {
 public:
  Run(const Mapping& mapping, const ImportOptions& options, std::string name,
      const Importer::Sink& sink, const Importer::Progress& progress)
      : mapping_(mapping),
        options_(options),
        name_(std::move(name)),
        sink_(sink),
        progress_(progress) {
    for (const EventRule& rule : mapping.events()) report_.events_by_template[rule.name()] = 0;
  }

  absl::StatusOr<ImportReport> ReadAll(std::unique_ptr<ByteSource> input,
                                       const std::vector<LookupTable>& tables) {
    bytes_total_ = input->bytes_total();
    absl::StatusOr<std::unique_ptr<RowReader>> rows = OpenRows(
        std::move(input), mapping_.declared().format(), mapping_.limits(), mapping_.columns());
    if (!rows.ok()) return Annotate(rows.status(), name_);
    RejectedFile rejected(options_.rejected_path, name_, (*rows)->header());
    Row row;
    while (true) {
      const absl::StatusOr<bool> any = (*rows)->Next(row);
      if (!any.ok()) report_.input = Annotate(any.status(), name_);
      if (!any.ok() || !*any) break;
      ++report_.rows_read;
      const absl::Status taken = row.status.ok() ? Take(row, tables) : row.status;
      if (!taken.ok()) {
        const std::string message = absl::StrCat(name_, ":", row.line, ": ", taken.message());
        ++report_.rows_rejected;
        if (report_.messages.size() < options_.messages_max) report_.messages.push_back(message);
        RETURN_IF_ERROR(rejected.Add(row, message));
      }
      if (batch_.size() >= options_.batch_events_max || report_.rows_read % 10'000 == 0) {
        RETURN_IF_ERROR(Flush(**rows));
      }
    }
    RETURN_IF_ERROR(Flush(**rows));
    RETURN_IF_ERROR(rejected.Close());
    return std::move(report_);
  }

 private:
  // Adds the row's events to the batch: all or none.
  absl::Status Take(const Row& row, const std::vector<LookupTable>& tables) {
    std::vector<std::pair<const EventRule*, v1::Event>> made;
    for (const EventRule& rule : mapping_.events()) {
      ASSIGN_OR_RETURN(std::optional<v1::Event> event, rule.Make(row, report_.rows_read, tables));
      if (event.has_value()) made.emplace_back(&rule, *std::move(event));
    }
    for (auto& [rule, event] : made) {
      ++report_.events_by_template[rule->name()];
      batch_.push_back(std::move(event));
    }
    report_.events_made += static_cast<int64_t>(made.size());
    ++(made.empty() ? report_.rows_without_events : report_.rows_imported);
    return absl::OkStatus();
  }

  absl::Status Flush(const RowReader& rows) {
    if (!batch_.empty()) {
      std::vector<v1::Event> batch;
      batch.swap(batch_);
      RETURN_IF_ERROR(sink_(std::move(batch)));
    }
    if (progress_ != nullptr) {
      progress_({.bytes_read = rows.bytes_taken(),
                 .bytes_total = bytes_total_,
                 .rows_read = report_.rows_read});
    }
    return absl::OkStatus();
  }

  const Mapping& mapping_;
  const ImportOptions& options_;
  const std::string name_;
  const Importer::Sink& sink_;
  const Importer::Progress& progress_;
  int64_t bytes_total_ = 0;
  std::vector<v1::Event> batch_;
  ImportReport report_;
};

}  // namespace

Importer::Importer(const Mapping& mapping, ImportOptions options)
    : mapping_(mapping), options_(std::move(options)) {
  REVOPS_CHECK(options_.batch_events_max > 0);
}

absl::StatusOr<ImportReport> Importer::Run(const std::string& file, const Sink& sink,
                                           const Progress& progress) {
  RETURN_IF_ERROR(RefuseOwnInput(options_.rejected_path, file));
  ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> input, OpenFile(file));
  return Run(std::move(input), file, fs::path(file).parent_path().string(), sink, progress);
}

absl::StatusOr<ImportReport> Importer::Run(std::unique_ptr<ByteSource> input,
                                           const std::string& name, const std::string& folder,
                                           const Sink& sink, const Progress& progress) {
  ASSIGN_OR_RETURN(const std::vector<LookupTable> tables, LoadTables(mapping_, options_, folder));
  return revops::Run(mapping_, options_, name, sink, progress).ReadAll(std::move(input), tables);
}

}  // namespace revops
