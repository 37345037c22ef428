#include "engine/simulate/chats.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace revops::simulation {
namespace {

const char* const kQuestions[] = {"Does it work with our CRM?", "What does it cost for 40 seats?",
                                  "Where is the data kept?", "Can we import our history?"};

void Chat(const Person& person, int device, absl::string_view session, Instant at) {
  const std::string chat = absl::StrCat("chat-", session);
  const char* question = person.random().Pick(kQuestions);
  for (const v1::Chat::Action action : {v1::Chat::STARTED, v1::Chat::MESSAGE, v1::Chat::ENDED}) {
    v1::Event event = person.world->Draft(Source::kWeb, at, {person.visitor_id(device)});
    event.set_session_id(session.data(), session.size());
    event.set_direction(v1::INBOUND);
    event.set_interaction_id(chat);
    event.mutable_chat()->set_action(action);
    event.mutable_chat()->set_chat_id(chat);
    if (action == v1::Chat::MESSAGE) event.mutable_chat()->set_text(question);
    person.world->Publish(std::move(event));
    at += 2 * kMinute;
  }
}

}  // namespace

void MaybeTalk(const Person& person, int device, absl::string_view session, Instant at) {
  Random& random = person.random();
  World& world = *person.world;
  if (random.Percent(2)) Chat(person, device, session, at);
  const Contact& contact = person.contact();
  if (!contact.in_marketing || !random.Percent(2)) return;
  v1::Event event = world.Draft(Source::kWeb, at + kHour, {person.marketing_id()});
  event.set_direction(v1::INBOUND);
  if (random.Percent(50)) {
    event.mutable_community()->set_action(random.Percent(60) ? "posted" : "answered");
    event.mutable_community()->set_place("user forum");
  } else {
    event.mutable_custom()->set_kind("podcast_listened");
  }
  world.Publish(std::move(event));
}

}  // namespace revops::simulation
