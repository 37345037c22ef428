#include "engine/event/kind.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace revops {
namespace {

using v1::Event;

constexpr int kFirstBody = 100;
constexpr int kLastBody = 202;

// The names of one body: by action, [0] without one.
using Names = std::vector<std::string>;

// What follows the dot comes from this enum field of the body, where it has one.
const google::protobuf::FieldDescriptor* ActionField(const google::protobuf::Descriptor& body) {
  for (const char* name : {"action", "result", "outcome", "instrument", "kind"}) {
    const auto* field = body.FindFieldByName(name);
    if (field != nullptr && field->enum_type() != nullptr) return field;
  }
  return nullptr;
}

Names NamesOf(const std::string& body, const google::protobuf::FieldDescriptor* action) {
  Names names = {body};
  if (action == nullptr) return names;
  const auto& values = *action->enum_type();
  for (int i = 0; i < values.value_count(); ++i) {
    const int number = values.value(i)->number();
    if (number == 0) continue;
    if (static_cast<size_t>(number) >= names.size()) names.resize(number + 1, body);
    names[number] = absl::StrCat(body, ".", absl::AsciiStrToLower(values.value(i)->name()));
  }
  return names;
}

// body's field number - kFirstBody -> its names. A document is named by what it is (a proposal, a
// quote, a contract): those follow kLastBody.
std::vector<Names> BuildTable() {
  std::vector<Names> table(kLastBody - kFirstBody + 1 + v1::Document::Kind_ARRAYSIZE);
  const auto& body = *Event::descriptor()->FindOneofByName("body");
  for (int i = 0; i < body.field_count(); ++i) {
    const auto& field = *body.field(i);
    table[field.number() - kFirstBody] = NamesOf(field.name(), ActionField(*field.message_type()));
  }
  const auto* document_action = v1::Document::descriptor()->FindFieldByName("action");
  for (int kind = 1; kind < v1::Document::Kind_ARRAYSIZE; ++kind) {
    table[kLastBody - kFirstBody + 1 + kind] = NamesOf(
        absl::AsciiStrToLower(v1::Document::Kind_Name(static_cast<v1::Document::Kind>(kind))),
        document_action);
  }
  return table;
}

const std::vector<Names>& Table() {
  static const auto& table = *new std::vector<Names>(BuildTable());
  return table;
}

absl::string_view Name(int body_case, int action) {
  const Names& names = Table()[body_case - kFirstBody];
  const bool known = action > 0 && static_cast<size_t>(action) < names.size();
  return names[known ? action : 0];
}

absl::string_view DocumentName(const v1::Document& document) {
  if (!v1::Document::Kind_IsValid(document.kind()) || document.kind() == 0) {
    return Name(Event::kDocument, 0);
  }
  return Name(kLastBody + 1 + document.kind(), document.action());
}

int ActionOf(const Event& event) {
  switch (event.body_case()) {
    case Event::kEmail:
      return event.email().action();
    case Event::kAd:
      return event.ad().action();
    case Event::kWebinar:
      return event.webinar().action();
    case Event::kTradeShow:
      return event.trade_show().action();
    case Event::kSocial:
      return event.social().action();
    case Event::kChat:
      return event.chat().action();
    case Event::kCall:
      return event.call().result();
    case Event::kMeeting:
      return event.meeting().action();
    case Event::kDemo:
      return event.demo().action();
    case Event::kNurture:
      return event.nurture().action();
    case Event::kVoice:
      return event.voice().kind();
    case Event::kSurvey:
      return event.survey().instrument();
    case Event::kLead:
      return event.lead().action();
    case Event::kOpportunityClosed:
      return event.opportunity_closed().outcome();
    case Event::kSubscription:
      return event.subscription().action();
    case Event::kTicket:
      return event.ticket().action();
    default:
      return 0;
  }
}

bool MadeByHand(const Event& event) {
  if (event.automation() == v1::HUMAN) return true;
  return event.automation() == v1::AUTOMATION_UNSPECIFIED && !event.actor().empty() &&
         event.direction() != v1::INBOUND;
}

}  // namespace

absl::string_view KindOf(const Event& event) {
  switch (event.body_case()) {
    case Event::BODY_NOT_SET:
      return "unknown";
    case Event::kCustom:
      return event.custom().kind();
    case Event::kDocument:
      return DocumentName(event.document());
    default:
      return Name(event.body_case(), ActionOf(event));
  }
}

bool IsKnownKind(absl::string_view kind) {
  static const auto& kinds = *[] {
    auto* sorted = new std::vector<std::string>;
    for (const Names& names : Table()) {
      sorted->insert(sorted->end(), names.begin(), names.end());
    }
    std::sort(sorted->begin(), sorted->end());
    return sorted;
  }();
  return kind != "custom" && std::binary_search(kinds.begin(), kinds.end(), std::string(kind));
}

bool IsTouchpoint(const Event& event) {
  switch (event.body_case()) {
    case Event::kPageView:
    case Event::kForm:
    case Event::kAd:
    case Event::kSocial:
    case Event::kChat:
    case Event::kCommunity:
    case Event::kReferral:
    case Event::kCustom:
    case Event::kContentUsed:
    case Event::kVoice:
    case Event::kSurvey:
      return true;
    case Event::kEmail: {
      const auto action = event.email().action();
      return action == v1::Email::OPENED || action == v1::Email::CLICKED ||
             action == v1::Email::REPLIED || action == v1::Email::UNSUBSCRIBED;
    }
    case Event::kWebinar: {
      const auto action = event.webinar().action();
      return action == v1::Webinar::REGISTERED || action == v1::Webinar::ATTENDED;
    }
    case Event::kTradeShow: {
      const auto action = event.trade_show().action();
      return action == v1::TradeShow::REGISTERED || action == v1::TradeShow::ATTENDED;
    }
    case Event::kCall:
      return event.call().result() == v1::Call::CONNECTED;
    case Event::kMeeting: {
      const auto action = event.meeting().action();
      return action == v1::Meeting::BOOKED || action == v1::Meeting::HELD;
    }
    case Event::kDemo: {
      const auto action = event.demo().action();
      return action == v1::Demo::REQUESTED || action == v1::Demo::BOOKED ||
             action == v1::Demo::HELD;
    }
    case Event::kDocument:
      return event.document().action() != v1::Document::ACTION_UNSPECIFIED;
    default:
      return false;
  }
}

bool IsHumanTouch(const Event& event) {
  if (!MadeByHand(event)) return false;
  switch (event.body_case()) {
    case Event::kCall:
      return true;
    case Event::kEmail:
      return event.email().action() == v1::Email::SENT;
    case Event::kChat:
      return event.chat().action() != v1::Chat::ENDED;
    case Event::kSocial:
      return event.social().action() == v1::Social::MESSAGED ||
             event.social().action() == v1::Social::CONNECTED;
    case Event::kMeeting:
      return event.meeting().action() == v1::Meeting::BOOKED ||
             event.meeting().action() == v1::Meeting::HELD;
    case Event::kDemo:
      return event.demo().action() == v1::Demo::BOOKED || event.demo().action() == v1::Demo::HELD;
    case Event::kDocument:
      return event.document().action() == v1::Document::SENT;
    default:
      return false;
  }
}

}  // namespace revops
