#include "engine/view/split_events.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::SmallEngine;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string View(const std::string& id, const std::string& person,
                 const std::string& source = "web") {
  return absl::StrCat(About("contact:crm:" + person), "id: '", id, "' source: '", source,
                      "' page_view {}");
}

SplitEvents Find(SmallEngine& small, const SplitOptions& options = {}) {
  std::vector<const ViewReader*> stores;
  for (int p = 0; p < small.engine().partitions(); ++p) {
    stores.push_back(&small.engine().partition(p)->store());
  }
  const auto found = FindSplitEvents(stores, options);
  EXPECT_TRUE(found.ok()) << found.status();
  return found.ok() ? *found : SplitEvents();
}

TEST(SplitEventsTest, AnEventOfTwoSubjectsIsFoundWithItsJourneys) {
  SmallEngine small(3);
  small.Given({View("1", "ada"), View("2", "bob"), View("1", "cleo"), View("3", "cleo")});
  const SplitEvents found = Find(small);
  EXPECT_EQ(found.count, 1u);
  ASSERT_EQ(found.first.size(), 1u);
  EXPECT_EQ(found.first[0].source, "web");
  EXPECT_EQ(found.first[0].id, "1");
  EXPECT_EQ(found.first[0].journeys, 2u);
  EXPECT_THAT(found.first[0].roots,
              ElementsAre(Id(v1::CONTACT, "crm", "ada"), Id(v1::CONTACT, "crm", "cleo")));
}

TEST(SplitEventsTest, DuplicatesConflictsAndOtherSourcesAreNoFinding) {
  SmallEngine small(2);
  small.Given({View("1", "ada"), View("1", "ada"), View("1", "ada") + " channel: 'ads'",
               View("1", "bob", "mail")});
  const SplitEvents found = Find(small);
  EXPECT_EQ(found.count, 0u);
  EXPECT_THAT(found.first, IsEmpty());
}

TEST(SplitEventsTest, CopiesThatALinkBringsTogetherAreNoFinding) {
  SmallEngine small(2);
  small.Given({View("1", "ada"), View("1", "bob")});
  EXPECT_EQ(Find(small).count, 1u);
  small.Given({About("contact:crm:bob") +
               "merged { merged { kind: CONTACT namespace: 'crm' value: 'bob' } "
               "into { kind: CONTACT namespace: 'crm' value: 'ada' } }"});
  EXPECT_EQ(Find(small).count, 0u);
}

TEST(SplitEventsTest, WhatIsFoundDoesNotDependOnHowMuchIsHeldAtOnce) {
  SmallEngine small(3);
  std::vector<std::string> events;
  for (int i = 0; i < 60; ++i) {
    for (int copy = 0; copy <= i % 4; ++copy) {
      events.push_back(View(absl::StrCat(i), absl::StrCat("p", copy)));
    }
  }
  small.Given(events);
  const SplitEvents all = Find(small);
  EXPECT_EQ(all.count, 45u);
  ASSERT_EQ(all.first.size(), 45u);
  for (const SplitEvent& event : all.first) {
    EXPECT_EQ(event.journeys, 1 + std::stoul(event.id) % 4) << event.id;
  }
  for (const size_t held : {4, 5, 17, 64}) {
    const SplitEvents some = Find(small, {.fingerprints_max = held});
    EXPECT_EQ(some.count, 45u) << held;
    EXPECT_EQ(some.first.size(), 45u) << held;
  }
  const SplitEvents few = Find(small, {.listed_max = 3});
  EXPECT_EQ(few.count, 45u);
  EXPECT_EQ(few.first.size(), 3u);
}

}  // namespace
}  // namespace revops
