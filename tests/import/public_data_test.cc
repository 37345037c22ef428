// The mappings of deploy/mappings over public data (see the README beside that data), against the
// figures published there. Here they are computed from the events alone.
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "engine/import/importer.h"
#include "engine/model/model.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/public_data.h"

namespace revops {
namespace {

using test::Import;
using Imported = test::PublicImport;
using test::MappingFolder;

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

int MonthOf(const v1::Event& event) {
  return absl::ToCivilMonth(absl::FromUnixMicros(event.occurred_at()), absl::UTCTimeZone()).month();
}

// Won deals, lost deals and won value in whole units.
struct Tally {
  int won = 0;
  int lost = 0;
  int64_t value = 0;
  friend bool operator==(const Tally& a, const Tally& b) {
    return a.won == b.won && a.lost == b.lost && a.value == b.value;
  }
  friend std::ostream& operator<<(std::ostream& out, const Tally& t) {
    return out << t.won << " won, " << t.lost << " lost, " << t.value;
  }
};

TEST(PublicDataTest, ModelsBesideTheMappingsAreComplete) {
  for (const char* name :
       {"maven_crm", "olist_funnel", "saas_subscriptions", "cdnow", "ad_spend"}) {
    const std::string path = MappingFolder() + name + "/model.textproto";
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto model = RevenueModel::Parse(text, path);
    EXPECT_TRUE(model.ok()) << model.status();
  }
}

TEST(PublicDataTest, MavenDealsGiveThePublishedFigures) {
  SKIP_WITHOUT("maven_crm/sales_pipeline.csv");
  const Imported imported =
      Import("maven_crm/sales_pipeline.textproto", "maven_crm/sales_pipeline.csv");
  EXPECT_EQ(imported.report.rows_read, 8800);
  EXPECT_EQ(imported.report.rows_imported, 8800);
  EXPECT_THAT(imported.report.events_by_template,
              UnorderedElementsAre(Pair("linked", 8800 - 1425), Pair("opened", 8300),
                                   Pair("opened_undated", 500), Pair("engaged", 8300),
                                   Pair("won", 4238), Pair("lost", 2473)));

  struct Deal {
    v1::OpportunityFields opened;
    std::string stage;
  };
  std::map<std::string, Deal> deals;
  std::set<std::string> ids;
  std::map<int, Tally> by_month;
  std::map<std::string, Tally> by_product, by_region, by_manager, by_agent, by_account;
  for (const v1::Event& event : imported.events) {
    EXPECT_TRUE(ids.insert(event.id()).second) << event.id();
    Deal& deal = deals[event.subject(0).value()];
    if (event.has_opportunity_opened()) {
      deal.opened = event.opportunity_opened().fields();
      deal.stage = deal.opened.stage_id();
    }
    if (event.has_opportunity_changed())
      deal.stage = event.opportunity_changed().fields().stage_id();
    if (!event.has_opportunity_closed()) continue;
    const v1::OpportunityClosed& closed = event.opportunity_closed();
    deal.stage = closed.fields().stage_id();
    Tally tally;
    if (closed.outcome() == v1::OpportunityClosed::WON) {
      tally = {1, 0, closed.fields().amount().units()};
      EXPECT_EQ(closed.fields().amount().currency_code(), "USD");
    } else {
      tally = {0, 1, 0};
    }
    for (Tally* sum : {&by_month[MonthOf(event)], &by_product[deal.opened.products(0).product_id()],
                       &by_region[deal.opened.region()], &by_manager[deal.opened.owner_team()],
                       &by_agent[event.actor()], &by_account[event.subject(1).value()]}) {
      sum->won += tally.won;
      sum->lost += tally.lost;
      sum->value += tally.value;
    }
  }
  const auto value = [&](int month) { return by_month[month].value; };
  EXPECT_THAT(by_month, testing::SizeIs(10));
  EXPECT_EQ(value(3), 1'134'672);
  EXPECT_EQ(value(4), 721'932);
  EXPECT_EQ(value(5), 1'025'713);
  EXPECT_EQ(value(6), 1'338'466);
  EXPECT_EQ(value(7), 696'932);
  EXPECT_EQ(value(8), 1'050'059);
  EXPECT_EQ(value(9), 1'235'264);
  EXPECT_EQ(value(10), 731'980);
  EXPECT_EQ(value(11), 938'943);
  EXPECT_EQ(value(12), 1'131'573);
  const auto won = [&](int from, int to) {
    int count = 0;
    for (int month = from; month <= to; ++month) count += by_month[month].won;
    return count;
  };
  EXPECT_EQ(won(3, 3), 531);
  EXPECT_EQ(won(4, 6), 1254);
  EXPECT_EQ(won(7, 9), 1257);
  EXPECT_EQ(won(10, 12), 1196);
  EXPECT_THAT(by_product, UnorderedElementsAre(Pair("GTX Pro", Tally{729, 418, 3'510'578}),
                                               Pair("GTX Plus Pro", Tally{479, 266, 2'629'651}),
                                               Pair("MG Advanced", Tally{654, 430, 2'216'387}),
                                               Pair("GTX Plus Basic", Tally{653, 398, 705'275}),
                                               Pair("GTX Basic", Tally{915, 521, 499'263}),
                                               Pair("GTK 500", Tally{15, 10, 400'612}),
                                               Pair("MG Special", Tally{793, 430, 43'768})));
  EXPECT_THAT(by_region, UnorderedElementsAre(Pair("West", Tally{1438, 811, 3'568'647}),
                                              Pair("Central", Tally{1629, 975, 3'346'293}),
                                              Pair("East", Tally{1171, 687, 3'090'594})));
  EXPECT_THAT(by_manager,
              UnorderedElementsAre(Pair("Melvin Marxen", Tally{882, 536, 2'251'930}),
                                   Pair("Summer Sewald", Tally{828, 459, 1'964'750}),
                                   Pair("Rocco Neubert", Tally{691, 422, 1'960'545}),
                                   Pair("Celia Rouche", Tally{610, 352, 1'603'897}),
                                   Pair("Cara Losch", Tally{480, 265, 1'130'049}),
                                   Pair("Dustin Brinkmann", Tally{747, 439, 1'094'363})));
  EXPECT_THAT(by_agent, testing::SizeIs(30));
  EXPECT_EQ(by_agent["Darcel Schlecht"], (Tally{349, 204, 1'153'214}));
  EXPECT_EQ(by_account["Kan-code"].won, 115);
  EXPECT_EQ(by_account["Kan-code"].value, 341'455);

  std::map<std::string, int64_t> open_value;
  for (const auto& [id, deal] : deals) {
    if (deal.stage == "Prospecting" || deal.stage == "Engaging") {
      open_value[deal.stage] += deal.opened.amount().units();
    }
  }
  EXPECT_THAT(open_value,
              UnorderedElementsAre(Pair("Engaging", 3'892'229), Pair("Prospecting", 1'073'986)));
}

TEST(PublicDataTest, MavenAccountsAndTeamsAreKnown) {
  SKIP_WITHOUT("maven_crm/accounts.csv");
  const Imported accounts = Import("maven_crm/accounts.textproto", "maven_crm/accounts.csv");
  ASSERT_EQ(accounts.events.size(), 85u);
  const v1::Traits& acme = accounts.events[0].traits();
  EXPECT_EQ(acme.name(), "Acme Corporation");
  EXPECT_EQ(acme.industry(), "technology");
  EXPECT_EQ(acme.annual_revenue().units(), 1'100'040'000);
  EXPECT_EQ(acme.employees(), 2822);

  const Imported teams = Import("maven_crm/sales_teams.textproto", "maven_crm/sales_teams.csv");
  EXPECT_EQ(teams.events.size(), 3u * 35u);
  std::map<std::string, std::string> copies;  // id -> bytes
  for (const v1::Event& event : teams.events) {
    const auto [at, added] = copies.emplace(event.id(), event.SerializeAsString());
    EXPECT_EQ(at->second, event.SerializeAsString()) << event.id();
  }
  EXPECT_EQ(copies.size(), 35u + 35u + 6u);
}

TEST(PublicDataTest, OlistLeadsAndWinsByOriginGiveThePublishedFigures) {
  SKIP_WITHOUT("olist_funnel/olist_closed_deals_dataset.csv");
  const Imported leads = Import("olist_funnel/leads.textproto",
                                "olist_funnel/olist_marketing_qualified_leads_dataset.csv");
  const Imported deals =
      Import("olist_funnel/closed_deals.textproto", "olist_funnel/olist_closed_deals_dataset.csv");
  EXPECT_EQ(leads.events.size(), 2u * 8000u);
  EXPECT_EQ(deals.events.size(), 4u * 842u);

  std::map<std::string, int> leads_by_origin, wins_by_origin;
  std::map<std::string, int> wins_by_month;
  std::map<std::string, v1::Event> created;  // lead -> event
  for (const v1::Event& event : leads.events) {
    if (event.lead().action() != v1::Lead::CREATED) continue;
    EXPECT_EQ(event.occurred_precision(), v1::DAY);
    ++leads_by_origin[event.channel()];
    created[event.subject(0).value()] = event;
  }
  int before_first_contact = 0;
  for (const v1::Event& event : deals.events) {
    if (!event.has_opportunity_closed()) continue;
    EXPECT_EQ(event.opportunity_closed().outcome(), v1::OpportunityClosed::WON);
    const v1::Event& lead = created[event.subject(0).value()];
    EXPECT_EQ(event.channel(), lead.channel());
    ++wins_by_origin[event.channel()];
    ++wins_by_month[absl::FormatTime("%Y-%m", absl::FromUnixMicros(event.occurred_at()),
                                     absl::UTCTimeZone())];
    before_first_contact += event.occurred_at() < lead.occurred_at();
  }
  EXPECT_THAT(
      leads_by_origin,
      UnorderedElementsAre(Pair("organic_search", 2296), Pair("paid_search", 1586),
                           Pair("social", 1350), Pair("unknown", 1099), Pair("direct_traffic", 499),
                           Pair("email", 493), Pair("referral", 284), Pair("other", 150),
                           Pair("display", 118), Pair("other_publicities", 65), Pair("", 60)));
  EXPECT_THAT(
      wins_by_origin,
      UnorderedElementsAre(Pair("organic_search", 271), Pair("paid_search", 195),
                           Pair("social", 75), Pair("unknown", 179), Pair("direct_traffic", 56),
                           Pair("email", 15), Pair("referral", 24), Pair("other", 4),
                           Pair("display", 6), Pair("other_publicities", 3), Pair("", 14)));
  EXPECT_THAT(wins_by_month,
              ElementsAre(Pair("2017-12", 3), Pair("2018-01", 73), Pair("2018-02", 113),
                          Pair("2018-03", 147), Pair("2018-04", 207), Pair("2018-05", 122),
                          Pair("2018-06", 57), Pair("2018-07", 37), Pair("2018-08", 33),
                          Pair("2018-09", 23), Pair("2018-10", 21), Pair("2018-11", 6)));
  EXPECT_EQ(before_first_contact, 1);
}

}  // namespace
}  // namespace revops
