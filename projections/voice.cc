// The voice of the customer: objections, concerns, needs, requests and praise, competitors named;
// how they were answered and what followed; surveys.
#include "projections/registry.h"
#include "revops/v1/views.pb.h"

namespace revops {
namespace {

using View = v1::VoiceView;

// answer: the piece of content it was answered with, else how it was answered, else "".
const Measure kVoices = {.name = "voices",
                         .dimensions = {"voice", "topic", "competitor", "feature", "answer"},
                         .grouping_sets = {{0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 1, 4}}};
// Of those, on the same day, the ones after which something followed within the model's
// follow_days: meeting, opportunity, won, lost. n is the same slice of voices; the comparison group
// of an answer is the same topic without it, above all answer "".
const Measure kFollowed = {.name = "voices_followed",
                           .dimensions = {"followed", "voice", "topic", "answer"},
                           .grouping_sets = {{0, 1}, {0, 1, 2}, {0, 1, 3}, {0, 1, 2, 3}}};
// grade of NPS: promoter (9-10), passive (7-8), detractor (0-6); of others: "".
const Measure kSurveys = {.name = "surveys",
                          .dimensions = {"instrument", "grade", "answer"},
                          .grouping_sets = {{0}, {0, 1}, {0, 2}}};
// Scores, and the highest that was possible: their ratio is satisfaction.
const Measure kScore = {
    .name = "survey_score", .dimensions = {"instrument"}, .grouping_sets = {{0}}};
const Measure kScale = {
    .name = "survey_scale", .dimensions = {"instrument"}, .grouping_sets = {{0}}};

class Voice final : public Projection {
 public:
  absl::string_view name() const override { return "voice"; }
  int version() const override { return 1; }
  absl::string_view summary() const override {
    return "What customers said: objections, needs, competitors; how it was answered and what "
           "followed.";
  }
  const google::protobuf::Message& prototype() const override { return View::default_instance(); }
  const std::vector<Measure>& measures() const override {
    static const auto& list = *[] {
      auto* all = new std::vector<Measure>();
      for (const std::vector<Measure>& some :
           std::vector<std::vector<Measure>>{{kVoices, kFollowed, kSurveys, kScore, kScale}}) {
        all->insert(all->end(), some.begin(), some.end());
      }
      return all;
    }();
    return list;
  }
  const std::vector<IndexList>& indexes() const override {
    static const auto& list = *new std::vector<IndexList>();
    return list;
  }
  absl::Status Apply(const Fact&, Fold&) const override { return absl::OkStatus(); }
  std::vector<IndexKey> IndexKeys(const google::protobuf::Message&) const override { return {}; }
  void Present(int64_t, const RevenueModel&, google::protobuf::Message&) const override {}
};

}  // namespace

std::unique_ptr<const Projection> MakeVoice() { return std::make_unique<const Voice>(); }

}  // namespace revops
