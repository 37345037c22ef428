// Rows that have no key of their own, and amounts finer than money is kept.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/import_kit.h"

namespace revops {
namespace {

using ::testing::ElementsAre;

using test::Imported;
using test::ImportText;

TEST(ImportExactnessTest, TheLineTellsRowsWithoutAKeyApart) {
  const std::string mapping = R"(
    name: "n" source: "s" format { kind: CSV }
    event {
      name: "order"
      set { field: "id" template: "{who}:{#line}" }
      set { field: "occurred_at" text: "2024-01-01" time { format: "%Y-%m-%d" precision: DAY } }
      set { field: "subject" column: "who" id { kind: CONTACT } }
      set { field: "order.amount" column: "sum" money { currency: "EUR" } }
    })";
  const Imported imported = ImportText(mapping, "who,sum\nada,5\nada,5\n\nada,5\n");
  std::vector<std::string> ids;
  for (const auto& event : imported.events) ids.push_back(event.id());
  EXPECT_THAT(ids, ElementsAre("ada:2", "ada:3", "ada:5"));
}

TEST(ImportExactnessTest, MoneyFinerThanAMillionthIsRefusedUnlessTheMappingRounds) {
  const auto nanos = [](absl::string_view money, absl::string_view text) -> std::string {
    const std::string mapping = absl::StrCat(R"(
      name: "n" source: "s" format { kind: CSV delimiter: ";" }
      event {
        name: "order"
        set { field: "id" text: "x" }
        set { field: "occurred_at" text: "2024-01-01" time { format: "%Y-%m-%d" precision: DAY } }
        set { field: "subject" text: "ada" id { kind: CONTACT } }
        set { field: "order.amount" column: "sum" money { currency: "EUR" )",
                                             money, " } }\n}");
    const Imported imported = ImportText(mapping, absl::StrCat("sum\n", text, "\n"));
    if (imported.events.empty()) return "refused";
    const auto& amount = imported.events[0].order().amount();
    return absl::StrCat(amount.units(), " ", amount.nanos());
  };
  EXPECT_EQ(nanos("", "1.429999948"), "refused");
  EXPECT_EQ(nanos("round: true", "1.429999948"), "1 430000000");
  EXPECT_EQ(nanos("round: true", "1.4299994"), "1 429999000");
  EXPECT_EQ(nanos("round: true", "-0.0000005"), "0 -1000");
  EXPECT_EQ(nanos("round: true", "0.0000004999"), "0 0");
  EXPECT_EQ(nanos("round: true shift_decimals: -6", "7500000.5"), "7 500001000");
}

}  // namespace
}  // namespace revops
