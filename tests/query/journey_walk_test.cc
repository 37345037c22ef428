#include "engine/query/journey_walk.h"

#include "absl/strings/str_cat.h"
#include "engine/base/wire.h"
#include "engine/query/stored_journey.h"
#include "gtest/gtest.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::kSmallMinute;
using test::kSmallStart;
using test::SmallEngine;

// Counts the values that a walk hands out.
class CountingReader final : public ViewReader {
 public:
  explicit CountingReader(const ViewReader& reader) : reader_(reader) {}

  absl::StatusOr<bool> Get(absl::string_view key, std::string& value) const override {
    ++values_;
    return reader_.Get(key, value);
  }
  absl::Status Scan(absl::string_view prefix, absl::string_view from,
                    const Each& each) const override {
    return reader_.Scan(prefix, from, [&](absl::string_view key, absl::string_view value) {
      ++values_;
      return each(key, value);
    });
  }
  absl::StatusOr<bool> Floor(absl::string_view prefix, absl::string_view at, std::string& key,
                             std::string& value) const override {
    ++values_;
    return reader_.Floor(prefix, at, key, value);
  }
  std::unique_ptr<ViewCursor> Walk(absl::string_view prefix, absl::string_view place,
                                   WalkOrder order) const override {
    return std::make_unique<Cursor>(reader_.Walk(prefix, place, order), values_);
  }
  int values() const { return values_; }

 private:
  class Cursor final : public ViewCursor {
   public:
    Cursor(std::unique_ptr<ViewCursor> at, int& values) : at_(std::move(at)), values_(values) {}
    bool valid() const override { return at_->valid(); }
    absl::string_view key() const override { return at_->key(); }
    absl::string_view value() const override {
      ++values_;
      return at_->value();
    }
    void Next() override { at_->Next(); }
    absl::Status status() const override { return at_->status(); }

   private:
    const std::unique_ptr<ViewCursor> at_;
    int& values_;
  };

  const ViewReader& reader_;
  mutable int values_ = 0;
};

class JourneyWalkTest : public ::testing::Test {
 protected:
  static constexpr int kEvents = 2000;

  JourneyWalkTest() {
    std::vector<std::string> events;
    for (int i = 0; i < kEvents; ++i) {
      events.push_back(
          absl::StrCat(About("contact:crm:ada"), "id: 'n", i,
                       "' page_view {} occurred_at: ", kSmallStart + i * kSmallMinute));
    }
    small_.Given(events);
    const auto found =
        journey_.Load(small_.engine().partition(0)->store(), Root16(Id(v1::CONTACT, "crm", "ada")));
    EXPECT_TRUE(found.ok() && *found) << found.status();
  }

  // The minutes of the first ten entries from a minute on, in one order.
  std::vector<int64_t> TenFrom(int minute, WalkOrder order, const ViewReader& reader) {
    std::string place;
    PutOrdered64(kSmallStart + minute * kSmallMinute, place);
    JourneyWalk walk(reader, journey_.root16(), journey_.head().tail, place, order);
    EXPECT_TRUE(walk.Begin().ok());
    std::vector<int64_t> minutes;
    while (walk.valid() && minutes.size() < 10) {
      minutes.push_back((walk.entry().standing().at - kSmallStart) / kSmallMinute);
      EXPECT_TRUE(walk.Next().ok());
    }
    return minutes;
  }

  SmallEngine small_{1};
  StoredJourney journey_;
};

TEST_F(JourneyWalkTest, APlaceIsFoundWhereverItLies) {
  const ViewStore& store = small_.engine().partition(0)->store();
  for (int minute = 0; minute <= kEvents; minute += 37) {
    const std::vector<int64_t> up = TenFrom(minute, WalkOrder::kAscending, store);
    ASSERT_EQ(up.size(), std::min<size_t>(10, kEvents - minute));
    for (size_t i = 0; i < up.size(); ++i) EXPECT_EQ(up[i], minute + static_cast<int64_t>(i));
    const std::vector<int64_t> down = TenFrom(minute, WalkOrder::kDescending, store);
    ASSERT_EQ(down.size(), std::min<size_t>(10, minute));
    for (size_t i = 0; i < down.size(); ++i) {
      EXPECT_EQ(down[i], minute - 1 - static_cast<int64_t>(i));
    }
  }
}

TEST_F(JourneyWalkTest, AFewEntriesCostAFewChunksHoweverLongTheJourney) {
  for (const WalkOrder order : {WalkOrder::kAscending, WalkOrder::kDescending}) {
    CountingReader reader(small_.engine().partition(0)->store());
    EXPECT_EQ(TenFrom(kEvents / 2, order, reader).size(), 10u);
    EXPECT_LE(reader.values(), 13);  // at worst an entry a chunk
  }
}

}  // namespace
}  // namespace revops
