// The voice of the customer: objections, concerns, needs, requests and praise, competitors named;
// how they were answered and what followed; surveys.
#include "absl/strings/str_cat.h"
#include "engine/event/kind.h"
#include "projections/registry.h"
#include "projections/rows.h"
#include "revops/v1/views.pb.h"

namespace revops {
namespace {

using v1::Event;
using View = v1::VoiceView;
using State = v1::OpportunityView;

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

constexpr int kHeardMax = 60;

absl::string_view VoiceName(v1::Voice::Kind kind) {
  switch (kind) {
    case v1::Voice::OBJECTION:
      return "objection";
    case v1::Voice::CONCERN:
      return "concern";
    case v1::Voice::NEED:
      return "need";
    case v1::Voice::FEATURE_REQUEST:
      return "feature_request";
    case v1::Voice::PRAISE:
      return "praise";
    default:
      return "";
  }
}

absl::string_view InstrumentName(v1::Survey::Instrument instrument) {
  switch (instrument) {
    case v1::Survey::NPS:
      return "nps";
    case v1::Survey::CSAT:
      return "csat";
    case v1::Survey::WIN_LOSS:
      return "win_loss";
    case v1::Survey::AWARENESS:
      return "awareness";
    case v1::Survey::HOW_HEARD:
      return "how_heard";
    default:
      return "";
  }
}

// What it was answered with: the piece of content, else how.
template <typename Said>
absl::string_view AnswerOf(const Said& said) {
  return said.answered_with_content_id().empty() ? absl::string_view(said.answered_how())
                                                 : said.answered_with_content_id();
}

// One fact, folded into the row of the account, of a person without one, or of whom a survey is
// about (our company, for a survey of the market).
class Folding final {
 public:
  Folding(const Fact& fact, Fold& fold)
      : fact_(fact),
        fold_(fold),
        model_(fold.model()),
        at_(fact.occurred_at),
        self_(!fact.account().empty() ? fact.account()
              : !fact.person.empty()  ? fact.person
                                      : fact.root) {}

  absl::Status Run() {
    if (const auto* moved = fact_.As<v1::OpportunityMoved>(); moved != nullptr) {
      DealMoved(*moved);
      return absl::OkStatus();
    }
    if (fact_.derived != nullptr || fact_.event == nullptr || !model_.Counts(*fact_.event, at_)) {
      return absl::OkStatus();
    }
    const Event& event = *fact_.event;
    if (event.has_voice()) return Hear(event.voice());
    if (event.has_survey()) return Survey(event.survey());
    const bool held = (event.has_meeting() && event.meeting().action() == v1::Meeting::HELD) ||
                      (event.has_demo() && event.demo().action() == v1::Demo::HELD);
    if (held) Follow("meeting");
    return absl::OkStatus();
  }

 private:
  absl::Status Hear(const v1::Voice& voice) {
    if (VoiceName(voice.kind()).empty()) {
      return absl::InvalidArgumentError("what was said has no kind; set voice.kind");
    }
    fold_.Count(kVoices, model_.DayOf(at_),
                {VoiceName(voice.kind()), voice.topic(), voice.competitor(), voice.feature(),
                 AnswerOf(voice)},
                1);
    View& row = fold_.row<View>(self_);
    auto& list = *row.mutable_heard();
    if (list.size() >= kHeardMax) list.erase(list.begin());
    v1::VoiceHeard& heard = *list.Add();
    heard.set_at(at_);
    heard.set_kind(voice.kind());
    heard.set_topic(voice.topic());
    heard.set_feature(voice.feature());
    heard.set_competitor(voice.competitor());
    heard.set_answered_with_content_id(voice.answered_with_content_id());
    heard.set_answered_how(voice.answered_how());
    if (!fact_.person.empty()) heard.set_person(ToText(fact_.person));
    if (!fact_.opportunity.empty()) heard.set_opportunity(ToText(fact_.opportunity));
    row.set_count(row.count() + 1);
    row.set_last_at(at_);
    AddTally(*row.mutable_by_kind(), VoiceName(voice.kind()), 1);
    if (!voice.competitor().empty()) AddTally(*row.mutable_competitors(), voice.competitor(), 1);
    const bool asks = voice.kind() == v1::Voice::OBJECTION || voice.kind() == v1::Voice::CONCERN;
    if (asks && AnswerOf(voice).empty()) row.set_unanswered(row.unanswered() + 1);
    return absl::OkStatus();
  }

  absl::Status Survey(const v1::Survey& survey) {
    const absl::string_view instrument = InstrumentName(survey.instrument());
    if (instrument.empty()) {
      return absl::InvalidArgumentError("a survey without an instrument; set survey.instrument");
    }
    if (survey.score() < 0 || survey.score() > survey.scale()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the score is ", survey.score(), " of ", survey.scale(),
                       "; set survey.scale to the highest score possible"));
    }
    const bool nps = survey.instrument() == v1::Survey::NPS;
    if (nps && survey.scale() != 10) {
      return absl::InvalidArgumentError(
          absl::StrCat("an NPS of scale ", survey.scale(), "; its scale is 10"));
    }
    const absl::string_view grade = !nps                  ? ""
                                    : survey.score() >= 9 ? "promoter"
                                    : survey.score() >= 7 ? "passive"
                                                          : "detractor";
    const int32_t day = model_.DayOf(at_);
    fold_.Count(kSurveys, day, {instrument, grade, survey.answer()}, 1);
    if (survey.scale() > 0) {
      fold_.Count(kScore, day, {instrument}, survey.score());
      fold_.Count(kScale, day, {instrument}, survey.scale());
    }
    View& row = fold_.row<View>(self_);
    row.set_last_at(at_);
    if (!nps) return absl::OkStatus();
    row.set_nps_score(survey.score());
    row.set_nps_at(at_);
    return absl::OkStatus();
  }

  void DealMoved(const v1::OpportunityMoved& moved) {
    if (moved.from() == moved.to()) return;
    if (moved.from() == State::STATE_UNSPECIFIED && moved.to() == State::OPEN) {
      Follow("opportunity");
    }
    if (moved.to() == State::WON) Follow("won");
    if (moved.to() == State::LOST) Follow("lost");
  }

  // Something happened: it has followed what was said so shortly before, once each. What was said
  // in one deal is followed by that deal's outcome alone.
  void Follow(absl::string_view what) {
    if (fold_.find<View>(self_) == nullptr) return;
    const std::string deal = fact_.opportunity.empty() ? "" : ToText(fact_.opportunity);
    const int64_t window = model_.customers().follow_days() * kMicrosPerDay;
    for (auto& heard : *fold_.row<View>(self_).mutable_heard()) {
      const bool other =
          !deal.empty() && !heard.opportunity().empty() && heard.opportunity() != deal;
      if (other || at_ - heard.at() > window) continue;
      if (!InsertSorted(*heard.mutable_followed(), what)) continue;
      fold_.Count(kFollowed, model_.DayOf(heard.at()),
                  {what, VoiceName(heard.kind()), heard.topic(), AnswerOf(heard)}, 1);
    }
  }

  const Fact& fact_;
  Fold& fold_;
  const RevenueModel& model_;
  const int64_t at_;
  const Id self_;
};

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
    static const auto& list =
        *new std::vector<Measure>{kVoices, kFollowed, kSurveys, kScore, kScale};
    return list;
  }
  const std::vector<IndexList>& indexes() const override {
    static const auto& list = *new std::vector<IndexList>{
        {.name = "last", .sort_by = "who said something last, the latest first"},
        {.name = "unanswered", .sort_by = "objections and concerns unanswered, the most first"}};
    return list;
  }

  absl::Status Apply(const Fact& fact, Fold& fold) const override {
    return Folding(fact, fold).Run();
  }

  std::vector<IndexKey> IndexKeys(const google::protobuf::Message& row) const override {
    const auto& voice = static_cast<const View&>(row);
    std::vector<IndexKey> keys;
    if (voice.last_at() != 0) keys.push_back({"last", Descending(voice.last_at())});
    if (voice.unanswered() > 0) keys.push_back({"unanswered", Descending(voice.unanswered())});
    return keys;
  }

  void Present(int64_t, const RevenueModel&, google::protobuf::Message&) const override {}
};

}  // namespace

std::unique_ptr<const Projection> MakeVoice() { return std::make_unique<const Voice>(); }

}  // namespace revops
