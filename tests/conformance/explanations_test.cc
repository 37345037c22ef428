// What explanations of a whole simulated company have to hold: what is listed is the number.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/money.h"
#include "engine/query/explain.h"
#include "engine/query/kpi.h"
#include "engine/query/kpi_book.h"
#include "engine/query/kpi_number.h"
#include "engine/query/lists.h"
#include "engine/query/refold.h"
#include "engine/simulate/simulator.h"
#include "engine/view/keys.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/views.pb.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::kSmallNow;
using test::SmallEngine;

constexpr int32_t kFirstDay = 19'358;  // 2023-01-01

void GivenCompany(SmallEngine& small, int accounts = 40) {
  SimulationOptions options;
  options.accounts = accounts;
  options.start_day = kFirstDay;
  std::vector<v1::Event> events;
  ASSERT_TRUE(Simulate(options, [&](const v1::Event& event) {
                events.push_back(event);
                return absl::OkStatus();
              }).ok());
  ASSERT_TRUE(small.ingest().Publish(std::move(events)).ok());
  small.Fold();
}

absl::StatusOr<v1::ExplainResponse> Explained(SmallEngine& small, v1::ExplainRequest request) {
  const auto look = LookAt(small.engine());
  if (!look.ok()) return look.status();
  request.set_events_max(kExplainedEventsMax);
  return Explain(small.engine(), *look, kSmallNow, request, nullptr);
}

Number Decimal(const std::string& text) {
  const bool negative = text[0] == '-';
  const Number size = NumberOfDecimal(absl::string_view(text).substr(negative ? 1 : 0));
  return negative ? Number(-size) : size;
}

TEST(ExplanationsTest, AKpiIsTheSumOfWhatItsEventsAdd) {
  SmallEngine small(3);
  GivenCompany(small);
  v1::KpiRequest all;
  const auto look = LookAt(small.engine());
  const auto kpis = AskKpis(small.engine(), *look, kSmallNow, all);
  ASSERT_TRUE(kpis.ok()) << kpis.status();
  int explained = 0;
  for (const v1::KpiSeries& kpi : kpis->kpis()) {
    if (kpi.formula().find("@grain") != std::string::npos) continue;  // below
    // Those that name one of these by kpi(…) are explained with them.
    static const auto& some = *new std::set<std::string>{
        "touches",         "bookings",       "win_rate_narrow", "velocity",  "leads_qualified",
        "open_pipeline",   "coverage",       "average_deal",    "recurring", "cac",
        "sales_cycle_p90", "past_due_deals", "outreach",        "cac_lagged"};
    if (some.count(kpi.name()) == 0) continue;
    SCOPED_TRACE(kpi.name());
    v1::ExplainRequest request;
    request.set_kpi(kpi.name());
    request.set_from_day("2023-04-01");
    request.set_end_day("2023-10-01");
    const auto response = Explained(small, request);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_TRUE(response->equal());
    EXPECT_LT(response->events_count(), static_cast<uint64_t>(kExplainedEventsMax));
    // The listed numbers, added up, are those of all terms together.
    Number listed = 0;
    for (const auto& event : response->events()) {
      for (const auto& cell : event.cells()) listed += Decimal(cell.added());
    }
    Number terms = 0;
    std::set<std::string> seen;
    for (const auto& term : response->terms()) terms += Decimal(term.added());
    EXPECT_EQ(DecimalOf(listed), DecimalOf(terms));
    ++explained;
  }
  EXPECT_EQ(explained, 14);
}

// Dimensions of which a formula means one value at a time.
void AddEach(const KpiBook& book, const Formula& formula, std::set<std::string>& each) {
  ForEachNode(formula, [&](const Formula& node) {
    for (const auto& condition : node.use.where) {
      if (condition.each) each.insert(condition.dimension);
    }
    if (node.kind == Formula::Kind::kKpi) AddEach(book, *(*book.Find(node.name))->formula, each);
  });
}

TEST(ExplanationsTest, EveryKpiIsTheSumOfWhatItsEventsAdd) {
  SmallEngine small(3);
  GivenCompany(small, 5);
  const KpiBook book(small.engine().model());
  int explained = 0;
  std::set<std::string> nothing;  // KPIs without a single event
  for (const auto& kpi : small.engine().model().proto().ask().kpi()) {
    SCOPED_TRACE(kpi.name());
    v1::ExplainRequest request;
    request.set_kpi(kpi.name());
    request.set_from_day("2023-01-01");
    request.set_end_day("2024-01-01");
    request.set_grain(v1::KpiRequest::YEAR);
    std::set<std::string> each;
    AddEach(book, *(*book.Find(kpi.name()))->formula, each);
    for (const std::string& dimension : each) {
      auto& only = *request.add_only();
      only.set_dimension(dimension);
      only.set_value("discovery");
    }
    const auto response = Explained(small, request);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_TRUE(response->equal());
    EXPECT_GT(response->terms_size(), 0);
    for (const auto& term : response->terms()) EXPECT_EQ(term.counted(), term.added());
    if (response->events_count() == 0) nothing.insert(kpi.name());
    ++explained;
  }
  EXPECT_EQ(explained, small.engine().model().proto().ask().kpi_size());
  EXPECT_LT(nothing.size(), 60u) << absl::StrJoin(nothing, ", ");
}

TEST(ExplanationsTest, TheCreditOfEveryDealIsWhatItsTouchesEarnedUnderEveryModel) {
  SmallEngine small(3);
  GivenCompany(small);
  const auto look = LookAt(small.engine());
  v1::ListRequest list;
  list.set_view("attribution");
  list.set_index("opened");
  list.set_page_size(1000);
  const auto rows = ListRows(small.engine(), *look, kSmallNow, list);
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_TRUE(rows->next_page_token().empty());
  const size_t models = 9;
  int won = 0;
  int touched = 0;
  for (const v1::Row& row : rows->rows()) {
    SCOPED_TRACE(ToText(Id(row.entity())));
    v1::AttributionView view;
    ASSERT_TRUE(row.value().UnpackTo(&view));
    v1::ExplainRequest request;
    request.set_view("attribution");
    *request.mutable_id() = row.entity();
    *request.mutable_root() = row.root();
    const auto response = Explained(small, request);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_TRUE(response->equal());
    // What is listed of each credit, added up by hand.
    std::map<std::string, Number> listed;
    for (const auto& event : response->events()) {
      for (const auto& field : event.fields()) {
        const bool credit =
            absl::StartsWith(field.field(), "won.") || absl::StartsWith(field.field(), "opened.");
        if (!credit || !field.has_added() || absl::StrContains(field.field().substr(4), "amount")) {
          continue;
        }
        listed[field.field()] += Decimal(field.added());
      }
    }
    for (const auto& [name, deal] : {std::pair("won", &view.won()), {"opened", &view.created()}}) {
      if (!deal->has_amount()) continue;
      ASSERT_EQ(static_cast<size_t>(deal->credits_size()), models);
      const Number amount =
          NumberOf(Money::FromProto(deal->amount())->micros()) / Number(kMicrosPerUnit);
      for (const auto& credit : deal->credits()) {
        EXPECT_EQ(listed[absl::StrCat(name, ".", credit.model())], amount) << credit.model();
        Number stored = 0;
        for (const auto& part : credit.amounts()) {
          stored += NumberOf(Money::FromProto(part)->micros()) / Number(kMicrosPerUnit);
        }
        EXPECT_EQ(stored, credit.unattributed() ? Number(0) : amount) << credit.model();
      }
    }
    if (view.has_won() && view.won().has_amount()) {
      ++won;
      if (!view.won().touches().empty()) ++touched;
    }
  }
  EXPECT_GT(won, 20);
  EXPECT_GT(touched, 15);
}

TEST(ExplanationsTest, AKpiThatCountsByPeriodIsExplainedForOneOfThem) {
  SmallEngine small(3);
  GivenCompany(small);
  const auto look = LookAt(small.engine());
  const auto kpis = AskKpis(small.engine(), *look, kSmallNow, {});
  ASSERT_TRUE(kpis.ok()) << kpis.status();
  int explained = 0;
  uint64_t events = 0;
  for (const v1::KpiSeries& kpi : kpis->kpis()) {
    if (kpi.formula().find("@grain") == std::string::npos) continue;
    SCOPED_TRACE(kpi.name());
    v1::ExplainRequest request;
    request.set_kpi(kpi.name());
    request.set_from_day("2023-07-01");
    request.set_end_day("2023-10-01");
    // Which period is meant has to be said, and it has to be one.
    EXPECT_EQ(Explained(small, request).status().code(), absl::StatusCode::kInvalidArgument);
    request.set_grain(v1::KpiRequest::MONTH);
    EXPECT_EQ(Explained(small, request).status().code(), absl::StatusCode::kInvalidArgument);
    request.set_grain(v1::KpiRequest::QUARTER);
    const auto response = Explained(small, request);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_TRUE(response->equal());
    EXPECT_EQ(response->kpi().points(0).period(), "2023-Q3");
    events += response->events_count();
    ++explained;
  }
  EXPECT_GE(explained, 3);
  EXPECT_GT(events, 0u);
}

TEST(ExplanationsTest, AScoreIsTheSumOfWhatItsEventsAdd) {
  SmallEngine small(3);
  GivenCompany(small);
  const auto look = LookAt(small.engine());
  int leads = 0;
  for (const PartitionLook& one : *look) {
    const auto heads = one.store->Walk("S", "", WalkOrder::kAscending);
    for (; heads->valid() && leads < 60; heads->Next()) {
      std::set<Id> people;
      const auto done = Refold(small.engine(), *one.store, keys::RootAt(heads->key(), 1),
                               [&people](const RefoldStep& step) {
                                 if (step.item.entry == nullptr) return absl::OkStatus();
                                 const Id& person = step.item.entry->standing().person;
                                 if (!person.empty()) people.insert(person);
                                 return absl::OkStatus();
                               });
      ASSERT_TRUE(done.ok());
      for (const Id& person : people) {
        v1::ExplainRequest request;
        request.set_view("lead");
        *request.mutable_id() = person.ToProto();
        request.set_at((kFirstDay + int64_t{300}) * 86'400'000'000);
        const auto response = Explained(small, request);
        if (absl::IsNotFound(response.status())) continue;
        ASSERT_TRUE(response.ok()) << response.status();
        EXPECT_TRUE(response->equal()) << ToText(person);
        v1::LeadView lead;
        ASSERT_TRUE(response->row().value().UnpackTo(&lead));
        Number engagement = 0;
        Number fit = 0;
        for (const auto& event : response->events()) {
          for (const auto& field : event.fields()) {
            if (field.field() == "engagement") engagement += Decimal(field.added());
            if (field.field() == "fit") fit += Decimal(field.added());
          }
        }
        EXPECT_EQ(DecimalOf(engagement), absl::StrCat(lead.engagement())) << ToText(person);
        EXPECT_EQ(DecimalOf(fit), absl::StrCat(lead.fit())) << ToText(person);
        ++leads;
      }
    }
  }
  EXPECT_GE(leads, 60);
}

}  // namespace
}  // namespace revops
