#include "engine/query/views.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "projections/registry.h"

namespace revops {
namespace {

using ::testing::Contains;

const v1::RowField* FieldOf(const v1::View& view, const std::string& path) {
  for (const v1::RowField& field : view.fields()) {
    if (field.path() == path) return &field;
  }
  return nullptr;
}

TEST(DescribeViewsTest, EveryViewTellsItsIndexesAndFields) {
  const Registry registry = AllProjections();
  const v1::ViewsResponse views = DescribeViews(registry);
  ASSERT_EQ(views.views_size(), static_cast<int>(registry.size()));
  for (int i = 0; i < views.views_size(); ++i) {
    const v1::View& view = views.views(i);
    EXPECT_EQ(view.name(), std::string(registry[i]->name()));
    EXPECT_NE(view.description(), "");
    EXPECT_EQ(view.row_type(), registry[i]->prototype().GetDescriptor()->full_name());
    EXPECT_GT(view.fields_size(), 5);
    EXPECT_EQ(view.indexes_size(), static_cast<int>(registry[i]->indexes().size()));
  }
}

TEST(DescribeViewsTest, FieldsHaveTheirTypes) {
  const v1::ViewsResponse views = DescribeViews(AllProjections());
  const auto found =
      std::find_if(views.views().begin(), views.views().end(),
                   [](const v1::View& view) { return view.name() == "opportunity"; });
  ASSERT_NE(found, views.views().end());
  const v1::View& deals = *found;
  ASSERT_NE(FieldOf(deals, "opened_at"), nullptr);
  EXPECT_EQ(FieldOf(deals, "opened_at")->type(), "time");
  EXPECT_EQ(FieldOf(deals, "amount")->type(), "money");
  EXPECT_EQ(FieldOf(deals, "amount.units")->type(), "integer");
  EXPECT_EQ(FieldOf(deals, "close_reason")->type(), "text");
  EXPECT_EQ(FieldOf(deals, "deleted")->type(), "bool");
  EXPECT_EQ(FieldOf(deals, "state")->type(), "enum");
  EXPECT_THAT(FieldOf(deals, "state")->enum_values(), Contains("LOST"));
  EXPECT_TRUE(FieldOf(deals, "stages")->repeated_field());
  EXPECT_TRUE(FieldOf(deals, "stages.stage_id")->repeated_field());
  EXPECT_FALSE(FieldOf(deals, "amount.units")->repeated_field());
}

}  // namespace
}  // namespace revops
