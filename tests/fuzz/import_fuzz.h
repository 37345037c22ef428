// What holds of any import, whatever the bytes.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "engine/import/importer.h"

namespace revops::test {

// Imports `text`: the counters add up, and what comes out can be folded.
inline void TryImport(const Mapping& mapping, absl::string_view text) {
  int64_t events = 0;
  Importer importer(mapping, {.batch_events_max = 7});
  const absl::StatusOr<ImportReport> report =
      importer.Run(OpenBytes(text), "fuzz", ".", [&](std::vector<v1::Event> batch) {
        REVOPS_CHECK(!batch.empty());
        events += static_cast<int64_t>(batch.size());
        for (v1::Event& event : batch) {
          REVOPS_CHECK(Canonical(std::move(event), /*appended_at=*/1).ok());
        }
        return absl::OkStatus();
      });
  if (!report.ok()) {
    REVOPS_CHECK(!report.status().message().empty());
    return;
  }
  REVOPS_CHECK(report->rows_read ==
               report->rows_imported + report->rows_without_events + report->rows_rejected);
  REVOPS_CHECK(report->events_made == events);
  REVOPS_CHECK(report->rows_rejected == 0 || !report->messages.empty());
}

inline Mapping MustParse(const std::string& text) {
  absl::StatusOr<Mapping> mapping = Mapping::Parse(text, "fuzz.textproto");
  REVOPS_CHECK(mapping.ok());
  return *std::move(mapping);
}

// The fields of a mapping that uses every conversion; columns a to h.
inline constexpr char kEveryConversion[] = R"(
  sequence: ROW_ORDER
  limits { record_bytes_max: 2000 field_bytes_max: 300 columns_max: 40 record_lines_max: 8
           json_depth_max: 6 }
  event {
    name: "e"
    when { column: "a" present: true }
    set { field: "id" template: "{a}-{b}" }
    set {
      field: "occurred_at" column: "c" otherwise: "2018-01-01"
      time { format: "%Y-%m-%d" format: "RFC3339" format: "EPOCH_MS" precision: DAY }
    }
    set { field: "subject" column: "a" id { kind: LEAD } }
    set { field: "properties" column: "d" property { name: "n" } number { group_mark: "," } }
    set { field: "properties" column: "e" property { name: "t" } }
    set { field: "order.units" column: "f" number {} }
    set { field: "order.products[0].name" column: "g" }
    set { field: "order.amount" column: "h" money { currency: "EUR" group_mark: "," } }
  }
)";

}  // namespace revops::test
