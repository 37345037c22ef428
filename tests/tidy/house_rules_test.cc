#include "tests/tidy/house_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace revops::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The violations of one file.
std::vector<std::string> In(const std::string& path, const std::string& text) {
  const std::string start = path.substr(path.size() - 2) == ".h" ? "#pragma once\n" : "";
  return Violations({{path, start + text}});
}

std::string Include(const std::string& path) { return "#include \"" + path + "\"\n"; }

TEST(HouseRulesTest, TheHouseKeepsItsRules) {
  const SourceTree tree = ReadSources(REVOPS_SOURCE_DIR);
  ASSERT_GT(tree.size(), 20u) << "no sources below " << REVOPS_SOURCE_DIR;
  EXPECT_THAT(Violations(tree), IsEmpty());
}

TEST(HouseRulesTest, AFolderIncludesOnlyFoldersAboveIt) {
  EXPECT_THAT(In("engine/fold/x.h", Include("engine/model/y.h")), IsEmpty());
  EXPECT_THAT(In("engine/cli/x.cc", Include("projections/registry.h")), IsEmpty());
  EXPECT_THAT(In("engine/fold/x.h", Include("engine/view/y.h")),
              ElementsAre(HasSubstr("x.h:2: engine/fold may not include engine/view")));
  EXPECT_THAT(In("engine/serve/x.cc", Include("projections/registry.h")),
              ElementsAre(HasSubstr("engine/serve may not include projections")));
  EXPECT_THAT(In("projections/x.cc", Include("engine/view/y.h")),
              ElementsAre(HasSubstr("projections may not include engine/view")));
  EXPECT_THAT(In("engine/import/x.cc", Include("engine/log/y.h")),
              ElementsAre(HasSubstr("engine/import may not include engine/log")));
  EXPECT_THAT(In("engine/drawer/x.cc", ""), ElementsAre(HasSubstr("not in a folder")));
}

TEST(HouseRulesTest, OnlyAdaptersKnowTheirLibraries) {
  EXPECT_THAT(In("engine/view/x.cc", "#include <rocksdb/db.h>\n"), IsEmpty());
  EXPECT_THAT(In("engine/log/kafka_log.cc", "#include <librdkafka/rdkafka.h>\n"), IsEmpty());
  EXPECT_THAT(In("engine/runtime/x.cc", "#include <rocksdb/db.h>\n"),
              ElementsAre(HasSubstr("only engine/log/, engine/view/, engine/identity/ may")));
  EXPECT_THAT(In("engine/log/embedded_log.cc", "#include <librdkafka/rdkafka.h>\n"),
              ElementsAre(HasSubstr("only engine/log/kafka_ may")));
}

TEST(HouseRulesTest, FoldersNeverIncludeEachOther) {
  EXPECT_EQ(FindCycle({{"a", {"b", "c"}}, {"b", {"c"}}}), "");
  EXPECT_EQ(FindCycle({{"a", {"b"}}, {"b", {"c"}}, {"c", {"b"}}}), "b -> c -> b");
  const SourceTree tree = {{"engine/base/x.cc", Include("engine/event/x.h")},
                           {"engine/event/x.cc", Include("engine/base/x.h")}};
  EXPECT_THAT(Violations(tree),
              ElementsAre(HasSubstr("engine/base may not include engine/event"),
                          HasSubstr("engine/base -> engine/event -> engine/base")));
}

TEST(HouseRulesTest, FilesStayShortAndNarrow) {
  std::string lines;
  for (int i = 0; i < 400; ++i) lines += "\n";
  EXPECT_THAT(In("engine/base/x.cc", lines), IsEmpty());
  EXPECT_THAT(In("engine/base/x.cc", lines + "\n"), ElementsAre(HasSubstr("longer than 400")));
  EXPECT_THAT(In("deploy/test", lines + "\n"), ElementsAre(HasSubstr("longer than 400")));
  EXPECT_THAT(In("proto/revops/v1/x.proto", lines + "\n"), IsEmpty());
  EXPECT_THAT(In("engine/base/x.cc", std::string(101, 'x')), ElementsAre(HasSubstr("wider")));
}

TEST(HouseRulesTest, HeadersGuardThemselvesAndComeFirst) {
  EXPECT_THAT(Violations({{"engine/base/x.h", "int x;\n"}}),
              ElementsAre(HasSubstr("without #pragma once")));
  EXPECT_THAT(In("engine/base/x.cc", "#include <string>\n" + Include("engine/base/x.h")),
              ElementsAre(HasSubstr("before its own header")));
}

TEST(HouseRulesTest, UnfinishedWorkIsNotMarkedInTheSource) {
  EXPECT_THAT(In("engine/base/x.cc",
                 "// TO"
                 "DO: later\n"),
              ElementsAre(HasSubstr("x.cc:1:")));
  EXPECT_THAT(In("deploy/test",
                 "\n# FIX"
                 "ME\n"),
              ElementsAre(HasSubstr("deploy/test:2:")));
}

TEST(HouseRulesTest, NamesSayWhatAFileIsAbout) {
  EXPECT_THAT(In("engine/base/string_utils.cc", ""), ElementsAre(HasSubstr("names no idea")));
  EXPECT_THAT(In("tests/helpers/x_test.cc", ""), ElementsAre(HasSubstr("known folder of tests")));
}

TEST(HouseRulesTest, ForbiddenCodeIsFoundWhereItIsForbidden) {
  const struct {
    const char* path;
    const char* code;
  } planted[] = {
      {"engine/base/x.cc", "assert(x);"},
      {"projections/x.cc", "throw 1;"},
      {"engine/view/x.cc", "int x = rand();"},
      {"engine/runtime/x.cc", "std::random_device seed;"},
      {"engine/fold/x.cc", "auto now = std::chrono::system_clock::now();"},
      {"engine/runtime/x.cc", "auto now = absl::Now();"},
      {"engine/runtime/x.cc", "auto now = time(nullptr);"},
      {"engine/fold/x.cc", "double x;"},
      {"projections/x.cc", "float x;"},
      {"projections/x.cc", "std::unordered_map<int, int> x;"},
      {"engine/serve/x.cc", "using namespace std;"},
      {"tests/log/x_test.cc", "std::this_thread::sleep_for(x);"},
  };
  for (const auto& plant : planted) {
    EXPECT_THAT(In(plant.path, plant.code), ElementsAre(HasSubstr("x"))) << plant.code;
  }
}

TEST(HouseRulesTest, TheSameWordsElsewhereAreFine) {
  const struct {
    const char* path;
    const char* code;
  } fine[] = {
      {"engine/base/clock.cc", "auto now = std::chrono::system_clock::now();"},
      {"engine/fold/x.cc", "// no double and no throw"},
      {"engine/fold/x.cc", "/* no float */ int x = 1'000'000; char y = '\\''; // double"},
      {"engine/fold/x.cc", "auto words = \"throw \\\" float\";"},
      {"engine/fold/x.cc", "auto words = R\"(double \" float)\";"},
      {"engine/query/x.cc", "double mean; static_assert(true);"},
      {"engine/serve/x.cc", "int64_t run_time(int); auto x = occurred_time(0);"},
  };
  for (const auto& file : fine) EXPECT_THAT(In(file.path, file.code), IsEmpty()) << file.code;
}

TEST(OneDefinitionTest, TwoTypesOfOneNameAreFoundWhereBothCanBeSeen) {
  const auto clash = [](const std::string& a, const std::string& b) {
    return TwiceDefined({{"engine/import/a.h", a}, {"projections/b.cc", b}});
  };
  const std::string step = "namespace revops {\nstruct Step {\n  int day;\n};\n}\n";
  EXPECT_THAT(clash(step, "\n" + step),
              ElementsAre(HasSubstr("projections/b.cc:3: revops::Step is defined at "
                                    "engine/import/a.h:2 too")));
  EXPECT_THAT(clash(step, "namespace revops {\nclass Step final : public Base<int> {};\n}"),
              ElementsAre(HasSubstr("revops::Step")));
  EXPECT_THAT(clash(step, "namespace revops {\nenum class Step : int { kOne };\n}"),
              ElementsAre(HasSubstr("revops::Step")));
  const char* fine[] = {
      "namespace revops {\nnamespace {\nstruct Step {};\n}\n}",
      "namespace revops::keys {\nstruct Step {};\n}",
      "namespace revops {\nstruct Step;\n}",
      "namespace revops {\nstruct Step::Parts {};\n}",
      "namespace revops {\nclass Other { struct Step {}; };\n}",
      "namespace revops {\nint Take(struct Step& step) { return 0; }\n}",
      "namespace revops {\n// struct Step {}\n}",
      "namespace revops {\ntemplate <class Step> void Take() {}\n}",
      "namespace revops {\nvoid Take() {\n  struct Step {};\n}\n}",
  };
  for (const char* other : fine) EXPECT_THAT(clash(step, other), IsEmpty()) << other;
}

TEST(CodeOnlyTest, KeepsCodeAndLineBreaks) {
  EXPECT_EQ(CodeOnly("a // b\nc"), "a     \nc");
  EXPECT_EQ(CodeOnly("a /* b\n */ c"), "a     \n    c");
  EXPECT_EQ(CodeOnly("f(\"x\", 'y', 1'0)"), "f(   ,    , 1'0)");
}

}  // namespace
}  // namespace revops::test
