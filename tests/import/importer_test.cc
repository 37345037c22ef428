#include "engine/import/importer.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/import/import_kit.h"

namespace revops {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

using test::Imported;
using test::ImportText;
using test::OrderMapping;

constexpr char kHeader[] = "id,day,name,amount\n";

bool Equals(const v1::Event& event, const std::string& text) {
  v1::Event expected;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected));
  EXPECT_EQ(event.DebugString(), expected.DebugString());
  return google::protobuf::util::MessageDifferencer::Equals(event, expected);
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Scratch(const std::string& name) {
  const std::string path = testing::TempDir() + "/importer_test_" + name;
  std::filesystem::remove_all(path);
  return path;
}

TEST(ImporterTest, ARowBecomesTheEventItsMappingDescribes) {
  const Imported imported =
      ImportText(OrderMapping(), absl::StrCat(kHeader, "7,2017-03-01,Ada Ltd,\"1054.25\"\n"));
  ASSERT_THAT(imported.events, SizeIs(1));
  EXPECT_TRUE(Equals(imported.events[0], R"pb(
    id: "order:7"
    source: "shop"
    occurred_at: 1488326400000000
    occurred_precision: DAY
    subject { kind: ACCOUNT namespace: "shop" value: "Ada Ltd" }
    order { amount { currency_code: "EUR" units: 1054 nanos: 250000000 } }
  )pb"));
  EXPECT_THAT(imported.report.events_by_template, ElementsAre(Pair("order", 1)));
}

TEST(ImporterTest, EveryKindOfFieldIsConverted) {
  const std::string mapping = R"(
    name: "all" source: "s" zone: "Europe/Berlin" format { kind: JSON_LINES }
    every { field: "channel" text: "web" }
    every { field: "subject" column: "c" id { kind: CONTACT namespace: "crm" } }
    event {
      name: "call"
      set { field: "id" template: "{kind}-{n}" }
      set { field: "occurred_at" column: "t" time { format: "%Y-%m" precision: MONTH } }
      set { field: "source_recorded_at" column: "ms" time { format: "EPOCH_MS" } }
      set { field: "sequence" column: "n" }
      set { field: "revision" column: "rev" }
      set { field: "voided" column: "gone" flag { true_text: "Y" false_text: "N" } }
      set { field: "channel" text: "phone" }
      set { field: "direction" column: "dir" rename { from: "in" to: "inbound" } }
      set { field: "utm.source" column: "utm.s" otherwise: "none" }
      set { field: "properties" column: "f" property { name: "f" } number { group_mark: "," } }
      set { field: "properties" column: "gone" property { name: "g" } flag { true_text: "y" } }
      set { field: "properties" column: "ms" property { name: "ms" } time { format: "EPOCH_MS" } }
      set {
        field: "properties" column: "sum" property { name: "m" }
        money { currency_column: "cur" decimal_mark: "," group_mark: "." shift_decimals: 3 }
      }
      set { field: "properties" column: "nothing" property { name: "n" } }
      set { field: "call.result" column: "how" }
      set { field: "call.minutes" column: "min" number { decimal_mark: "," } }
    })";
  const Imported imported = ImportText(
      mapping,
      R"({"kind":"k","n":1736877279422521345,"t":"2018-03","ms":1564113600001,"rev":2,"gone":"y",)"
      R"("dir":"in","utm":{"s":null},"f":"1,234.5","sum":"-1.234,567","cur":"brl","c":"42",)"
      R"("how":"no answer","min":"12,0"})");
  EXPECT_THAT(imported.report.messages, IsEmpty());
  ASSERT_THAT(imported.events, SizeIs(1));
  EXPECT_TRUE(Equals(imported.events[0], R"pb(
    id: "k-1736877279422521345"
    source: "s"
    occurred_at: 1519858800000000
    occurred_precision: MONTH
    zone: "Europe/Berlin"
    sequence: 1736877279422521345
    source_recorded_at: 1564113600001000
    revision: 2
    voided: true
    subject { kind: CONTACT namespace: "crm" value: "42" }
    channel: "phone"
    direction: INBOUND
    utm { source: "none" }
    properties { name: "f" number: 1234.5 }
    properties { name: "g" flag: true }
    properties { name: "ms" time: 1564113600001000 }
    properties {
      name: "m"
      money { currency_code: "BRL" units: -1234567 }
    }
    call { result: NO_ANSWER minutes: 12 }
  )pb"));
}

TEST(ImporterTest, ConditionsChooseTheEventsOfARow) {
  const std::string mapping = R"(
    name: "deals" source: "s" format { kind: CSV } sequence: TEMPLATE_ORDER
    every { field: "occurred_at" column: "day" time { format: "%Y-%m-%d" } }
    every { field: "subject" column: "id" id { kind: OPPORTUNITY } }
    event {
      name: "opened"
      when { column: "stage" not_equals: "Draft" }
      set { field: "id" template: "{id}:o" }
      set { field: "opportunity_opened.fields.stage_id" column: "stage" }
    }
    event {
      name: "closed"
      when { column: "stage" equals: ["Won", "Lost"] }
      when { column: "reason" present: true }
      set { field: "id" template: "{id}:c" }
      set { field: "opportunity_closed.outcome" column: "stage" }
    })";
  const Imported imported = ImportText(mapping,
                                       "id,day,stage,reason\n1,2018-01-01,Won,price\n"
                                       "2,2018-01-01,Won,\n3,2018-01-01,Draft,\n4,2018-01-01,,\n");
  std::vector<std::string> made;
  for (const v1::Event& event : imported.events) {
    made.push_back(absl::StrCat(event.id(), "@", event.sequence()));
  }
  EXPECT_THAT(made, ElementsAre("1:o@1", "1:c@2", "2:o@1", "4:o@1"));
  EXPECT_EQ(imported.report.rows_without_events, 1);
  EXPECT_EQ(imported.report.rows_imported, 3);
}

TEST(ImporterTest, ListElementsWithoutValuesAreLeftOut) {
  const std::string more = R"(
  set { field: "order.products[0].product_id" column: "p0" }
  set { field: "order.products[0].quantity" text: "1" }
  set { field: "order.products[1].product_id" column: "p1" }
  set { field: "order.products[1].quantity" text: "2" }
  set { field: "order.products[2].product_id" text: "gift" }
)";
  const Imported imported =
      ImportText(OrderMapping(more),
                 "id,day,name,amount,p0,p1\n1,2018-01-01,a,1,x,y\n2,2018-01-01,a,1,,y\n"
                 "3,2018-01-01,a,1,,\n");
  std::vector<std::string> products;
  for (const v1::Event& event : imported.events) {
    std::string list;
    for (const v1::Product& product : event.order().products()) {
      absl::StrAppend(&list, product.product_id(), product.quantity(), " ");
    }
    products.push_back(list);
  }
  EXPECT_THAT(products, ElementsAre("x1 y2 gift0 ", "y2 gift0 ", "gift0 "));
}

TEST(ImporterTest, RowOrderGivesEachEventItsPlaceInTheFile) {
  const Imported imported =
      ImportText(OrderMapping("", "kind: CSV", "sequence: ROW_ORDER"),
                 absl::StrCat(kHeader, "1,2018-01-01,a,1\n2,2018-01-01,a,1\n"));
  ASSERT_THAT(imported.events, SizeIs(2));
  EXPECT_EQ(imported.events[0].sequence(), 64 + 1);
  EXPECT_EQ(imported.events[1].sequence(), 2 * 64 + 1);
}

TEST(ImporterTest, ImportingAgainGivesTheSameEventsToTheByte) {
  const std::string text = absl::StrCat(kHeader, "1,2018-01-01,a,1\n2,2018-01-02,b,2.50\n");
  const Imported once = ImportText(OrderMapping(), text);
  const Imported again = ImportText(OrderMapping(), text);
  ASSERT_EQ(once.events.size(), again.events.size());
  for (size_t i = 0; i < once.events.size(); ++i) {
    EXPECT_EQ(once.events[i].SerializeAsString(), again.events[i].SerializeAsString());
  }
}

TEST(ImporterTest, ABadRowIsNamedByFileLineAndColumnAndTheOthersGoOn) {
  const Imported imported =
      ImportText(OrderMapping(), absl::StrCat(kHeader,
                                              "1,2018-01-01,a,1\n"
                                              "2,2018-13-01,a,1\n"           // a bad date
                                              "3,2018-01-01,,1\n"            // no subject
                                              "4,2018-01-01,a,\n"            // no amount
                                              "5,2018-01-01,a,12.3456789\n"  // too fine
                                              "6,2018-01-01,a,9223372036854775808\n"
                                              "7,2018-01-01,a,1e38\n"
                                              ",2018-01-01,a,1\n"   // no id
                                              "8,1970-01-01,a,1\n"  // no time at all
                                              "9,2018-01-01,a,-9223372036854775808\n"));
  EXPECT_THAT(
      imported.report.messages,
      ElementsAre(AllOf(StartsWith("f.csv:3: column \"day\": \"2018-13-01\" is no time"),
                        HasSubstr("(m.textproto:")),
                  StartsWith("f.csv:4: column \"name\": has no value, but one is required"),
                  StartsWith("f.csv:5: column \"amount\": has no value"),
                  StartsWith("f.csv:6: column \"amount\": \"12.3456789\" has more than 6 decimals"),
                  AllOf(StartsWith("f.csv:7: column \"amount\""), HasSubstr("64-bit units")),
                  AllOf(StartsWith("f.csv:8: column \"amount\""), HasSubstr("too large")),
                  StartsWith("f.csv:9: column \"id\": has no value"),
                  AllOf(StartsWith("f.csv:10: "), HasSubstr("occurred_at"))));
  EXPECT_EQ(imported.report.rows_read, 10);
  EXPECT_EQ(imported.report.rows_rejected, 8);
  ASSERT_THAT(imported.events, SizeIs(2));
  EXPECT_EQ(imported.events[1].order().amount().units(), INT64_MIN);
}

TEST(ImporterTest, WhatTheContractRefusesIsRefusedWithItsRow) {
  const Imported imported =
      ImportText(OrderMapping(),
                 absl::StrCat(kHeader, std::string(300, 'x'), ",2018-01-01,a,1\n", "1,2018-01-01,",
                              std::string(300, 'y'), ",1\n", "2,2018-01-01,\"a\nb\",1\n"));
  EXPECT_THAT(imported.events, IsEmpty());
  EXPECT_THAT(imported.report.messages,
              ElementsAre(AllOf(StartsWith("f.csv:2: "), HasSubstr("at most 256")),
                          AllOf(StartsWith("f.csv:3: column \"name\"")),
                          AllOf(StartsWith("f.csv:4: column \"name\""))));
}

TEST(ImporterTest, ARowMakesAllItsEventsOrNone) {
  const std::string mapping = R"(
    name: "two" source: "s" format { kind: CSV }
    every { field: "occurred_at" column: "day" time { format: "%Y-%m-%d" } }
    every { field: "subject" column: "id" id { kind: CONTACT } }
    event { name: "a" set { field: "id" template: "{id}:a" } set { field: "form.name" text: "x" } }
    event {
      name: "b"
      set { field: "id" template: "{id}:b" }
      set { field: "survey.score" column: "score" }
    })";
  const Imported imported =
      ImportText(mapping, "id,day,score\n1,2018-01-01,10\n2,2018-01-01,ten\n");
  EXPECT_THAT(imported.events, SizeIs(2));
  EXPECT_THAT(imported.report.events_by_template, ElementsAre(Pair("a", 1), Pair("b", 1)));
}

TEST(ImporterTest, RowsKeptAsideCanBeMendedAndImportedAgain) {
  const std::string path = Scratch("rejected.csv");
  const std::string text =
      absl::StrCat(kHeader, "1,2018-01-01,a,1\n2,2018-13-01,\"two\nlines\",1\n3,bad\n");
  const Imported first = ImportText(OrderMapping(), text, {.rejected_path = path});
  EXPECT_EQ(first.report.rows_rejected, 2);
  std::string rejected = ReadFile(path);
  EXPECT_THAT(rejected, StartsWith("#! revops rejected rows of f.csv\nid,day,name,amount\n#! "
                                   "f.csv:3: column \"day\""));
  EXPECT_THAT(rejected, HasSubstr("\n2,2018-13-01,\"two\nlines\",1\n#! f.csv:5: the row has 2"));

  // Unmended, the same rows are refused for the same reasons.
  const Imported again = ImportText(OrderMapping(), rejected);
  EXPECT_EQ(again.report.rows_read, 2);
  EXPECT_EQ(again.report.rows_rejected, 2);

  rejected.replace(rejected.find("2,2018-13-01,\"two\nlines\""), 24, "2,2018-12-01,two lines");
  const Imported mended = ImportText(OrderMapping(), rejected);
  ASSERT_THAT(mended.events, SizeIs(1));
  EXPECT_EQ(mended.events[0].id(), "order:2");
  EXPECT_EQ(mended.report.rows_rejected, 1);
}

TEST(ImporterTest, ARowThatWouldReadAsACommentIsPointedToInstead) {
  const std::string path = Scratch("comment.csv");
  ImportText(OrderMapping(), absl::StrCat(kHeader, "1,bad,\"a\n#! b\",1\n"),
             {.rejected_path = path});
  EXPECT_THAT(ReadFile(path), HasSubstr("cannot be copied here: see line 2 of f.csv"));
}

TEST(ImporterTest, NothingKeptAsideMakesNoFile) {
  const std::string path = Scratch("none.csv");
  ImportText(OrderMapping(), absl::StrCat(kHeader, "1,2018-01-01,a,1\n"), {.rejected_path = path});
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ImporterTest, AFileIsNeverOverwrittenByItsOwnRejectedRows) {
  const std::string path = Scratch("input.csv");
  std::ofstream(path) << kHeader << "x\n";
  const absl::StatusOr<Mapping> mapping = Mapping::Parse(OrderMapping(), "m.textproto");
  ASSERT_TRUE(mapping.ok()) << mapping.status();
  Importer importer(*mapping, {.rejected_path = path});
  const auto report = importer.Run(path, [](std::vector<v1::Event>) { return absl::OkStatus(); });
  EXPECT_EQ(report.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReadFile(path), absl::StrCat(kHeader, "x\n"));
}

TEST(ImporterTest, ValuesAreLookedUpInAnotherFile) {
  const std::string folder = Scratch("tables");
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/prices.csv") << "product,price\nGTX Pro,4821\nMG Special,55\nfree,\n";
  std::ofstream(folder + "/twice.csv") << "product,price\na,1\na,2\n";
  std::ofstream(folder + "/orders.csv")
      << "id,day,name,amount\n1,2018-01-01,a,GTXPro\n2,2018-01-01,a,MG Special\n"
         "3,2018-01-01,a,unknown\n4,2018-01-01,a,free\n";
  const auto run = [&](const std::string& file) {
    std::string text = OrderMapping(
        "", "kind: CSV",
        absl::StrCat("table { name: 't' file: '", file, "' format { kind: CSV } key: 'product' }"));
    text.replace(text.find("column: \"amount\""), 16,
                 "column: 'amount' rename { from: 'GTXPro' to: 'GTX Pro' } "
                 "lookup { table: 't' column: 'price' }");
    const absl::StatusOr<Mapping> mapping = Mapping::Parse(text, "m.textproto");
    EXPECT_TRUE(mapping.ok()) << mapping.status();
    std::string amounts;
    const auto report =
        Importer(*mapping).Run(folder + "/orders.csv", [&](std::vector<v1::Event> events) {
          for (const auto& event : events) {
            absl::StrAppend(&amounts, event.order().amount().units(), " ");
          }
          return absl::OkStatus();
        });
    if (!report.ok()) return std::string(report.status().message());
    for (const std::string& message : report->messages) absl::StrAppend(&amounts, message, "\n");
    return amounts;
  };
  EXPECT_THAT(run("prices.csv"),
              AllOf(StartsWith("4821 55 "), HasSubstr("\"unknown\" is not in table t"),
                    HasSubstr("orders.csv:5: column \"amount\": has no value")));
  EXPECT_THAT(run("twice.csv"), HasSubstr("twice.csv:3: column \"product\": \"a\" stands there"));
  EXPECT_THAT(run("none.csv"), AllOf(HasSubstr("lookup table \"t\""), HasSubstr("cannot open")));
}

TEST(ImporterTest, AFileThatDoesNotFitItsMappingIsRefusedWhole) {
  EXPECT_THAT(std::string(ImportText(OrderMapping(), "id,day,name\n").status.message()),
              StartsWith("f.csv: there is no column \"amount\""));
  EXPECT_THAT(std::string(ImportText(OrderMapping(), "").status.message()),
              HasSubstr("the file is empty"));
  const Imported header_only = ImportText(OrderMapping(), kHeader);
  EXPECT_TRUE(header_only.status.ok());
  EXPECT_EQ(header_only.report.rows_read, 0);
}

TEST(ImporterTest, BatchesAreBoundedAndASinkThatFailsStopsTheRun) {
  std::string text = kHeader;
  for (int i = 0; i < 25; ++i) absl::StrAppend(&text, i, ",2018-01-01,a,1\n");
  const absl::StatusOr<Mapping> mapping = Mapping::Parse(OrderMapping(), "m.textproto");
  ASSERT_TRUE(mapping.ok()) << mapping.status();

  std::vector<size_t> sizes;
  ImportProgress last;
  Importer importer(*mapping, {.batch_events_max = 10});
  const auto report = importer.Run(
      OpenBytes(text), "f", ".",
      [&](std::vector<v1::Event> batch) {
        sizes.push_back(batch.size());
        return absl::OkStatus();
      },
      [&](const ImportProgress& progress) { last = progress; });
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(sizes, ElementsAre(10, 10, 5));
  EXPECT_EQ(last.rows_read, 25);
  EXPECT_EQ(last.bytes_read, static_cast<int64_t>(text.size()));
  EXPECT_EQ(last.bytes_total, static_cast<int64_t>(text.size()));

  const auto failed = importer.Run(OpenBytes(text), "f", ".", [&](std::vector<v1::Event>) {
    return absl::UnavailableError("the log is full");
  });
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kUnavailable);
}

TEST(ImporterTest, OnlyTheFirstMessagesAreKept) {
  std::string text = kHeader;
  for (int i = 0; i < 100; ++i) absl::StrAppend(&text, i, ",x,a,1\n");
  const Imported imported = ImportText(OrderMapping(), text, {.messages_max = 3});
  EXPECT_THAT(imported.report.messages, SizeIs(3));
  EXPECT_EQ(imported.report.rows_rejected, 100);
}

}  // namespace
}  // namespace revops
