// A simulated company folded at once: what the cells add up to is what the rows say.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/money.h"
#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "engine/fold/runner.h"
#include "engine/identity/link_table.h"
#include "engine/identity/links.h"
#include "engine/identity/resolver.h"
#include "engine/simulate/simulator.h"
#include "gtest/gtest.h"
#include "projections/registry.h"
#include "revops/v1/stored.pb.h"
#include "revops/v1/views.pb.h"

namespace revops::test {
namespace {

using Deal = v1::OpportunityView;

class Company {
 public:
  Company() : registry_(AllProjections()), model_(RevenueModel::Default()) {
    std::vector<DecodedEvent> events;
    EXPECT_TRUE(Simulate({.accounts = 120}, [&events](const v1::Event& event) {
                  auto decoded = Canonical(event, event.occurred_at());
                  EXPECT_TRUE(decoded.ok()) << decoded.status();
                  events.push_back(*std::move(decoded));
                  return absl::OkStatus();
                }).ok());
    for (const auto& event : events) {
      if (!ConcernsIdentity(event.event)) continue;
      EXPECT_TRUE(links_.Add(event).ok());
    }
    Resolver resolver(links_);
    resolver.Advance(links_.end(), {});
    for (const auto& event : events) File(event, resolver);
    for (auto& [root, journey] : journeys_) Fold(root, journey, resolver);
  }

  // The sum of a measure's cells over all days and all values, by the grouping set of no dimension
  // or of `only`.
  int128 Sum(absl::string_view name, absl::string_view only = "") const {
    for (const auto& projection : registry_) {
      for (const Measure& measure : projection->measures()) {
        if (measure.name == name) return SumOf(measure, only);
      }
    }
    ADD_FAILURE() << name;
    return 0;
  }

  template <typename Row>
  void ForEach(uint8_t projection, const std::function<void(const Row&)>& use) const {
    for (const auto& [key, bytes] : rows_) {
      if (key.second.projection != projection) continue;
      Row row;
      ASSERT_TRUE(row.ParseFromString(bytes));
      use(row);
    }
  }

 private:
  struct Journey {
    std::map<std::string, Entry> entries;  // (source, id) -> copies
    std::set<Id> people;
  };

  void File(const DecodedEvent& event, Resolver& resolver) {
    Copy copy = CopyOfEvent(event);
    const Resolution to = resolver.Resolve(copy.subject, event.at, RecordRoot(event.bytes));
    copy.person = to.person;
    copy.opportunity = to.opportunity;
    Journey& journey = journeys_[to.root];
    if (!to.person.empty()) journey.people.insert(to.person);
    uint64_t duplicates = 0;
    FileCopies({std::move(copy)}, journey.entries, duplicates);
  }

  void Fold(const Id& root, Journey& journey, Resolver& resolver) {
    std::vector<Entry> entries;
    for (auto& [name, entry] : journey.entries) entries.push_back(std::move(entry));
    std::vector<TenureAt> tenures;
    for (const Id& person : journey.people) {
      if (root.kind() != v1::ACCOUNT) break;
      for (auto& tenure : resolver.TenuresIn(root, person)) tenures.push_back(std::move(tenure));
    }
    RowSet rows(registry_, nullptr);
    FoldItems({registry_, *model_, root}, ItemsOf(entries, tenures), 1, rows, &cells_);
    for (auto& row : rows.All()) rows_[{root, row.key}] = std::move(row.bytes);
  }

  int128 SumOf(const Measure& measure, absl::string_view only) const {
    int128 sum = 0;
    for (const auto& [key, value] : cells_.sums()) {
      const auto cell = ParseCellKey(key);
      if (!cell.ok() || cell->measure != measure.name) continue;
      const auto& set = measure.grouping_sets[cell->set];
      const bool wanted =
          only.empty() ? set.empty() : set.size() == 1 && measure.dimensions[set[0]] == only;
      if (wanted) sum += value;
    }
    return sum;
  }

  const Registry registry_;
  const std::shared_ptr<const RevenueModel> model_;
  LinkTable links_;
  std::map<Id, Journey> journeys_;
  std::map<std::pair<Id, RowKey>, std::string> rows_;
  CellDeltas cells_;
};

const Company& TheCompany() {
  static const auto& company = *new Company();
  return company;
}

constexpr uint8_t kJourneyView = 0;
constexpr uint8_t kOpportunityView = 1;
constexpr uint8_t kLeadView = 2;

uint8_t ProjectionNamed(absl::string_view name) {
  const Registry registry = AllProjections();
  for (size_t p = 0; p < registry.size(); ++p) {
    if (registry[p]->name() == name) return static_cast<uint8_t>(p);
  }
  ADD_FAILURE() << name;
  return 0;
}

int128 Micros(const v1::Money& money) { return Money::FromProto(money)->micros(); }

// Sums of what all deals say now.
struct Deals {
  int128 opened = 0, open = 0, won = 0, lost = 0, won_micros = 0, open_micros = 0, reopened = 0;
};
Deals DealsOf(const Company& company) {
  Deals sum;
  company.ForEach<Deal>(kOpportunityView, [&sum](const Deal& deal) {
    sum.opened += 1;
    sum.reopened += deal.times_reopened();
    if (deal.deleted()) return;
    const int128 micros = deal.has_amount() ? Micros(deal.amount()) : 0;
    if (deal.state() == Deal::OPEN) sum.open += 1, sum.open_micros += micros;
    if (deal.state() == Deal::WON) sum.won += 1, sum.won_micros += micros;
    if (deal.state() == Deal::LOST) sum.lost += 1;
  });
  return sum;
}

TEST(FiguresTest, PipelineAndBookingsAreWhatTheDealsSay) {
  const Company& company = TheCompany();
  const Deals deals = DealsOf(company);
  EXPECT_GT(static_cast<int64_t>(deals.won), 5);
  EXPECT_GT(static_cast<int64_t>(deals.open), 5);
  EXPECT_GT(static_cast<int64_t>(deals.reopened), 0);
  EXPECT_EQ(ToDecimal(company.Sum("created_count")), ToDecimal(deals.opened));
  EXPECT_EQ(ToDecimal(company.Sum("open_count")), ToDecimal(deals.open));
  EXPECT_EQ(ToDecimal(company.Sum("open_amount", "currency")), ToDecimal(deals.open_micros));
  EXPECT_EQ(ToDecimal(company.Sum("won_count")), ToDecimal(deals.won));
  EXPECT_EQ(ToDecimal(company.Sum("won_amount", "currency")), ToDecimal(deals.won_micros));
  EXPECT_EQ(ToDecimal(company.Sum("lost_count")), ToDecimal(deals.lost));
  EXPECT_EQ(ToDecimal(company.Sum("reopened_count")), ToDecimal(deals.reopened));
}

TEST(FiguresTest, EverySliceOfAMeasureAddsUpToItsTotal) {
  const Company& company = TheCompany();
  for (const char* slice : {"owner", "team", "region", "product", "sourced_by"}) {
    EXPECT_EQ(ToDecimal(company.Sum("won_count", slice)), ToDecimal(company.Sum("won_count")));
  }
  for (const char* slice : {"channel", "kind", "team", "campaign"}) {
    EXPECT_EQ(ToDecimal(company.Sum("touches", slice)), ToDecimal(company.Sum("touches")));
  }
}

TEST(FiguresTest, QualifiedPeopleAreCountedOncePerBasis) {
  int128 people = 0;
  int128 attempts = 0;
  int128 expansions = 0;
  TheCompany().ForEach<v1::LeadView>(kLeadView, [&](const v1::LeadView& lead) {
    people += (lead.times_qualified() > 0 ? 1 : 0) + (lead.times_declared() > 0 ? 1 : 0);
    attempts += lead.times_qualified() + lead.times_declared();
    expansions += lead.times_expansion();
  });
  EXPECT_GT(static_cast<int64_t>(people), 20);
  EXPECT_EQ(ToDecimal(TheCompany().Sum("mql_people", "basis")), ToDecimal(people));
  EXPECT_EQ(ToDecimal(TheCompany().Sum("mql_attempts", "basis")), ToDecimal(attempts));
  EXPECT_EQ(ToDecimal(TheCompany().Sum("expansion_signals", "basis")), ToDecimal(expansions));
}

// What customers pay at the end of all that is told, days to come included.
TEST(FiguresTest, RecurringRevenueAndItsChangesAreWhatTheSubscriptionsSay) {
  int128 paying = 0;
  int128 micros = 0;
  TheCompany().ForEach<v1::CustomerView>(
      ProjectionNamed("customer"), [&](const v1::CustomerView& customer) {
        int128 pays = 0;
        for (const auto& subscription : customer.subscriptions()) {
          if (subscription.steps().empty()) continue;
          const auto& last = *subscription.steps().rbegin();
          if (last.has_amount()) pays += Micros(last.amount());
        }
        paying += pays > 0 ? 1 : 0;
        micros += pays;
      });
  EXPECT_GT(static_cast<int64_t>(paying), 5);
  EXPECT_EQ(ToDecimal(TheCompany().Sum("paying_customers")), ToDecimal(paying));
  EXPECT_EQ(ToDecimal(TheCompany().Sum("mrr", "currency")), ToDecimal(micros));
  EXPECT_EQ(ToDecimal(TheCompany().Sum("mrr_change", "currency")), ToDecimal(micros));
}

TEST(FiguresTest, BilledNewAndRepeatCustomersAreWhatTheCustomersSay) {
  int128 ordered = 0, orders = 0, days = 0, first = 0, repeat = 0;
  TheCompany().ForEach<v1::CustomerView>(ProjectionNamed("customer"),
                                         [&](const v1::CustomerView& customer) {
                                           for (const auto& money : customer.ordered())
                                             ordered += Micros(money);
                                           orders += customer.orders();
                                           days += customer.purchase_days();
                                           first += customer.purchase_days() > 0 ? 1 : 0;
                                           repeat += customer.purchase_days() > 1 ? 1 : 0;
                                         });
  EXPECT_EQ(ToDecimal(TheCompany().Sum("ordered_amount", "currency")), ToDecimal(ordered));
  EXPECT_EQ(ToDecimal(TheCompany().Sum("orders")), ToDecimal(orders));
  EXPECT_EQ(ToDecimal(TheCompany().Sum("purchase_days")), ToDecimal(days));
  EXPECT_EQ(ToDecimal(TheCompany().Sum("first_purchases")), ToDecimal(first));
  EXPECT_EQ(ToDecimal(TheCompany().Sum("repeat_customers")), ToDecimal(repeat));
}

TEST(FiguresTest, SpendAndBudgetAreWhatTheCompanyTold) {
  int128 spent = 0, budgeted = 0;
  TheCompany().ForEach<v1::CompanyView>(ProjectionNamed("company"),
                                        [&](const v1::CompanyView& row) {
                                          for (const auto& money : row.spent())
                                            spent += Micros(money);
                                          for (const auto& money : row.budgeted())
                                            budgeted += Micros(money);
                                        });
  EXPECT_GT(static_cast<int64_t>(spent), 0);
  EXPECT_EQ(ToDecimal(TheCompany().Sum("spend_amount", "currency")), ToDecimal(spent));
  EXPECT_EQ(ToDecimal(TheCompany().Sum("budget_amount", "currency")), ToDecimal(budgeted));
}

TEST(FiguresTest, PeopleAtAccountsAndWhatTheyWereShownAreWhatTheRowsSay) {
  int128 people = 0, uses = 0, voices = 0;
  TheCompany().ForEach<v1::AccountView>(
      ProjectionNamed("account"), [&](const v1::AccountView& row) { people += row.people(); });
  TheCompany().ForEach<v1::ContentView>(ProjectionNamed("content"),
                                        [&](const v1::ContentView& row) { uses += row.uses(); });
  TheCompany().ForEach<v1::VoiceView>(ProjectionNamed("voice"),
                                      [&](const v1::VoiceView& row) { voices += row.count(); });
  EXPECT_GT(static_cast<int64_t>(people), 50);
  EXPECT_EQ(ToDecimal(TheCompany().Sum("people_at_accounts")), ToDecimal(people));
  EXPECT_EQ(ToDecimal(TheCompany().Sum("content_uses")), ToDecimal(uses));
  EXPECT_EQ(ToDecimal(TheCompany().Sum("voices", "voice")), ToDecimal(voices));
}

// Conflicting copies, and the one story of a stage that the model does not know: else every
// projection finds what it needs.
TEST(FiguresTest, NoProjectionRefusesAnotherEventOfASimulatedCompany) {
  const std::string unknown_stage(SimulationStory().unknown_stage);
  std::map<std::string, int> reasons;
  int letters = 0;
  TheCompany().ForEach<v1::StoredDeadLetter>(kDeadLetters, [&](const v1::StoredDeadLetter& letter) {
    ++letters;
    ++reasons[absl::StrCat(letter.projection(), ": ", letter.reason())];
  });
  int events = 0;
  TheCompany().ForEach<v1::JourneyView>(
      kJourneyView, [&](const v1::JourneyView& row) { events += row.events(); });
  EXPECT_LT(letters, events / 100);
  int unknown_stages = 0;
  for (const auto& [reason, count] : reasons) {
    if (reason.find(unknown_stage) != std::string::npos) {
      unknown_stages += count;
      continue;
    }
    EXPECT_EQ(reason.substr(0, 2), ": ") << reason << ": " << count;
  }
  EXPECT_EQ(unknown_stages, 1);
}

}  // namespace
}  // namespace revops::test
