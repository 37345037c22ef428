// Reads a file row by row and makes events of it, by a mapping.
//
// A row that cannot be read or converted makes no event: it is reported with file, line, column and
// remedy, and written to a file of its own, from which it can be imported again once it or the
// mapping is mended. The rows after it go on. Memory does not grow with the number of rows.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/import/byte_source.h"
#include "engine/import/mapping.h"
#include "revops/v1/event.pb.h"

namespace revops {

struct ImportOptions {
  // Where rows that are kept aside go, each after its reason; the file is made with the first one.
  // Empty: they are only counted.
  std::string rejected_path;
  size_t batch_events_max = 500;
  size_t messages_max = 20;
  // table name -> file, in place of the one in the imported file's folder
  std::map<std::string, std::string> table_files;
};

// rows_read = rows_imported + rows_without_events + rows_rejected.
struct ImportReport {
  int64_t rows_read = 0;
  int64_t rows_imported = 0;        // made one event or several
  int64_t rows_without_events = 0;  // no template's conditions held
  int64_t rows_rejected = 0;
  int64_t events_made = 0;
  std::map<std::string, int64_t> events_by_template;
  std::vector<std::string> messages;  // of the first rejected rows
  // Not ok: the input broke off, as said there; the counts are those of the rows before.
  absl::Status input;
};

struct ImportProgress {
  int64_t bytes_read = 0;   // of the file, compressed if it is
  int64_t bytes_total = 0;  // 0: not known
  int64_t rows_read = 0;
};

// Not thread safe.
class Importer final {
 public:
  // Takes a batch, 1 to batch_events_max events in the order of the rows. All events of a row are
  // in one batch, or none is.
  using Sink = std::function<absl::Status(std::vector<v1::Event>)>;
  // Called with each batch and at the end.
  using Progress = std::function<void(const ImportProgress&)>;

  // Lifetime: `mapping` must outlive it.
  explicit Importer(const Mapping& mapping, ImportOptions options = {});

  // Imports the file. A null `progress` is not called.
  // Errors: kNotFound if the file or a table cannot be opened; kInvalidArgument if its header does
  // not fit the mapping or a table is wrong; what the sink returns; kUnavailable if rows cannot be
  // kept aside.
  absl::StatusOr<ImportReport> Run(const std::string& file, const Sink& sink,
                                   const Progress& progress = nullptr);

  // The same for a stream; `name` stands for the file in messages, `folder` is where tables are.
  absl::StatusOr<ImportReport> Run(std::unique_ptr<ByteSource> input, const std::string& name,
                                   const std::string& folder, const Sink& sink,
                                   const Progress& progress = nullptr);

 private:
  const Mapping& mapping_;
  const ImportOptions options_;
};

}  // namespace revops
