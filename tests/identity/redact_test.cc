#include "engine/identity/redact.h"

#include "engine/fold/row_set.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "tests/support/random_events.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

TEST(RedactTest, PersonalFieldsAreClearedAndTheOthersStay) {
  v1::Event event = EventOf({"e",
                             1,
                             {"contact:crm:ada"},
                             "properties { name: \"plan\" text: \"secret\" } "
                             "form { form_id: \"f1\" email: \"ada@x\" text: \"call me\" }"});
  Redact(event);
  EXPECT_EQ(event.form().form_id(), "f1");
  EXPECT_TRUE(event.form().email().empty());
  EXPECT_TRUE(event.form().text().empty());
  EXPECT_EQ(event.properties(0).name(), "plan");
  EXPECT_TRUE(event.properties(0).text().empty());
  EXPECT_EQ(event.subject_size(), 1);
}

TEST(RedactTest, UnknownFieldsAreDroppedAtAnyDepth) {
  v1::Event event = EventOf({"e", 1, {"contact:crm:ada"}, "form { form_id: \"f1\" }"});
  event.GetReflection()->MutableUnknownFields(&event)->AddLengthDelimited(4000, "secret");
  v1::Form& form = *event.mutable_form();
  form.GetReflection()->MutableUnknownFields(&form)->AddLengthDelimited(4000, "secret");
  Redact(event);
  EXPECT_EQ(event.SerializeAsString().find("secret"), std::string::npos);
}

// No text that is marked personal is left in any body, and doing it again changes nothing.
TEST(RedactTest, NothingPersonalIsLeftInAnyBody) {
  Random random(7);
  const auto* bodies = v1::Event::descriptor()->FindOneofByName("body");
  for (int i = 0; i < bodies->field_count(); ++i) {
    v1::Event event;
    auto* body = event.GetReflection()->MutableMessage(&event, bodies->field(i));
    for (int round = 0; round < 5; ++round) FillAtRandom(random, *body);
    Redact(event);
    const auto* type = body->GetDescriptor();
    for (int f = 0; f < type->field_count(); ++f) {
      if (!type->field(f)->options().GetExtension(v1::personal)) continue;
      const auto* left = event.GetReflection()->MutableMessage(&event, bodies->field(i));
      if (type->field(f)->is_repeated()) {
        EXPECT_EQ(left->GetReflection()->FieldSize(*left, type->field(f)), 0);
      } else {
        EXPECT_FALSE(left->GetReflection()->HasField(*left, type->field(f)));
      }
    }
    const std::string once = DeterministicBytes(event);
    Redact(event);
    EXPECT_EQ(DeterministicBytes(event), once);
  }
}

}  // namespace
}  // namespace revops::test
