#include "engine/event/kind.h"

#include <string>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace revops {
namespace {

v1::Event EventOf(const std::string& text) {
  v1::Event event;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &event)) << text;
  return event;
}

std::string Kind(const std::string& text) {
  const auto event = EventOf(text);
  return std::string(KindOf(event));
}

TEST(KindTest, NamesTheBodyAndItsAction) {
  const struct {
    const char* event;
    const char* kind;
  } scenarios[] = {
      {"page_view {}", "page_view"},
      {"form {}", "form"},
      {"email { action: OPENED }", "email.opened"},
      {"ad { action: CLICK }", "ad.click"},
      {"webinar { action: ATTENDED }", "webinar.attended"},
      {"trade_show { action: ABSENT }", "trade_show.absent"},
      {"social { action: LIKED }", "social.liked"},
      {"chat { action: MESSAGE }", "chat.message"},
      {"call { result: NO_ANSWER }", "call.no_answer"},
      {"meeting { action: NO_SHOW }", "meeting.no_show"},
      {"demo { action: REQUESTED }", "demo.requested"},
      {"document { kind: PROPOSAL action: SENT }", "proposal.sent"},
      {"document { kind: CONTRACT action: SIGNED }", "contract.signed"},
      {"document { kind: QUOTE }", "quote"},
      {"document { action: SENT }", "document"},
      {"nurture { action: STEP }", "nurture.step"},
      {"community { action: 'posted' }", "community"},
      {"content_used {}", "content_used"},
      {"voice { kind: OBJECTION }", "voice.objection"},
      {"survey { instrument: NPS }", "survey.nps"},
      {"lead { action: ACCEPTED }", "lead.accepted"},
      {"lead { action: DECLARED_QUALIFIED }", "lead.declared_qualified"},
      {"opportunity_opened {}", "opportunity_opened"},
      {"opportunity_closed { outcome: WON }", "opportunity_closed.won"},
      {"opportunity_closed { outcome: NO_DECISION }", "opportunity_closed.no_decision"},
      {"subscription { action: CANCELLED }", "subscription.cancelled"},
      {"ticket { action: OPENED }", "ticket.opened"},
      {"order {}", "order"},
      {"erasure {}", "erasure"},
  };
  for (const auto& scenario : scenarios) {
    EXPECT_EQ(Kind(scenario.event), scenario.kind) << scenario.event;
    EXPECT_TRUE(IsKnownKind(scenario.kind)) << scenario.kind;
  }
}

TEST(KindTest, ActionOfANewerPublisherGivesTheBodysNameAlone) {
  EXPECT_EQ(Kind("email {}"), "email");
  v1::Event event;
  event.mutable_email()->set_action(static_cast<v1::Email::Action>(99));
  EXPECT_EQ(KindOf(event), "email");
  event.mutable_email()->set_action(static_cast<v1::Email::Action>(-7));
  EXPECT_EQ(KindOf(event), "email");
  event.mutable_document()->set_kind(static_cast<v1::Document::Kind>(99));
  EXPECT_EQ(KindOf(event), "document");
}

TEST(KindTest, ABodyOfANewerPublisherIsUnknown) {
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString("\x9a\x3f\x02\x08\x01"));  // field 1011, a message
  EXPECT_EQ(KindOf(event), "unknown");
  EXPECT_FALSE(IsTouchpoint(event));
}

TEST(KindTest, CustomEventIsTheKindItNames) {
  EXPECT_EQ(Kind("custom { kind: 'booth_scan' }"), "booth_scan");
  EXPECT_FALSE(IsKnownKind("booth_scan"));
  EXPECT_FALSE(IsKnownKind("custom"));
  EXPECT_FALSE(IsKnownKind(""));
}

TEST(KindTest, EveryBodyHasItsOwnName) {
  const auto& body = *v1::Event::descriptor()->FindOneofByName("body");
  for (int i = 0; i < body.field_count(); ++i) {
    v1::Event event;
    event.GetReflection()->MutableMessage(&event, body.field(i));
    if (event.has_custom()) continue;
    EXPECT_EQ(KindOf(event), body.field(i)->name());
  }
}

TEST(TouchpointTest, CustomerAndCompanyMet) {
  for (const char* met :
       {"page_view {}", "form {}", "email { action: CLICKED }", "email { action: REPLIED }",
        "webinar { action: ATTENDED }", "call { result: CONNECTED }", "meeting { action: HELD }",
        "document { kind: QUOTE action: SENT }", "content_used {}", "custom { kind: 'x' }"}) {
    EXPECT_TRUE(IsTouchpoint(EventOf(met))) << met;
  }
  for (const char* not_met :
       {"email { action: SENT }", "email { action: DELIVERED }", "email { action: BOUNCED }",
        "webinar { action: INVITED }", "webinar { action: ABSENT }", "call { result: NO_ANSWER }",
        "call { result: VOICEMAIL }", "meeting { action: NO_SHOW }",
        "meeting { action: CANCELLED }", "nurture { action: STEP }", "lead { action: CREATED }",
        "opportunity_opened {}", "spend {}", "traits {}"}) {
    EXPECT_FALSE(IsTouchpoint(EventOf(not_met))) << not_met;
  }
}

TEST(TouchpointTest, ASequenceTouchIsNotContact) {
  EXPECT_TRUE(IsHumanTouch(EventOf("automation: HUMAN call { result: NO_ANSWER }")));
  EXPECT_TRUE(IsHumanTouch(EventOf("automation: HUMAN email { action: SENT }")));
  EXPECT_TRUE(IsHumanTouch(EventOf("actor: 'amy' call { result: CONNECTED }")));
  EXPECT_FALSE(IsHumanTouch(EventOf("automation: SEQUENCE actor: 'amy' email { action: SENT }")));
  EXPECT_FALSE(IsHumanTouch(EventOf("automation: SYSTEM email { action: SENT }")));
  EXPECT_FALSE(IsHumanTouch(EventOf("call { result: CONNECTED }")));
  EXPECT_FALSE(IsHumanTouch(EventOf("actor: 'amy' direction: INBOUND call { result: CONNECTED }")));
  EXPECT_FALSE(IsHumanTouch(EventOf("automation: HUMAN email { action: OPENED }")));
}

}  // namespace
}  // namespace revops
