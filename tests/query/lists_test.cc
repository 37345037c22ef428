#include "engine/query/lists.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/wire.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::kSmallNow;
using test::SmallEngine;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Counts each person's events; lists every row, also those of the past.
class Counts final : public Projection {
 public:
  absl::string_view name() const override { return "counts"; }
  int version() const override { return 1; }
  absl::string_view summary() const override { return "Events of each person."; }
  const google::protobuf::Message& prototype() const override {
    return v1::Tally::default_instance();
  }
  const std::vector<Measure>& measures() const override {
    static const auto& none = *new std::vector<Measure>;
    return none;
  }
  const std::vector<IndexList>& indexes() const override {
    static const auto& lists = *new std::vector<IndexList>{{"count", "events, the fewest first"},
                                                           {"name", "the person's name"}};
    return lists;
  }
  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    if (fact.event == nullptr || fact.person.empty()) return absl::OkStatus();
    auto& row = fold.row<v1::Tally>(fact.person);
    row.set_name(std::string(fact.person.value()));
    row.set_count(row.count() + 1);
    return absl::OkStatus();
  }
  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& row) const override {
    const auto& tally = static_cast<const v1::Tally&>(row);
    std::string count;
    PutOrdered64(tally.count(), count);
    return {{"count", count}, {"name", tally.name()}};
  }
  // As read, a count is a hundred times what is stored.
  void Present(int64_t, const RevenueModel&, google::protobuf::Message& row) const override {
    auto& tally = static_cast<v1::Tally&>(row);
    tally.set_count(tally.count() * 100);
  }
};

Registry CountsOnly() {
  Registry registry;
  registry.push_back(std::make_unique<Counts>());
  return registry;
}

std::string Seen(const std::string& name) { return About("contact:crm:" + name) + "page_view {}"; }

std::string Joins(const std::string& name, const std::string& account) {
  return About("contact:crm:" + name) +
         "joined_account { contact { kind: CONTACT namespace: 'crm' value: '" + name +
         "' } account { kind: ACCOUNT namespace: 'crm' value: '" + account + "' } }";
}

absl::StatusOr<v1::ListResponse> List(SmallEngine& small, const v1::ListRequest& request) {
  const auto look = LookAt(small.engine());
  if (!look.ok()) return look.status();
  return ListRows(small.engine(), *look, kSmallNow, request);
}

v1::ListRequest AskFor(const std::string& index, bool descending = false) {
  v1::ListRequest request;
  request.set_view("counts");
  request.set_index(index);
  request.set_descending(descending);
  return request;
}

std::vector<std::string> Names(const v1::ListResponse& response) {
  std::vector<std::string> names;
  for (const v1::Row& row : response.rows()) names.push_back(row.entity().value());
  return names;
}

std::vector<std::string> AllNames(SmallEngine& small, v1::ListRequest request) {
  std::vector<std::string> names;
  for (int page = 0; page < 100; ++page) {
    const auto response = List(small, request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) break;
    for (const std::string& name : Names(*response)) names.push_back(name);
    if (response->next_page_token().empty()) break;
    request.set_page_token(response->next_page_token());
  }
  return names;
}

TEST(ListRowsTest, PartitionsAreMergedInTheOrderOfTheIndex) {
  SmallEngine small(4, CountsOnly());
  small.Given({Seen("dora"), Seen("ada"), Seen("eve"), Seen("bob"), Seen("cleo"), Seen("bob")});
  EXPECT_THAT(AllNames(small, AskFor("name")), ElementsAre("ada", "bob", "cleo", "dora", "eve"));
  EXPECT_THAT(AllNames(small, AskFor("name", true)),
              ElementsAre("eve", "dora", "cleo", "bob", "ada"));
  EXPECT_EQ(AllNames(small, AskFor("count")).back(), "bob");
  EXPECT_EQ(AllNames(small, AskFor("count", true)).front(), "bob");
  // No index named: the first.
  EXPECT_EQ(AllNames(small, AskFor("")).back(), "bob");
}

TEST(ListRowsTest, RowsOfThePastAreLeftOut) {
  SmallEngine small(4, CountsOnly());
  small.Given({Joins("ada", "acme"), Seen("ada"), Joins("ada", "zebra"), Seen("ada"), Seen("bob")});
  const auto response = List(small, AskFor("name"));
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_THAT(Names(*response), ElementsAre("ada", "bob"));
  EXPECT_EQ(response->rows(0).root().value(), "zebra");
  EXPECT_TRUE(response->rows(0).current());
}

TEST(ListRowsTest, PagesNeitherRepeatNorSkipWhileRowsAreWritten) {
  SmallEngine small(3, CountsOnly());
  std::vector<std::string> events, expected;
  for (int i = 0; i < 30; ++i) {
    expected.push_back(absl::StrCat("p", 10 + i));
    events.push_back(Seen(expected.back()));
  }
  small.Given(events);
  for (const bool descending : {false, true}) {
    v1::ListRequest request = AskFor("name", descending);
    request.set_page_size(7);
    std::vector<std::string> names;
    for (int page = 0; page < 10; ++page) {
      const auto response = List(small, request);
      ASSERT_TRUE(response.ok()) << response.status();
      for (const std::string& name : Names(*response)) {
        if (name[0] == 'p') names.push_back(name);
      }
      if (response->next_page_token().empty()) break;
      request.set_page_token(response->next_page_token());
      // Before, between and after the rows listed so far.
      small.Given({Seen(absl::StrCat("a", page)), Seen(absl::StrCat("z", page)), Seen("p12")});
    }
    EXPECT_THAT(names, ElementsAreArray(expected));
    std::reverse(expected.begin(), expected.end());
  }
}

TEST(ListRowsTest, FiltersCompareWhatAReaderSees) {
  SmallEngine small(2, CountsOnly());
  small.Given({Seen("ada"), Seen("bob"), Seen("bob"), Seen("cleo"), Seen("cleo"), Seen("cleo")});
  v1::ListRequest request = AskFor("name");
  v1::Filter* filter = request.add_filters();
  filter->set_field("count");
  filter->set_op(v1::Filter::GREATER_OR_EQUAL);
  filter->set_value("200");
  EXPECT_THAT(AllNames(small, request), ElementsAre("bob", "cleo"));
  filter = request.add_filters();
  filter->set_field("name");
  filter->set_op(v1::Filter::CONTAINS);
  filter->set_value("LE");
  EXPECT_THAT(AllNames(small, request), ElementsAre("cleo"));
}

TEST(ListRowsTest, RowsCanBeAskedByTheirAccountAndKind) {
  SmallEngine small(2, CountsOnly());
  small.Given({About("account:crm:acme") + Seen("ada"), About("account:crm:zebra") + Seen("bob"),
               About("account:crm:acme") + Seen("cleo"),
               About("account:crm:acme") + About("anonymous:web:v1") + "page_view {}"});
  v1::ListRequest request = AskFor("name");
  v1::Filter* filter = request.add_filters();
  filter->set_field("root");
  filter->set_value("account:crm:acme");
  EXPECT_THAT(AllNames(small, request), ElementsAre("ada", "cleo", "v1"));
  filter = request.add_filters();
  filter->set_field("entity.kind");
  filter->set_value("CONTACT");
  EXPECT_THAT(AllNames(small, request), ElementsAre("ada", "cleo"));
}

TEST(ListRowsTest, AllPagesLookAtTheInstantOfTheFirst) {
  SmallEngine small(1);
  const std::string at = absl::StrCat(" occurred_at: ", test::kSmallStart);
  small.Given({Seen("ada") + at, Seen("bob") + at});
  v1::ListRequest request;
  request.set_view("journey");
  request.set_page_size(1);
  const auto look = LookAt(small.engine());
  ASSERT_TRUE(look.ok());
  const auto first = ListRows(small.engine(), *look, kSmallNow, request);
  ASSERT_TRUE(first.ok()) << first.status();
  request.set_page_token(first->next_page_token());
  const auto second =
      ListRows(small.engine(), *look, kSmallNow + 1000 * 24 * 60 * test::kSmallMinute, request);
  ASSERT_TRUE(second.ok()) << second.status();
  v1::JourneyView a, b;
  ASSERT_TRUE(first->rows(0).value().UnpackTo(&a));
  ASSERT_TRUE(second->rows(0).value().UnpackTo(&b));
  EXPECT_EQ(a.days_since_last_touch(), b.days_since_last_touch());
}

TEST(ListRowsTest, MistakesAreNamedWithWhatThereIs) {
  SmallEngine small(1, CountsOnly());
  small.Given({Seen("ada"), Seen("bob")});
  const auto message = [&](const v1::ListRequest& request, absl::StatusCode code) {
    const auto response = List(small, request);
    EXPECT_EQ(response.status().code(), code) << response.status();
    return std::string(response.status().message());
  };
  EXPECT_THAT(message(AskFor("height"), absl::StatusCode::kNotFound),
              HasSubstr("count (events, the fewest first), name (the person's name)"));
  v1::ListRequest request = AskFor("name");
  request.set_page_size(1001);
  EXPECT_THAT(message(request, absl::StatusCode::kInvalidArgument), HasSubstr("page_size is 1001"));
  request.set_page_size(1);
  request.add_filters()->set_field("shoe_size");
  EXPECT_THAT(message(request, absl::StatusCode::kInvalidArgument),
              HasSubstr("\"shoe_size\"; give one of: name, count"));
  request.clear_filters();
  request.set_page_token("nonsense");
  EXPECT_THAT(message(request, absl::StatusCode::kInvalidArgument), HasSubstr("damaged"));
  const auto page = List(small, AskFor("name", true));
  ASSERT_TRUE(page.ok());
  EXPECT_THAT(page->next_page_token(), IsEmpty());
  request.clear_page_token();
  const auto first = List(small, request);
  ASSERT_TRUE(first.ok());
  request.set_page_token(first->next_page_token());
  request.set_descending(true);
  EXPECT_THAT(message(request, absl::StatusCode::kInvalidArgument), HasSubstr("another question"));
}

}  // namespace
}  // namespace revops
