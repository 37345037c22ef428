#include "engine/simulate/voice.h"

#include <utility>

namespace revops::simulation {
namespace {

const char* const kCompetitors[] = {"Competitor A", "Competitor B", "in-house build"};

v1::Event VoiceDraft(const Person& person, absl::string_view actor, Instant at,
                     const TopicInfo& topic, const v1::Id* deal) {
  v1::Event event = SalesDraft(person, Source::kCrm, at, actor);
  event.set_direction(v1::INBOUND);
  if (deal != nullptr) *event.add_subject() = *deal;
  event.mutable_voice()->set_kind(topic.kind);
  event.mutable_voice()->set_topic(topic.topic);
  return event;
}

}  // namespace

void SayNeed(const Person& person, absl::string_view actor, Instant at) {
  Random& random = person.random();
  const TopicInfo& topic = kTopic[random.Between(6, 8)];
  v1::Event event = VoiceDraft(person, actor, at, topic, nullptr);
  if (topic.kind == v1::Voice::FEATURE_REQUEST) event.mutable_voice()->set_feature("dashboards");
  person.world->Publish(std::move(event));
}

bool SayObjection(const Person& person, absl::string_view actor, Instant at, const v1::Id* deal) {
  Random& random = person.random();
  const TopicInfo& topic = kTopic[random.Below(6)];
  v1::Event event = VoiceDraft(person, actor, at, topic, deal);
  if (random.Percent(30)) event.mutable_voice()->set_competitor(random.Pick(kCompetitors));
  const bool answered = random.Percent(55);
  if (answered) {
    event.mutable_voice()->set_answered_with_content_id(kContent[topic.answered_with].id);
    event.mutable_voice()->set_answered_how("sent");
  }
  person.world->Publish(std::move(event));
  if (answered) ShowContent(person, actor, topic.answered_with, at + kHour, deal);
  return answered;
}

void ShowContent(const Person& person, absl::string_view actor, int content, Instant at,
                 const v1::Id* deal) {
  v1::Event event = SalesDraft(person, Source::kCrm, at, actor);
  if (deal != nullptr) *event.add_subject() = *deal;
  const ContentInfo& piece = kContent[content];
  event.set_content_id(piece.id);
  event.mutable_content_used()->set_content_id(piece.id);
  event.mutable_content_used()->set_type(piece.type);
  event.mutable_content_used()->set_step(piece.step);
  person.world->Publish(std::move(event));
}

}  // namespace revops::simulation
