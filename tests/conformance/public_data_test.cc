// The same promises over data that no one here wrote.
#include <fstream>
#include <iterator>

#include "gtest/gtest.h"
#include "projections/registry.h"
#include "tests/conformance/run_world.h"
#include "tests/import/public_data.h"

namespace revops::test {
namespace {

void RunImported(const std::string& folder, const std::vector<PublicImport>& imports) {
  const std::string path = MappingFolder() + folder + "/model.textproto";
  std::ifstream file(path);
  const auto model =
      RevenueModel::Parse(std::string(std::istreambuf_iterator<char>(file), {}), path);
  ASSERT_TRUE(model.ok()) << model.status();
  std::vector<std::string> records;
  for (const PublicImport& imported : imports) {
    for (const v1::Event& event : imported.events) records.push_back(event.SerializeAsString());
  }
  const uint64_t seed = FromEnvironment("REVOPS_SEED", 1);
  Random random(seed);
  World::Options options = AnyOptions(random);
  options.partitions = 3;
  options.batch_max = 2000;
  options.check_each_commit = false;
  options.checkpoint_items = 32;
  options.defer_entries_min = 200;
  SCOPED_TRACE(InWords(seed, options));
  RunWorld(options, random, std::move(records), AllProjections(), **model);
}

TEST(PublicDataConformanceTest, ViewsOfMavenCrmAreAFunctionOfTheSetOfEvents) {
  SKIP_WITHOUT("maven_crm");
  RunImported("maven_crm",
              {Import("maven_crm/accounts.textproto", "maven_crm/accounts.csv"),
               Import("maven_crm/sales_teams.textproto", "maven_crm/sales_teams.csv"),
               Import("maven_crm/sales_pipeline.textproto", "maven_crm/sales_pipeline.csv")});
}

TEST(PublicDataConformanceTest, ViewsOfOlistFunnelAreAFunctionOfTheSetOfEvents) {
  SKIP_WITHOUT("olist_funnel");
  RunImported("olist_funnel", {Import("olist_funnel/leads.textproto",
                                      "olist_funnel/olist_marketing_qualified_leads_dataset.csv"),
                               Import("olist_funnel/closed_deals.textproto",
                                      "olist_funnel/olist_closed_deals_dataset.csv")});
}

}  // namespace
}  // namespace revops::test
