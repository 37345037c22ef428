#include "engine/event/id.h"

#include "gtest/gtest.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

TEST(IdTest, TextAndIdAreInverse) {
  for (const char* text :
       {"contact:crm:42", "anonymous::x", "account:a:b:c", "opportunity:crm:é"}) {
    EXPECT_EQ(ToText(IdOfText(text)), text);
  }
}

TEST(IdTest, TheSameValueOfAnotherNamespaceIsAnotherId) {
  EXPECT_NE(IdOfText("contact:crm:42"), IdOfText("contact:erp:42"));
  EXPECT_NE(IdOfText("contact:c:rm"), IdOfText("contact:cr:m"));
}

TEST(IdTest, WhatIsNoIdIsRefused) {
  for (const char* text : {"", "contact", "contact:crm", "contact:crm:", "planet:crm:1"}) {
    EXPECT_FALSE(ParseId(text).ok()) << text;
  }
  v1::Id id = IdOfText("contact:crm:42").ToProto();
  id.set_namespace_(std::string(65, 'n'));
  EXPECT_FALSE(CheckId(id).ok());
  id.set_namespace_("crm");
  id.set_value("\xff");
  EXPECT_FALSE(CheckId(id).ok());
  id.set_value("line\nbreak");
  EXPECT_FALSE(CheckId(id).ok());
}

TEST(IdTest, BytesGiveTheIdBack) {
  const Id id = IdOfText("lead:crm:7");
  EXPECT_EQ(Id::FromBytes(id.bytes()), id);
  EXPECT_EQ(Id(id.ToProto()), id);
  EXPECT_EQ(id.name_space(), "crm");
  EXPECT_EQ(id.value(), "7");
  EXPECT_TRUE(id.is_person());
  EXPECT_FALSE(IdOfText("account:crm:7").is_person());
}

}  // namespace
}  // namespace revops::test
