#include "tests/support/random_events.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace revops::test {
namespace {

constexpr int64_t kFirstInstant = 1'709'254'800'000'000;  // 2024-03-01T01:00:00Z
constexpr int64_t kHour = 3'600'000'000;

v1::Id MakeId(v1::IdKind kind, const std::string& value) {
  v1::Id id;
  id.set_kind(kind);
  id.set_namespace_("crm");
  id.set_value(value);
  return id;
}

v1::Id AnyId(Random& random, v1::IdKind kind) {
  switch (kind) {
    case v1::ANONYMOUS:
      return MakeId(kind, absl::StrCat("a", 1 + Below(random, 2)));
    case v1::LEAD:
      return MakeId(kind, absl::StrCat("l", 1 + Below(random, 2)));
    case v1::CONTACT:
      return MakeId(kind, absl::StrCat("c", 1 + Below(random, 3)));
    case v1::ACCOUNT:
      return MakeId(kind, absl::StrCat("A", 1 + Below(random, 3)));
    case v1::OPPORTUNITY:
      return MakeId(kind, absl::StrCat("o", 1 + Below(random, 2)));
    default:
      return MakeId(v1::CAMPAIGN, "g1");
  }
}

v1::IdKind AnyPersonKind(Random& random) {
  const v1::IdKind kinds[] = {v1::ANONYMOUS, v1::LEAD, v1::CONTACT, v1::CONTACT};
  return kinds[Below(random, 4)];
}

v1::Id AnyPerson(Random& random) { return AnyId(random, AnyPersonKind(random)); }

v1::IdKind AnyKind(Random& random) {
  const v1::IdKind kinds[] = {v1::ANONYMOUS, v1::LEAD,        v1::CONTACT, v1::CONTACT,
                              v1::ACCOUNT,   v1::OPPORTUNITY, v1::CAMPAIGN};
  return kinds[Below(random, 7)];
}

std::string AnyChannel(Random& random) {
  const char* channels[] = {"", "web", "mail", "event", "ad"};
  return channels[Below(random, 5)];
}

void AddSubject(Random& random, v1::Event& event) {
  if (Chance(random, 4)) return;  // about nobody
  if (Chance(random, 20)) *event.add_subject() = AnyId(random, v1::ACCOUNT);
  if (Chance(random, 25)) *event.add_subject() = AnyId(random, v1::OPPORTUNITY);
  if (Chance(random, 10)) *event.add_subject() = AnyPerson(random);
  if (event.subject_size() == 0 || Chance(random, 60)) *event.add_subject() = AnyPerson(random);
  if (Chance(random, 3)) *event.add_subject() = AnyId(random, v1::CAMPAIGN);
}

// A link, or its undoing.
void SetLink(Random& random, v1::Event& event) {
  switch (Below(random, 6)) {
    case 0:
      *event.mutable_joined_account()->mutable_contact() = AnyPerson(random);
      *event.mutable_joined_account()->mutable_account() = AnyId(random, v1::ACCOUNT);
      *event.add_subject() = event.joined_account().contact();
      break;
    case 1:
      *event.mutable_left_account()->mutable_contact() = AnyPerson(random);
      *event.mutable_left_account()->mutable_account() = AnyId(random, v1::ACCOUNT);
      *event.add_subject() = event.left_account().contact();
      break;
    case 2: {
      const v1::IdKind kind = AnyKind(random);
      *event.mutable_merged()->mutable_merged() = AnyId(random, kind);
      *event.mutable_merged()->mutable_into() = AnyId(random, kind);
      *event.add_subject() = event.merged().merged();
      break;
    }
    case 3:
      *event.mutable_unlinked()->mutable_child() = AnyId(random, AnyKind(random));
      if (Chance(random, 60)) {
        *event.mutable_unlinked()->mutable_parent() = AnyId(random, AnyKind(random));
      }
      *event.add_subject() = event.unlinked().child();
      break;
    case 4: {
      v1::Lead& lead = *event.mutable_lead();
      lead.set_action(v1::Lead::CONVERTED);
      if (Chance(random, 90)) *event.add_subject() = AnyId(random, v1::LEAD);
      if (Chance(random, 80)) *lead.mutable_converted_contact() = AnyId(random, v1::CONTACT);
      if (Chance(random, 70)) *lead.mutable_converted_account() = AnyId(random, v1::ACCOUNT);
      if (Chance(random, 50)) {
        *lead.mutable_converted_opportunity() = AnyId(random, v1::OPPORTUNITY);
      }
      break;
    }
    default: {
      const std::pair<v1::IdKind, v1::IdKind> pairs[] = {
          {v1::ANONYMOUS, v1::CONTACT},   {v1::ANONYMOUS, v1::LEAD},    {v1::LEAD, v1::CONTACT},
          {v1::CONTACT, v1::ACCOUNT},     {v1::CONTACT, v1::CONTACT},   {v1::ACCOUNT, v1::ACCOUNT},
          {v1::OPPORTUNITY, v1::ACCOUNT}, {v1::ANONYMOUS, v1::ACCOUNT}, {v1::CONTACT, v1::LEAD}};
      const auto& [child, parent] = pairs[Below(random, 9)];
      *event.mutable_linked()->mutable_child() = AnyId(random, child);
      *event.mutable_linked()->mutable_parent() = AnyId(random, parent);
      *event.add_subject() = event.linked().child();
    }
  }
  if (Chance(random, 15)) event.clear_subject();
}

void SetToyBody(Random& random, v1::Event& event) {
  AddSubject(random, event);
  event.set_channel(AnyChannel(random));
  switch (Below(random, 12)) {
    case 0:
    case 1:
    case 2:
      event.mutable_page_view()->set_seconds(Below(random, 3));
      break;
    case 3:
    case 4:
      event.mutable_form()->set_form_id("f");
      if (Chance(random, 70)) event.mutable_form()->set_email(absl::StrCat(Below(random, 2), "@x"));
      break;
    case 5:
    case 6:
      event.mutable_chat()->set_text(std::string(static_cast<size_t>(Below(random, 4)), 'x'));
      break;
    case 7:
    case 8:
      event.mutable_opportunity_opened()->mutable_fields()->mutable_amount()->set_units(
          Below(random, 5));
      break;
    case 9:
      event.mutable_opportunity_closed()->set_outcome(v1::OpportunityClosed::WON);
      break;
    case 10:
      *event.mutable_entity_deleted()->mutable_entity() = AnyPerson(random);
      break;
    default:
      event.mutable_custom()->set_kind("toy");
      event.mutable_custom()->set_text("personal");
  }
}

void SetAnyBody(Random& random, v1::Event& event) {
  AddSubject(random, event);
  event.set_channel(AnyChannel(random));
  const auto* bodies = v1::Event::descriptor()->FindOneofByName("body");
  const auto* body = bodies->field(Below(random, bodies->field_count()));
  FillAtRandom(random, *event.GetReflection()->MutableMessage(&event, body));
}

std::string Unreadable(Random& random) {
  v1::Event event;
  switch (Below(random, 5)) {
    case 0:
      return absl::StrCat("\xff\xff nonsense ", Below(random, 2));
    case 1:
      event.set_id("without a source");
      break;
    case 2:
      event.set_id("e");
      event.set_source("s");
      event.set_occurred_at(17);
      *event.add_subject() = MakeId(v1::ID_KIND_UNSPECIFIED, "x");
      break;
    case 3:
      return "";
    default:
      event.set_id("e");
      event.set_source("s");
      event.set_occurred_at(kFirstInstant);
      event.set_occurred_precision(v1::DAY);
      event.set_zone("Nowhere/Land");
  }
  return event.SerializeAsString();
}

v1::Event RandomEvent(Random& random, int number, Bodies bodies,
                      const std::vector<v1::Event>& before) {
  v1::Event event;
  event.set_source(Chance(random, 50) ? "s" : "t");
  event.set_id(absl::StrCat("e", number));
  if (!before.empty() && Chance(random, 18)) {
    const v1::Event& other =
        before[static_cast<size_t>(Below(random, static_cast<int>(before.size())))];
    event.set_source(other.source());
    event.set_id(other.id());
    if (Chance(random, 40)) {  // the same but for one thing
      event = other;
      event.clear_recorded_at();
      event.set_actor(Chance(random, 50) ? "x" : "y");
    }
  }
  event.set_occurred_at(kFirstInstant + Below(random, 12) * 6 * kHour);
  if (Chance(random, 15)) {
    event.set_occurred_precision(Chance(random, 70) ? v1::DAY : v1::MONTH);
    if (Chance(random, 50)) event.set_zone("Europe/Berlin");
  }
  if (Chance(random, 30)) event.set_sequence(Below(random, 5) - 2);
  if (Chance(random, 15)) event.set_revision(static_cast<uint32_t>(Below(random, 3)));
  event.set_voided(Chance(random, 7));
  if (Chance(random, 50)) event.set_recorded_at(kFirstInstant + Below(random, 4));
  if (event.body_case() != v1::Event::BODY_NOT_SET) return event;
  if (Chance(random, 30)) {
    SetLink(random, event);
  } else if (Chance(random, 5)) {
    *event.mutable_erasure()->add_ids() = AnyPerson(random);
    AddSubject(random, event);
  } else if (bodies == Bodies::kToy || Chance(random, 30)) {
    SetToyBody(random, event);
  } else {
    SetAnyBody(random, event);
  }
  if (Chance(random, 3)) {
    // Of a newer publisher.
    event.GetReflection()->MutableUnknownFields(&event)->AddVarint(4000, 7);
  }
  return event;
}

}  // namespace

void FillAtRandom(Random& random, google::protobuf::Message& message, int depth) {
  using google::protobuf::FieldDescriptor;
  const auto& reflection = *message.GetReflection();
  const auto* type = message.GetDescriptor();
  if (type == v1::Id::descriptor()) {
    message.CopyFrom(AnyId(random, AnyKind(random)));
    return;
  }
  if (type == v1::Money::descriptor()) {
    v1::Money money;
    money.set_currency_code(Chance(random, 80) ? "EUR" : "JPY");
    money.set_units(Below(random, 5) * 100);
    if (Chance(random, 5)) money.set_currency_code("?");
    message.CopyFrom(money);
    return;
  }
  for (int f = 0; f < type->field_count(); ++f) {
    const FieldDescriptor* field = type->field(f);
    if (Chance(random, 40)) continue;
    const bool repeated = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        const char* texts[] = {"", "a", "b", "new", "qualification", "proposal", "closed_won"};
        const std::string text = texts[Below(random, 7)];
        if (repeated) {
          reflection.AddString(&message, field, text);
        } else {
          reflection.SetString(&message, field, text);
        }
        break;
      }
      case FieldDescriptor::CPPTYPE_INT32:
        if (!repeated) reflection.SetInt32(&message, field, Below(random, 4));
        break;
      case FieldDescriptor::CPPTYPE_INT64: {
        const int64_t instant = kFirstInstant + Below(random, 8) * 24 * kHour;
        if (!repeated) {
          reflection.SetInt64(&message, field, Chance(random, 60) ? instant : Below(random, 4));
        }
        break;
      }
      case FieldDescriptor::CPPTYPE_BOOL:
        if (!repeated) reflection.SetBool(&message, field, Chance(random, 30));
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        if (!repeated) reflection.SetDouble(&message, field, Below(random, 4) / 2.0);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        if (!repeated) {
          const auto* values = field->enum_type();
          reflection.SetEnum(&message, field, values->value(Below(random, values->value_count())));
        }
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth > 3) break;
        FillAtRandom(random,
                     repeated ? *reflection.AddMessage(&message, field)
                              : *reflection.MutableMessage(&message, field),
                     depth + 1);
        break;
      default:
        break;
    }
  }
}

std::vector<std::string> RandomRecords(Random& random, int count, Bodies bodies) {
  std::vector<v1::Event> events;
  std::vector<std::string> records;
  for (int i = 0; i < count; ++i) {
    if (Chance(random, 4)) {
      records.push_back(Unreadable(random));
      continue;
    }
    events.push_back(RandomEvent(random, i, bodies, events));
    records.push_back(events.back().SerializeAsString());
  }
  return records;
}

}  // namespace revops::test
