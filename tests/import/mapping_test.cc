#include "engine/import/mapping.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Line 5 is the place for one more field, line 1 for the top.
std::string With(absl::string_view field, absl::string_view top = "") {
  return absl::StrCat("name: 'm' source: 's' format { kind: CSV } ", top, R"(
event {
  name: "e"
  set { field: "id" column: "id" }
  )",
                      field, R"(
  set { field: "occurred_at" column: "t" time { format: "RFC3339" } }
  set { field: "subject" column: "c" id { kind: CONTACT } }
  set { field: "page_view.url" column: "u" }
})");
}

std::string Mistake(const std::string& text) {
  const absl::StatusOr<Mapping> mapping = Mapping::Parse(text, "m.textproto");
  return mapping.ok() ? "no mistake" : std::string(mapping.status().message());
}

TEST(MappingTest, KnowsTheColumnsItNeeds) {
  const absl::StatusOr<Mapping> mapping = Mapping::Parse(
      With("set { field: 'page_view.title' template: '{a} {{of}} {b}' }"), "m.textproto");
  ASSERT_TRUE(mapping.ok()) << mapping.status();
  EXPECT_THAT(mapping->columns(), ElementsAre("id", "a", "b", "t", "c", "u"));
}

TEST(MappingTest, AMistakeInTheTextIsNamedByLineAndColumn) {
  EXPECT_THAT(Mistake("name: 'm'\nsorce: 's'\n"),
              AllOf(StartsWith("m.textproto:2:"), HasSubstr("sorce"), HasSubstr("mapping.proto")));
  EXPECT_THAT(Mistake("name: 'm'\nformat { kind: XML }\n"), StartsWith("m.textproto:2:"));
  EXPECT_THAT(Mistake("event {"), StartsWith("m.textproto:"));
  EXPECT_THAT(Mistake(With("set { field: 'channel' text: '\\xff' }")),
              HasSubstr("event.set.text is not UTF-8"));
}

TEST(MappingTest, AFieldThatCannotBeSetIsNamedByItsLineWithARemedy) {
  struct Case {
    const char* field;
    const char* says;
  };
  const Case cases[] = {
      {"set { field: 'chanel' text: 'x' }", "Event has no field \"chanel\"; it has: id, source"},
      {"set { field: 'page_view.uri' text: 'x' }", "PageView has no field \"uri\""},
      {"set { field: 'channel.name' text: 'x' }", "channel holds a single value"},
      {"set { field: 'channel[0]' text: 'x' }", "is not repeated"},
      {"set { field: 'properties.text' text: 'x' }", "properties is repeated; write properties[0]"},
      {"set { field: 'properties[x].text' text: 'x' }", "the index is a number"},
      {"set { field: 'utm' text: 'x' }", "set its fields one by one, as in utm.source"},
      {"set { field: 'properties' text: 'x' }", "add property { name:"},
      {"set { field: 'referral.referred_by' text: 'x' }", "add id { kind: ACCOUNT }"},
      {"set { field: 'sealed' text: 'x' }", "holds bytes"},
      {"set { field: 'channel' }", "exactly one of column, text and template"},
      {"set { field: 'channel' text: 'a' column: 'b' }", "exactly one of column, text"},
      {"set { field: 'channel' template: 'x{a' }", "write {column}"},
      {"set { field: 'channel' template: 'x}' }", "write }}"},
      {"set { field: 'channel' text: 'x' time { format: 'RFC3339' } }", "time does not fit"},
      {"set { field: 'channel' text: 'x' money { currency: 'EUR' } }", "money does not fit"},
      {"set { field: 'channel' text: 'x' number {} }", "number does not fit"},
      {"set { field: 'channel' text: 'x' flag {} }", "flag does not fit"},
      {"set { field: 'source_recorded_at' text: 'x' time {} }", "time.format is missing"},
      {"set { field: 'source_recorded_at' text: 'x' time { format: 'x' } }", "cannot be read"},
      {"set { field: 'channel' text: 'x' lookup { table: 't' column: 'c' } }",
       "lookup.table \"t\" is not declared"},
      {"set { field: 'channel' column: 'x' rename { from: 'a' } rename { from: 'a' } }", "twice"},
      {"set { field: 'page_view.url' text: 'x' }", "is set already at m.textproto:"},
      {"set { field: 'form.name' text: 'x' }", "an event has one body; make two events"},
      {"when { column: 'a' }", "exactly one of present, equals"},
      {"when { column: 'a' present: true equals: 'b' }", "exactly one of present, equals"},
  };
  for (const Case& c : cases) {
    const std::string mistake = Mistake(With(c.field));
    EXPECT_THAT(mistake, AllOf(StartsWith("m.textproto:"), HasSubstr(c.says))) << c.field;
  }
  EXPECT_THAT(Mistake(With("set { field: 'chanel' text: 'x' }")),
              StartsWith("m.textproto:5: field \"chanel\": "));
}

TEST(MappingTest, MoneyNeedsOneCurrencyThatIsOne) {
  const auto money = [](absl::string_view form) {
    return Mistake(With(absl::StrCat(
        "set { field: 'properties' column: 'x' property { name: 'p' } money { ", form, " } }")));
  };
  EXPECT_THAT(money(""), HasSubstr("exactly one of currency and currency_column"));
  EXPECT_THAT(money("currency: 'euro'"), HasSubstr("ISO 4217"));
  EXPECT_THAT(money("currency: 'EUR' decimal_mark: ',,'"), HasSubstr("one character"));
  EXPECT_THAT(money("currency: 'EUR' group_mark: '.'"), HasSubstr("make them differ"));
  EXPECT_THAT(money("currency: 'EUR' shift_decimals: 10"), HasSubstr("outside -9..9"));
  EXPECT_EQ(money("currency: 'EUR' decimal_mark: ',' group_mark: '.'"), "no mistake");
}

TEST(MappingTest, WhatEveryEventNeedsIsAskedFor) {
  const auto without = [](absl::string_view field) {
    std::string text = With("");
    const size_t at = text.find(std::string(field));
    const size_t begin = text.rfind("set {", at);
    text.erase(begin, text.find('\n', at) - begin);
    return Mistake(text);
  };
  EXPECT_THAT(without("\"id\""),
              AllOf(StartsWith("m.textproto:2: event \"e\""), HasSubstr("id is not set")));
  EXPECT_THAT(without("occurred_at"), HasSubstr("occurred_at is not set"));
  EXPECT_THAT(without("subject"), HasSubstr("subject is not set"));
  EXPECT_THAT(without("page_view.url"), HasSubstr("a body"));
  EXPECT_THAT(Mistake(With("set { field: 'recorded_at' text: '1' }")),
              HasSubstr("is not a mapping's to set"));
}

TEST(MappingTest, ListElementsAreNumberedFromZeroOrAppended) {
  EXPECT_THAT(Mistake(With("set { field: 'properties[1].text' text: 'x' }")),
              HasSubstr("number them from 0"));
  EXPECT_THAT(Mistake(With("set { field: 'subject[0].value' text: 'x' }")),
              HasSubstr("both appended to and set by index"));
}

TEST(MappingTest, TheTopIsChecked) {
  EXPECT_THAT(Mistake("source: 's' format { kind: CSV }"), HasSubstr("name is missing"));
  EXPECT_THAT(Mistake("name: 'm'"), HasSubstr("source is missing"));
  EXPECT_THAT(Mistake("name: 'm' source: 's'"), HasSubstr("format is missing"));
  EXPECT_THAT(Mistake("name: 'm' source: 's' format {}"), HasSubstr("format.kind is missing"));
  EXPECT_THAT(Mistake("name: 'm' source: 's' format { kind: CSV }"), HasSubstr("not 0"));
  EXPECT_THAT(Mistake(With("", "zone: 'Berlin'")), HasSubstr("Berlin"));
  EXPECT_THAT(Mistake(With("", "limits { record_bytes_max: -1 }")), HasSubstr("within 1.."));
  EXPECT_THAT(Mistake(With("", "limits { json_depth_max: 5000 }")), HasSubstr("within 1..1000"));
  EXPECT_THAT(Mistake(With("", "table { name: 't' }")), HasSubstr("name, file, format and key"));
  const auto format = [](const char* text) {
    return Mistake(absl::StrReplaceAll(With(""), {{"kind: CSV", text}}));
  };
  EXPECT_THAT(format("kind: CSV delimiter: 'ab'"), HasSubstr("one ASCII character"));
  EXPECT_THAT(format("kind: TSV delimiter: ';'"), HasSubstr("for CSV only"));
  EXPECT_THAT(format("kind: CSV no_header: true"), HasSubstr("needs format.column"));
  EXPECT_THAT(format("kind: CSV column: 'a' column: 'a'"), HasSubstr("stands there twice"));
  EXPECT_THAT(format("kind: JSON_LINES no_header: true"), HasSubstr("no header"));
}

TEST(MappingTest, AFileThatIsNotThereIsNotFound) {
  EXPECT_EQ(Mapping::Load("/no/such/mapping").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace revops
