#include "engine/import/row_reader.h"

#include <zlib.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/import/line_reader.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Gzip(absl::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(&packed[0]);
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// What was read, a row each: "2: a|b|-" (line, cells, - for absent) or "3: ! why".
struct Read {
  std::vector<std::string> rows;
  std::vector<std::string> raws;
  absl::Status end;
};

Read ReadAll(absl::string_view bytes, const std::string& format, std::vector<std::string> columns,
             const ImportLimits& limits = {}) {
  Read read;
  v1::Mapping::Format declared;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(format, &declared)) << format;
  auto rows = OpenRows(OpenBytes(bytes), declared, limits, std::move(columns));
  if (!rows.ok()) {
    read.end = rows.status();
    return read;
  }
  Row row;
  while (true) {
    const absl::StatusOr<bool> any = (*rows)->Next(row);
    if (!any.ok()) read.end = any.status();
    if (!any.ok() || !*any) return read;
    read.raws.push_back(row.raw);
    read.rows.push_back(row.status.ok()
                            ? absl::StrCat(row.line, ": ",
                                           absl::StrJoin(row.cells, "|",
                                                         [](std::string* out, const auto& cell) {
                                                           absl::StrAppend(out, cell.value_or("-"));
                                                         }))
                            : absl::StrCat(row.line, ": ! ", row.status.message()));
  }
}

TEST(RowReaderTest, CsvGivesTheColumnsAskedForInTheOrderAsked) {
  EXPECT_THAT(ReadAll("a,b,c\n1,2,3\n4,,6\n", "kind: CSV", {"c", "b"}).rows,
              ElementsAre("2: 3|2", "3: 6|-"));
}

TEST(RowReaderTest, QuotesKeepDelimitersQuotesAndLineEnds) {
  const Read read = ReadAll("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n\"two\n\nlines\",2\n3,4\n",
                            "kind: CSV", {"a", "b"});
  EXPECT_THAT(read.rows, ElementsAre("2: x,y|say \"hi\"", "3: two\n\nlines|2", "6: 3|4"));
  EXPECT_EQ(read.raws[1], "\"two\n\nlines\",2");
}

TEST(RowReaderTest, CrLfByteOrderMarkBlankLinesAndNoLastLineEndAreAllWell) {
  EXPECT_THAT(ReadAll("\xef\xbb\xbf\"a\",b\r\n1,2\r\n\r\n\n3,4", "kind: CSV", {"a", "b"}).rows,
              ElementsAre("2: 1|2", "5: 3|4"));
}

TEST(RowReaderTest, OuterSpacesAndNullTextsAreNotPartOfAValue) {
  EXPECT_THAT(ReadAll("a,b\n x ,\" y \"\nNULL,Select\n", "kind: CSV null_text: ['NULL', 'Select']",
                      {"a", "b"})
                  .rows,
              ElementsAre("2: x|y", "3: -|-"));
}

TEST(RowReaderTest, OtherDelimitersTabsAndWhiteSpaceSplitRows) {
  EXPECT_THAT(ReadAll("a;b\n1;\"2;3\"\n", "kind: CSV delimiter: ';'", {"a", "b"}).rows,
              ElementsAre("2: 1|2;3"));
  EXPECT_THAT(ReadAll("a\tb\n5\" pipe\t\n", "kind: TSV", {"a", "b"}).rows,
              ElementsAre("2: 5\" pipe|-"));
  EXPECT_THAT(
      ReadAll(" 00001 19970101  1 \t11.77\n",
              "kind: WHITESPACE no_header: true column: ['id', 'day', 'n', 'sum']", {"sum", "id"})
          .rows,
      ElementsAre("1: 11.77|00001"));
}

TEST(RowReaderTest, AHeaderMustHaveEachColumnOnce) {
  EXPECT_THAT(std::string(ReadAll("a,b\n", "kind: CSV", {"c"}).end.message()),
              HasSubstr("there is no column \"c\"; the file has: a, b"));
  EXPECT_THAT(std::string(ReadAll("a,b,a\n", "kind: CSV", {"a"}).end.message()),
              HasSubstr("stands in the header 2 times"));
  EXPECT_THAT(ReadAll("a,b,a\n1,2,3\n", "kind: CSV column: ['a', 'b', 'second']", {"second"}).rows,
              ElementsAre("2: 3"));
  EXPECT_THAT(std::string(ReadAll("a,b\n", "kind: CSV column: ['a']", {"a"}).end.message()),
              HasSubstr("names 1"));
}

TEST(RowReaderTest, AnEmptyFileIsRefusedAndAHeaderAloneIsNoRows) {
  EXPECT_THAT(std::string(ReadAll("", "kind: CSV", {"a"}).end.message()),
              HasSubstr("the file is empty"));
  const Read header = ReadAll("a\n", "kind: CSV", {"a"});
  EXPECT_TRUE(header.end.ok());
  EXPECT_THAT(header.rows, IsEmpty());
}

TEST(RowReaderTest, RowsWithMoreOrFewerCellsAreNamed) {
  const std::string text = "a,b\n1\n1,2,3\n1,2\n";
  const Read strict = ReadAll(text, "kind: CSV", {"a", "b"});
  ASSERT_THAT(strict.rows, SizeIs(3));
  EXPECT_THAT(strict.rows[0], HasSubstr("2: ! the row has 1 cells, but there are 2 columns"));
  EXPECT_THAT(strict.rows[1], HasSubstr("3: ! the row has 3 cells"));
  EXPECT_EQ(strict.rows[2], "4: 1|2");
  EXPECT_EQ(ReadAll(text, "kind: CSV short_rows: true", {"a", "b"}).rows[0], "2: 1|-");
}

TEST(RowReaderTest, AStrayQuoteCostsItsOwnRowOnly) {
  const Read read = ReadAll("a,b\n5\" pipe,1\n6,\"x\"y\n7,8\n", "kind: CSV", {"a", "b"});
  ASSERT_THAT(read.rows, SizeIs(3));
  EXPECT_THAT(read.rows[0], HasSubstr("2: ! a quote stands before character"));
  EXPECT_THAT(read.rows[1], HasSubstr("3: ! a quote stands"));
  EXPECT_EQ(read.rows[2], "4: 7|8");
}

TEST(RowReaderTest, AQuoteNeverClosedCostsItsOwnLineOnly) {
  const Read read = ReadAll("a,b\n1,\"open\n2,3\n4,5\n", "kind: CSV", {"a", "b"});
  ASSERT_THAT(read.rows, SizeIs(3));
  EXPECT_THAT(read.rows[0], HasSubstr("2: ! a quoted cell of this line is not closed"));
  EXPECT_EQ(read.raws[0], "1,\"open");
  EXPECT_EQ(read.rows[1], "3: 2|3");
  EXPECT_EQ(read.rows[2], "4: 4|5");

  std::string many = "a,b\n1,\"open\n";
  for (int i = 0; i < 50; ++i) absl::StrAppend(&many, i, ",x\n");
  EXPECT_THAT(ReadAll(many, "kind: CSV", {"a"}, {.record_lines_max = 10}).rows, SizeIs(51));
}

TEST(RowReaderTest, HugeCellsRowsAndColumnCountsAreBounded) {
  const std::string huge(3000, 'x');
  const Read read =
      ReadAll(absl::StrCat("a,b\n", huge, ",1\n2,", huge.substr(0, 500), "\n3,4\n"), "kind: CSV",
              {"a", "b"}, {.record_bytes_max = 1000, .field_bytes_max = 100});
  ASSERT_THAT(read.rows, SizeIs(3));
  EXPECT_THAT(read.rows[0], HasSubstr("2: ! the line has 3002 bytes"));
  EXPECT_EQ(read.raws[0], "");
  EXPECT_THAT(read.rows[1], HasSubstr("3: ! cell 2 has 500 bytes, more than 100"));
  EXPECT_EQ(read.rows[2], "4: 3|4");

  EXPECT_THAT(
      std::string(
          ReadAll(std::string(100, ','), "kind: CSV", {"a"}, {.columns_max = 10}).end.message()),
      HasSubstr("more than 10 columns"));
}

TEST(RowReaderTest, WrongEncodingIsNamedByLineAndCharacter) {
  const Read read = ReadAll("a,b\nM\xc3\xbcller,caf\xe9\n1,2\n", "kind: CSV", {"a", "b"});
  ASSERT_THAT(read.rows, SizeIs(2));
  EXPECT_THAT(read.rows[0],
              HasSubstr("2: ! character 11 of the line is byte 0xE9, which is not UTF-8"));
  EXPECT_EQ(read.rows[1], "3: 1|2");
  EXPECT_THAT(std::string(ReadAll("\xff\xfe"
                                  "a\0",
                                  "kind: CSV", {"a"})
                              .end.message()),
              HasSubstr("UTF-16"));
  EXPECT_THAT(std::string(ReadAll("PK\x03\x04zip", "kind: CSV", {"a"}).end.message()),
              HasSubstr("zip archive"));
}

TEST(RowReaderTest, Utf8IsJudgedAsUnicodeDoes) {
  EXPECT_EQ(FirstInvalidUtf8("h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"), 12u);
  EXPECT_EQ(FirstInvalidUtf8("a\xc0\xa0"), 1u);         // overlong
  EXPECT_EQ(FirstInvalidUtf8("a\xed\xa0\x80"), 1u);     // a surrogate
  EXPECT_EQ(FirstInvalidUtf8("\xf4\x90\x80\x80"), 0u);  // beyond U+10FFFF
  EXPECT_EQ(FirstInvalidUtf8("ab\xe2\x82"), 2u);        // cut off
}

TEST(RowReaderTest, GzipIsSeenByItsBytesAlsoInSeveralMembers) {
  EXPECT_THAT(ReadAll(Gzip("a,b\n1,2\n") + Gzip("3,4\n"), "kind: CSV", {"b"}).rows,
              ElementsAre("2: 2", "3: 4"));
}

TEST(RowReaderTest, CutOffGzipGivesTheRowsBeforeItAndNeverAPartOfARow) {
  std::string text = "id,amount\n";
  uint32_t noise = 1;
  for (int i = 0; i < 20'000; ++i) {
    noise = noise * 1664525 + 1013904223;
    absl::StrAppend(&text, i, ",", noise, "\n");
  }
  const std::string packed = Gzip(text);
  const Read whole = ReadAll(packed, "kind: CSV", {"id", "amount"});
  ASSERT_THAT(whole.rows, SizeIs(20'000));
  const Read cut = ReadAll(absl::string_view(packed).substr(0, packed.size() / 2), "kind: CSV",
                           {"id", "amount"});
  EXPECT_THAT(std::string(cut.end.message()), HasSubstr("cut off"));
  ASSERT_GT(cut.rows.size(), 1000u);
  for (size_t i = 0; i + 1 < cut.rows.size(); ++i) ASSERT_EQ(cut.rows[i], whole.rows[i]);
  if (cut.rows.back() != whole.rows[cut.rows.size() - 1]) {
    EXPECT_THAT(cut.rows.back(), HasSubstr("breaks off in this row"));
  }
}

TEST(RowReaderTest, BrokenGzipAndGzipThatGrowsWithoutEndStop) {
  std::string packed = Gzip("a,b\n1,2\n3,4\n");
  packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 0x55);  // its checksum
  EXPECT_THAT(std::string(ReadAll(packed, "kind: CSV", {"a"}).end.message()),
              HasSubstr("the gzip data is broken"));

  const std::string bomb = Gzip(absl::StrCat("a,b\n", std::string(70 << 20, ' ')));
  EXPECT_THAT(std::string(ReadAll(bomb, "kind: CSV", {"a"}, {.expansion_max = 100}).end.message()),
              HasSubstr("more than 100 times its size"));
}

TEST(RowReaderTest, JsonLinesGiveTheValuesAtTheirPaths) {
  const Read read = ReadAll(
      R"({"id":1,"context":{"campaign":{"name":"spring"}},"items":[{"sku":"a"},{"sku":"b"}]})"
      "\n"
      R"({"id":"x","a.b":true,"context":null,"items":[]})"
      "\n",
      "kind: JSON_LINES", {"id", "context.campaign.name", "items[1].sku", "a\\.b"});
  EXPECT_THAT(read.rows, ElementsAre("1: 1|spring|b|-", "2: x|-|-|true"));
}

TEST(RowReaderTest, JsonNumbersKeepEveryDigit) {
  EXPECT_THAT(ReadAll(R"({"a":1736877279422521345,"b":-9223372036854775808,)"
                      R"("c":123456789012345678901234567890,"d":0.10000000000000000001,"e":1.5e3})",
                      "kind: JSON_LINES", {"a", "b", "c", "d", "e"})
                  .rows,
              ElementsAre("1: 1736877279422521345|-9223372036854775808|"
                          "123456789012345678901234567890|0.10000000000000000001|1.5e3"));
}

TEST(RowReaderTest, JsonThatCannotBeUsedIsNamedAndTheNextLineIsRead) {
  const std::string deep = absl::StrCat("{\"a\":", std::string(100'000, '['));
  const Read read = ReadAll(absl::StrCat("{\"a\":1,\n", deep, "\n[1]\n7\n{\"a\":{}}\n",
                                         "{\"a\":1,\"a\":2}\n{\"a\":1}x\n{\"a\":2}\n"),
                            "kind: JSON_LINES", {"a"});
  ASSERT_THAT(read.rows, SizeIs(8));
  EXPECT_THAT(read.rows[0], HasSubstr("1: ! byte 8 of the line is not JSON"));
  EXPECT_THAT(read.rows[1], HasSubstr("2: ! "));
  EXPECT_THAT(read.rows[2], HasSubstr("3: ! the line is an array"));
  EXPECT_THAT(read.rows[3], HasSubstr("4: ! the line is a bare value"));
  EXPECT_THAT(read.rows[4], HasSubstr("5: ! \"a\" is an object"));
  EXPECT_THAT(read.rows[5], HasSubstr("6: ! \"a\" stands there twice"));
  EXPECT_THAT(read.rows[6], HasSubstr("7: ! byte 8"));
  EXPECT_EQ(read.rows[7], "8: 2");
}

TEST(RowReaderTest, DeepJsonIsRefusedBeforeItIsFollowed) {
  const std::string nested =
      absl::StrCat("{\"x\":", std::string(40, '['), std::string(40, ']'), ",\"a\":1}");
  EXPECT_THAT(ReadAll(nested, "kind: JSON_LINES", {"a"}).rows[0],
              HasSubstr("nested deeper than 32 levels"));
  EXPECT_EQ(ReadAll(nested, "kind: JSON_LINES", {"a"}, {.json_depth_max = 50}).rows[0], "1: 1");
}

}  // namespace
}  // namespace revops
