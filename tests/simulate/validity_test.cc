// Every simulated event is one that ingest takes and that means something.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "engine/event/codec.h"
#include "engine/event/kind.h"
#include "engine/model/model.h"
#include "tests/simulate/simulated_year.h"

namespace revops {
namespace {

using test::StandingYear;
using test::Text;
using test::Year;

std::string Where(const v1::Event& event) {
  return event.source() + "/" + event.id() + " " + std::string(KindOf(event));
}

TEST(ValidityTest, EveryEventDecodesAndHasASubjectAndABody) {
  for (const v1::Event& event : Year()) {
    EXPECT_TRUE(Canonical(event, 1).ok()) << Where(event) << Canonical(event, 1).status();
    EXPECT_NE(event.body_case(), v1::Event::BODY_NOT_SET) << Where(event);
    EXPECT_GT(event.subject_size(), 0) << Where(event);
  }
}

TEST(ValidityTest, EveryActionIsNamed) {
  for (const v1::Event& event : Year()) {
    const google::protobuf::Reflection& reflection = *event.GetReflection();
    const auto* body =
        reflection.GetOneofFieldDescriptor(event, v1::Event::descriptor()->oneof_decl(0));
    const auto* action = body->message_type()->FindFieldByName("action");
    if (action == nullptr || action->enum_type() == nullptr) continue;
    const google::protobuf::Message& message = reflection.GetMessage(event, body);
    EXPECT_NE(message.GetReflection()->GetEnumValue(message, action), 0) << Where(event);
  }
}

TEST(ValidityTest, EventsAreOfARealisticSize) {
  size_t bytes = 0;
  for (const v1::Event& event : Year()) bytes += event.ByteSizeLong();
  EXPECT_GE(bytes / Year().size(), 150u);
  EXPECT_LE(bytes / Year().size(), 300u);
}

TEST(ValidityTest, ADealOpensBeforeItChangesAndClosesOnceUnlessReopened) {
  std::set<std::string> open, seen;
  for (const v1::Event* event : StandingYear()) {
    if (!event->has_opportunity_opened() && !event->has_opportunity_changed() &&
        !event->has_opportunity_closed() && !event->has_opportunity_reopened()) {
      continue;
    }
    const std::string deal = Text(event->subject(0));
    ASSERT_EQ(event->subject(0).kind(), v1::OPPORTUNITY) << Where(*event);
    if (event->has_opportunity_opened()) {
      EXPECT_TRUE(seen.insert(deal).second) << Where(*event);
      open.insert(deal);
    } else if (event->has_opportunity_reopened()) {
      EXPECT_EQ(seen.count(deal), 1u) << Where(*event);
      EXPECT_TRUE(open.insert(deal).second) << Where(*event);
    } else if (event->has_opportunity_closed()) {
      EXPECT_EQ(open.erase(deal), 1u) << Where(*event);
    } else {
      EXPECT_EQ(open.count(deal), 1u) << Where(*event);
    }
  }
  EXPECT_GT(seen.size(), 40u);
  EXPECT_GT(open.size(), 2u) << "some deals are still open at the end";
  EXPECT_LT(open.size(), seen.size() / 2);
}

const v1::OpportunityFields* FieldsOf(const v1::Event& event) {
  if (event.has_opportunity_opened()) return &event.opportunity_opened().fields();
  if (event.has_opportunity_changed()) return &event.opportunity_changed().fields();
  if (event.has_opportunity_closed()) return &event.opportunity_closed().fields();
  if (event.has_opportunity_reopened()) return &event.opportunity_reopened().fields();
  return nullptr;
}

TEST(ValidityTest, StagesAreThoseOfTheDefaultModel) {
  const auto model = RevenueModel::Default();
  std::map<std::string, std::string> pipelines;  // deal -> pipeline
  for (const v1::Event* event : StandingYear()) {
    const v1::OpportunityFields* fields = FieldsOf(*event);
    if (fields == nullptr) continue;
    std::string& pipeline = pipelines[Text(event->subject(0))];
    if (fields->has_pipeline_id()) pipeline = fields->pipeline_id();
    if (!fields->has_stage_id()) continue;
    // The one that is a story of its own.
    if (fields->stage_id() == SimulationStory().unknown_stage) continue;
    EXPECT_TRUE(model->StageOf(pipeline, fields->stage_id(), event->occurred_at()).has_value())
        << Where(*event) << ": " << pipeline << "/" << fields->stage_id();
  }
}

TEST(ValidityTest, RevenueSplitsOfADealSumToOne) {
  for (const v1::Event& event : Year()) {
    const v1::OpportunityFields* fields = FieldsOf(event);
    if (fields == nullptr || fields->splits().empty()) continue;
    int64_t sum = 0;
    for (const v1::Split& split : fields->splits()) {
      if (split.kind() == v1::Split::REVENUE) sum += split.share_ppm();
    }
    EXPECT_EQ(sum, 1'000'000) << Where(event);
  }
}

TEST(ValidityTest, CalendarsOfAssignmentsAreThoseOfTheDefaultModel) {
  const auto model = RevenueModel::Default();
  for (const v1::Event& event : Year()) {
    if (event.lead().calendar().empty()) continue;
    EXPECT_NE(model->CalendarNamed(event.lead().calendar()), nullptr) << Where(event);
  }
}

TEST(ValidityTest, AHandOverGoesThroughItsStepsInOrder) {
  std::map<std::string, std::set<int>> steps;  // hand-over -> actions so far
  for (const v1::Event* event : StandingYear()) {
    if (!event->has_lead() || event->lead().handover_id().empty()) continue;
    const v1::Lead& lead = event->lead();
    std::set<int>& before = steps[lead.handover_id()];
    switch (lead.action()) {
      case v1::Lead::ASSIGNED:
        EXPECT_EQ(before.count(v1::Lead::DECLARED_QUALIFIED), 1u) << Where(*event);
        break;
      case v1::Lead::ACCEPTED:
      case v1::Lead::REJECTED:
        EXPECT_EQ(before.count(v1::Lead::ASSIGNED), 1u) << Where(*event);
        break;
      case v1::Lead::SALES_QUALIFIED:
      case v1::Lead::RECYCLED:
        EXPECT_EQ(before.count(v1::Lead::ACCEPTED), 1u) << Where(*event);
        break;
      case v1::Lead::CONVERTED:
        EXPECT_EQ(before.count(v1::Lead::SALES_QUALIFIED), 1u) << Where(*event);
        EXPECT_TRUE(lead.has_converted_contact() && lead.has_converted_account() &&
                    lead.has_converted_opportunity())
            << Where(*event);
        break;
      default:
        break;
    }
    before.insert(lead.action());
  }
  EXPECT_GT(steps.size(), 60u);
}

TEST(ValidityTest, LinksPointToSomethingElseAndNeverInACircle) {
  std::map<std::string, std::string> parent;
  for (const v1::Event* event : StandingYear()) {
    if (event->has_linked()) {
      EXPECT_NE(Text(event->linked().child()), Text(event->linked().parent())) << Where(*event);
      parent[Text(event->linked().child())] = Text(event->linked().parent());
    } else if (event->has_merged()) {
      EXPECT_EQ(event->merged().merged().kind(), event->merged().into().kind()) << Where(*event);
      parent[Text(event->merged().merged())] = Text(event->merged().into());
    } else if (event->has_unlinked()) {
      EXPECT_EQ(parent.erase(Text(event->unlinked().child())), 1u) << Where(*event);
    }
  }
  for (const auto& [child, first] : parent) {
    std::string at = first;
    int hops = 0;
    for (auto next = parent.find(at); next != parent.end(); next = parent.find(at)) {
      at = next->second;
      ASSERT_LT(++hops, 6) << child;
    }
  }
  EXPECT_GT(parent.size(), 200u);
}

TEST(ValidityTest, MostVisitorsStayAnonymous) {
  std::set<std::string> visitors, linked;
  for (const v1::Event& event : Year()) {
    if (event.has_page_view()) visitors.insert(Text(event.subject(0)));
    if (event.has_linked() && event.linked().child().kind() == v1::ANONYMOUS) {
      linked.insert(Text(event.linked().child()));
    }
  }
  EXPECT_GT(linked.size(), 100u);
  EXPECT_GT(visitors.size(), linked.size());
}

TEST(ValidityTest, CustomersSayHowContentTheyAreAndSomeLeave) {
  std::map<v1::Survey::Instrument, int> surveys;
  int left = 0;
  for (const v1::Event& event : Year()) {
    if (event.has_survey()) ++surveys[event.survey().instrument()];
    left += event.subscription().action() == v1::Subscription::CANCELLED ? 1 : 0;
  }
  EXPECT_GT(surveys[v1::Survey::NPS], 5);
  EXPECT_GT(surveys[v1::Survey::CSAT], 5);
  EXPECT_GT(left, 0);
}

TEST(ValidityTest, NobodyHasARealPersonsAddress) {
  for (const v1::Event& event : Year()) {
    for (const std::string& email : {event.form().email(), event.traits().email()}) {
      EXPECT_TRUE(email.empty() || absl::EndsWith(email, ".example")) << email;
    }
  }
}

}  // namespace
}  // namespace revops
