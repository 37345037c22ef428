// Imports text with a mapping, in memory.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/import/importer.h"
#include "gtest/gtest.h"

namespace revops::test {

struct Imported {
  absl::Status status;  // of Run
  ImportReport report;
  std::vector<v1::Event> events;
};

inline Imported ImportText(const std::string& mapping_text, absl::string_view text,
                           ImportOptions options = {}) {
  Imported imported;
  const absl::StatusOr<Mapping> mapping = Mapping::Parse(mapping_text, "m.textproto");
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  if (!mapping.ok()) return imported;
  Importer importer(*mapping, std::move(options));
  absl::StatusOr<ImportReport> report =
      importer.Run(OpenBytes(text), "f.csv", ".", [&](std::vector<v1::Event> batch) {
        for (v1::Event& event : batch) imported.events.push_back(std::move(event));
        return absl::OkStatus();
      });
  imported.status = report.status();
  if (report.ok()) {
    imported.report = *std::move(report);
    const ImportReport& r = imported.report;
    EXPECT_EQ(r.rows_read, r.rows_imported + r.rows_without_events + r.rows_rejected);
    EXPECT_EQ(r.events_made, static_cast<int64_t>(imported.events.size()));
  }
  return imported;
}

// A mapping of rows (id, day, name, amount) to accounts' orders; `more` is put into the event,
// `format` into the format, `top` into the mapping.
inline std::string OrderMapping(absl::string_view more = "", absl::string_view format = "kind: CSV",
                                absl::string_view top = "") {
  return absl::StrCat(R"(name: "orders" source: "shop"
format { )",
                      format, " }\n", top, R"(
event {
  name: "order"
  set { field: "id" template: "order:{id}" }
  set { field: "occurred_at" column: "day" time { format: "%Y-%m-%d" precision: DAY } }
  set { field: "subject" column: "name" required: true id { kind: ACCOUNT } }
  set { field: "order.amount" column: "amount" required: true money { currency: "EUR" } }
)",
                      more, "}\n");
}

}  // namespace revops::test
