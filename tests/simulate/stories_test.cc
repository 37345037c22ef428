// The scripted stories run under their promised ids and end as they must.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "engine/simulate/story.h"
#include "tests/simulate/simulated_year.h"

namespace revops {
namespace {

using test::EventsOf;
using test::StandingYear;
using test::Year;

constexpr int64_t kDay = 86'400'000'000;
const SimulationStory kStory;

// The events about an id, by its value, in event order.
std::vector<const v1::Event*> About(absl::string_view value) {
  std::vector<const v1::Event*> about;
  for (const v1::Event* event : StandingYear()) {
    for (const v1::Id& id : event->subject()) {
      if (id.value() == value) {
        about.push_back(event);
        break;
      }
    }
  }
  return about;
}

std::vector<const v1::OpportunityClosed*> ClosesOf(absl::string_view deal) {
  std::vector<const v1::OpportunityClosed*> closes;
  for (const v1::Event* event : About(deal)) {
    if (event->has_opportunity_closed()) closes.push_back(&event->opportunity_closed());
  }
  return closes;
}

TEST(StoriesTest, EveryPromisedEntityHasEvents) {
  for (const absl::string_view id : {kStory.disputed_account,
                                     kStory.disputed_opportunity,
                                     kStory.disputed_contact,
                                     kStory.late_identified_account,
                                     kStory.late_identified_opportunity,
                                     kStory.late_identified_contact,
                                     kStory.late_identified_visitor,
                                     kStory.merged_account,
                                     kStory.surviving_account,
                                     kStory.merged_contact,
                                     kStory.surviving_contact,
                                     kStory.backdated_account,
                                     kStory.backdated_opportunity,
                                     kStory.reopened_account,
                                     kStory.reopened_opportunity,
                                     kStory.champion_contact,
                                     kStory.champion_old_account,
                                     kStory.champion_new_account,
                                     kStory.champion_old_opportunity,
                                     kStory.champion_new_opportunity,
                                     kStory.territory,
                                     kStory.territory_owner_before,
                                     kStory.territory_account,
                                     kStory.territory_opportunity,
                                     kStory.unlinked_visitor,
                                     kStory.unlinked_contact,
                                     kStory.unlinked_account,
                                     kStory.untouched_account,
                                     kStory.untouched_opportunity,
                                     kStory.erased_contact,
                                     kStory.erased_account,
                                     kStory.webinar_campaign,
                                     kStory.bad_fit_campaign}) {
    EXPECT_FALSE(About(id).empty()) << id;
  }
}

TEST(StoriesTest, DealsOfStoriesEndAsTold) {
  for (const absl::string_view deal :
       {kStory.disputed_opportunity, kStory.late_identified_opportunity,
        kStory.backdated_opportunity, kStory.champion_old_opportunity,
        kStory.champion_new_opportunity, kStory.territory_opportunity,
        kStory.untouched_opportunity}) {
    ASSERT_EQ(ClosesOf(deal).size(), 1u) << deal;
    EXPECT_EQ(ClosesOf(deal)[0]->outcome(), v1::OpportunityClosed::WON) << deal;
  }
  ASSERT_EQ(ClosesOf(kStory.reopened_opportunity).size(), 2u);
  EXPECT_EQ(ClosesOf(kStory.reopened_opportunity)[0]->outcome(), v1::OpportunityClosed::WON);
  EXPECT_EQ(ClosesOf(kStory.reopened_opportunity)[1]->outcome(), v1::OpportunityClosed::LOST);
}

TEST(StoriesTest, TheDisputedDealBeginsWithACallAndGoesThroughAWebinar) {
  std::vector<std::string> touches;
  for (const v1::Event* event : About(kStory.disputed_contact)) {
    if (event->has_call()) touches.push_back("call");
    if (event->webinar().action() == v1::Webinar::ATTENDED) touches.push_back("webinar");
    if (event->has_meeting()) touches.push_back("meeting");
  }
  EXPECT_EQ(touches, (std::vector<std::string>{"call", "webinar", "call", "meeting", "meeting"}));
}

TEST(StoriesTest, TheVisitorIsNamedMonthsAfterTheWin) {
  int64_t won_at = 0, named_at = 0, first_seen_at = 0;
  for (const v1::Event* event : About(kStory.late_identified_opportunity)) {
    if (event->has_opportunity_closed()) won_at = event->occurred_at();
  }
  for (const v1::Event* event : About(kStory.late_identified_visitor)) {
    if (first_seen_at == 0) first_seen_at = event->occurred_at();
    if (event->has_linked()) named_at = event->occurred_at();
  }
  EXPECT_LT(first_seen_at, won_at - 60 * kDay);
  EXPECT_GT(named_at, won_at + 90 * kDay);
}

TEST(StoriesTest, TheBackdatedCloseWasSignedInTheQuarterBefore) {
  for (const v1::Event* event : About(kStory.backdated_opportunity)) {
    if (!event->has_opportunity_closed()) continue;
    const int64_t july = (SimulationOptions().start_day + 181) * kDay;
    EXPECT_GT(event->occurred_at(), july);
    EXPECT_LT(event->opportunity_closed().closed_at(), july);
    EXPECT_GT(event->opportunity_closed().closed_at(), 0);
  }
}

TEST(StoriesTest, WebinarAttendeesAreCalledInTimeLateOrNever) {
  std::map<std::string, int64_t> assigned;  // hand-over -> instant
  std::map<std::string, int64_t> answered;
  for (const v1::Event* event : StandingYear()) {
    if (event->campaign_id() != kStory.webinar_campaign || !event->has_lead()) continue;
    const v1::Lead& lead = event->lead();
    if (lead.action() == v1::Lead::ASSIGNED) assigned[lead.handover_id()] = event->occurred_at();
    if (lead.action() == v1::Lead::ACCEPTED || lead.action() == v1::Lead::REJECTED) {
      answered[lead.handover_id()] = event->occurred_at();
    }
  }
  size_t in_time = 0, late = 0;
  for (const auto& [handover, at] : answered) ++(at - assigned[handover] < kDay ? in_time : late);
  EXPECT_GE(in_time, 7u);
  EXPECT_GE(late, 6u);
  EXPECT_GE(assigned.size(), answered.size() + 5);
}

TEST(StoriesTest, TheCampaignOfBadFitBringsManyLeadsAndFewAreAccepted) {
  size_t declared = 0, accepted = 0, rejected = 0;
  for (const v1::Event* event : StandingYear()) {
    if (event->campaign_id() != kStory.bad_fit_campaign) continue;
    declared += event->lead().action() == v1::Lead::DECLARED_QUALIFIED ? 1 : 0;
    accepted += event->lead().action() == v1::Lead::ACCEPTED ? 1 : 0;
    rejected += event->lead().action() == v1::Lead::REJECTED ? 1 : 0;
  }
  EXPECT_GT(declared, 10u);
  EXPECT_LT(accepted * 4, rejected);
}

TEST(StoriesTest, OneChangeNamesAStageThatTheModelDoesNotKnow) {
  size_t changes = 0;
  for (const v1::Event* event : About(kStory.unknown_stage_opportunity)) {
    changes += event->opportunity_changed().fields().stage_id() == kStory.unknown_stage ? 1 : 0;
  }
  EXPECT_EQ(changes, 1u);
}

TEST(StoriesTest, StoriesArriveOnceUndisturbed) {
  std::map<std::string, int> copies;
  for (const v1::Event& event : Year()) {
    if (event.id().substr(0, 6) == "story-") ++copies[event.id()];
  }
  EXPECT_GT(copies.size(), 150u);
  for (const auto& [id, count] : copies) EXPECT_EQ(count, 1) << id;
}

TEST(StoriesTest, StoriesAreLeftOutOnDemand) {
  SimulationOptions options;
  options.accounts = 20;
  options.stories = false;
  for (const v1::Event& event : EventsOf(options)) {
    EXPECT_NE(event.id().substr(0, 6), "story-");
  }
}

}  // namespace
}  // namespace revops
