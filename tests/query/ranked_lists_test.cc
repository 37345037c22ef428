// Lists whose order changes with time, against a sort of all rows.
#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <tuple>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/wire.h"
#include "engine/query/lists.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::kSmallNow;
using test::SmallEngine;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

constexpr int64_t kDay = 24 * 60 * test::kSmallMinute;

// A person's name says the run and the place: "3-17". Coarse ranks, so that many rows tie; how much
// a run weighs changes with the day.
class Ranks final : public Projection {
 public:
  static int64_t Rank(int64_t run, uint64_t place, int64_t instant) {
    const int64_t weight = instant / kDay % 7;
    return run * weight + static_cast<int64_t>(std::min<uint64_t>(place, 1000) / 5);
  }
  static std::pair<int, uint64_t> RunAndPlace(absl::string_view name) {
    const std::vector<absl::string_view> parts = absl::StrSplit(name, '-');
    int run = 0;
    uint64_t place = 0;
    EXPECT_TRUE(absl::SimpleAtoi(parts[0], &run) && absl::SimpleAtoi(parts[1], &place));
    return {run, place};
  }

  absl::string_view name() const override { return "ranks"; }
  int version() const override { return 1; }
  absl::string_view summary() const override { return "People by rank."; }
  const google::protobuf::Message& prototype() const override {
    return v1::Tally::default_instance();
  }
  const std::vector<Measure>& measures() const override {
    static const auto& none = *new std::vector<Measure>;
    return none;
  }
  const std::vector<IndexList>& indexes() const override {
    static const auto& lists = *new std::vector<IndexList>{
        {.name = "rank", .sort_by = "rank at the asking instant", .ranked = true}};
    return lists;
  }
  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    if (fact.event == nullptr || fact.person.empty()) return absl::OkStatus();
    fold.row<v1::Tally>(fact.person).set_name(std::string(fact.person.value()));
    return absl::OkStatus();
  }
  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& row) const override {
    const auto [run, place] = RunAndPlace(static_cast<const v1::Tally&>(row).name());
    std::string key(1, static_cast<char>(run));
    PutOrdered64(static_cast<int64_t>(place), key);
    return {{"rank", key}};
  }
  int64_t RankAt(absl::string_view, absl::string_view run_and_place, int64_t instant,
                 const RevenueModel&) const override {
    const int64_t place = ReadOrdered64(run_and_place.data() + 1);
    return Rank(static_cast<uint8_t>(run_and_place[0]), place < 0 ? 0 : place, instant);
  }
  void Present(int64_t, const RevenueModel&, google::protobuf::Message&) const override {}
};

v1::ListResponse List(SmallEngine& small, const v1::ListRequest& request) {
  const auto look = LookAt(small.engine());
  EXPECT_TRUE(look.ok()) << look.status();
  const auto response = ListRows(small.engine(), *look, kSmallNow, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? *response : v1::ListResponse();
}

std::vector<v1::Row> AllRows(SmallEngine& small, v1::ListRequest request, int page_size) {
  std::vector<v1::Row> rows;
  request.set_page_size(page_size);
  do {
    const v1::ListResponse response = List(small, request);
    rows.insert(rows.end(), response.rows().begin(), response.rows().end());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty() && rows.size() < 10'000);
  return rows;
}

std::vector<std::string> Names(const std::vector<v1::Row>& rows) {
  std::vector<std::string> names;
  for (const v1::Row& row : rows) names.push_back(row.entity().value());
  return names;
}

TEST(RankedListsTest, PagesOfAnySizeAreASortOfAllRowsAtTheAskingInstant) {
  std::mt19937 random(7);
  std::set<std::string> people = {"0-0", "254-0", "0-4611686018427387904",
                                  "254-4611686018427387904"};
  while (people.size() < 120) people.insert(absl::StrCat(random() % 9, "-", random() % 60));
  Registry registry;
  registry.push_back(std::make_unique<Ranks>());
  SmallEngine small(3, std::move(registry));
  std::vector<std::string> events;
  for (const std::string& name : people) {
    events.push_back(About("contact:crm:" + name) + "page_view {}");
  }
  small.Given(events);

  std::set<std::vector<std::string>> orders;
  for (const int64_t at : {100 * kDay, 101 * kDay, 102 * kDay, 104 * kDay}) {
    std::vector<std::tuple<int64_t, int, uint64_t, uint128, std::string>> sorted;
    for (const std::string& name : people) {
      const auto [run, place] = Ranks::RunAndPlace(name);
      sorted.emplace_back(Ranks::Rank(run, place, at), run, place,
                          Root16(Id(v1::CONTACT, "crm", name)), name);
    }
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::string> expected;
    for (const auto& row : sorted) expected.push_back(std::get<4>(row));
    orders.insert(expected);
    v1::ListRequest request;
    request.set_view("ranks");
    request.set_at(at);
    for (const bool descending : {false, true}) {
      request.set_descending(descending);
      for (const int page_size : {1, 2, 7, 119, 1000}) {
        SCOPED_TRACE(absl::StrCat(at / kDay, descending ? " descending " : " ", page_size));
        EXPECT_THAT(Names(AllRows(small, request, page_size)), ElementsAreArray(expected));
      }
      std::reverse(expected.begin(), expected.end());
    }
  }
  EXPECT_EQ(orders.size(), 4u);
}

TEST(RankedListsTest, PagesNeitherRepeatNorSkipWhileRowsAreWritten) {
  Registry registry;
  registry.push_back(std::make_unique<Ranks>());
  SmallEngine small(2, std::move(registry));
  std::vector<std::string> events;
  for (int i = 0; i < 40; ++i) {
    events.push_back(About(absl::StrCat("contact:crm:", i % 4, "-", 100 + i)) + "page_view {}");
  }
  small.Given(events);
  v1::ListRequest request;
  request.set_view("ranks");
  request.set_at(103 * kDay);
  const std::vector<std::string> before = Names(AllRows(small, request, 1000));
  ASSERT_EQ(before.size(), 40u);
  request.set_page_size(3);
  std::vector<std::string> seen;
  for (int page = 0; page < 30; ++page) {
    const v1::ListResponse response = List(small, request);
    for (const v1::Row& row : response.rows()) {
      if (Ranks::RunAndPlace(row.entity().value()).second >= 100) {
        seen.push_back(row.entity().value());
      }
    }
    request.set_page_token(response.next_page_token());
    if (request.page_token().empty()) break;
    // In runs old and new, before and after what was listed.
    small.Given({About(absl::StrCat("contact:crm:", page, "-", page)) + "page_view {}"});
  }
  EXPECT_EQ(seen, before);
}

// What RankedWalk relies on, of every registered projection.
TEST(RankedListsTest, InARunAGreaterPlaceNeverHasASmallerRank) {
  const Registry registry = AllProjections();
  const auto model = RevenueModel::Default();
  std::mt19937_64 random(5);
  int ranked = 0;
  for (const auto& projection : registry) {
    for (const IndexList& list : projection->indexes()) {
      if (!list.ranked) continue;
      ++ranked;
      for (const int64_t at : {int64_t{0}, test::kSmallStart, kSmallNow, kSmallNow * 3}) {
        std::vector<int64_t> places = {INT64_MIN, INT64_MIN + 1, 0, INT64_MAX - 1, INT64_MAX};
        // Of any size, not only huge ones.
        for (int i = 0; i < 500; ++i) {
          places.push_back(static_cast<int64_t>(random()) >> (random() % 60));
        }
        std::sort(places.begin(), places.end());
        for (const int run : {0, 1, 50, 100}) {
          int64_t last = INT64_MIN;
          for (const int64_t place : places) {
            std::string key(1, static_cast<char>(run));
            PutOrdered64(place, key);
            const int64_t rank = projection->RankAt(list.name, key, at, *model);
            EXPECT_GE(rank, last) << list.name << " run " << run << " place " << place;
            last = rank;
          }
        }
      }
    }
  }
  EXPECT_GE(ranked, 1);
}

TEST(RankedListsTest, ATokenOfAnotherListIsNamed) {
  SmallEngine small(1);
  const auto look = LookAt(small.engine());
  ASSERT_TRUE(look.ok());
  v1::ListRequest request;
  request.set_view("lead");
  request.set_page_token("nonsense");
  const auto refused = ListRows(small.engine(), *look, kSmallNow, request);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("page_token"));
}

// fit + engagement of a stored row, by floating point, from what the row says of itself.
long double TotalAt(const v1::LeadView& lead, int64_t at, int64_t half_life) {
  if (!lead.has_engagement()) return lead.fit();
  const long double log2 = std::ldexp(static_cast<long double>(lead.engagement_log2()), -32);
  return lead.fit() + std::exp2(log2 - static_cast<long double>(at) / half_life);
}

TEST(RankedListsTest, TheBestLeadsAreThoseOfTheHighestScoreAtTheAskingInstant) {
  SmallEngine small(3);
  std::mt19937 random(11);
  std::vector<std::string> events;
  const char* const titles[] = {"",       "CEO",     "Head of Sales",
                                "Intern", "Student", "Marketing Manager"};
  for (int person = 0; person < 80; ++person) {
    const std::string about = About(absl::StrCat("contact:crm:p", person));
    events.push_back(about + "traits { title: '" + titles[random() % 6] + "' country: 'DE' }");
    for (unsigned touch = random() % 6; touch > 0; --touch) {
      events.push_back(absl::StrCat(
          about, "occurred_at: ", test::kSmallStart - static_cast<int64_t>(random() % 400) * kDay,
          random() % 2 == 0 ? " webinar { action: ATTENDED minutes: 40 }"
                            : " demo { action: HELD }"));
    }
  }
  small.Given(events);
  const RevenueModel& model = small.engine().model();
  std::set<std::vector<std::string>> orders;
  for (const int64_t days : {-200, -30, 0, 60, 400, 3000}) {
    const int64_t at = test::kSmallStart + days * kDay;
    v1::ListRequest request;
    request.set_view("lead");
    request.set_index("best");
    request.set_at(at);
    const std::vector<v1::Row> rows = AllRows(small, request, 7);
    ASSERT_EQ(rows.size(), 80u);
    orders.insert(Names(rows));
    v1::LeadView before;
    for (size_t i = 0; i < rows.size(); ++i) {
      v1::LeadView lead;
      ASSERT_TRUE(rows[i].value().UnpackTo(&lead));
      EXPECT_EQ(lead.score(), lead.fit() + lead.engagement());
      if (i > 0) {
        const int64_t half_life = model.ScoringAt(at).half_life();
        EXPECT_GE(before.score(), lead.score());
        EXPECT_GE(TotalAt(before, at, half_life) + 1e-4L, TotalAt(lead, at, half_life))
            << rows[i].entity().value();
      }
      before = lead;
    }
  }
  // People do overtake each other.
  EXPECT_GE(orders.size(), 4u);
}

}  // namespace
}  // namespace revops
