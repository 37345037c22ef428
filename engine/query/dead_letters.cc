#include "engine/query/dead_letters.h"

#include <memory>
#include <string>

#include "engine/base/status.h"
#include "engine/query/limits.h"
#include "engine/query/merged_walk.h"
#include "engine/query/page_token.h"
#include "engine/query/stored_journey.h"
#include "engine/query/views.h"
#include "engine/view/keys.h"
#include "revops/v1/stored.pb.h"

namespace revops {
namespace {

constexpr size_t kShownBytesMax = 1024;
constexpr size_t kRootBytes = 16;

absl::Status Damaged() {
  return absl::DataLossError(
      "a listed dead letter is not there or damaged; rebuild the view store from the log");
}

absl::Status Describe(const v1::StoredDeadLetter& stored, const Id& root, v1::DeadLetter& letter) {
  letter.set_projection(stored.projection());
  letter.set_reason(stored.reason());
  *letter.mutable_root() = root.ToProto();
  if (stored.unreadable()) {
    letter.set_record(stored.event().substr(0, kShownBytesMax));
    return absl::OkStatus();
  }
  if (!letter.mutable_event()->ParseFromString(stored.event())) return Damaged();
  letter.mutable_event()->set_recorded_at(stored.recorded_at());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::DeadLettersResponse> ListDeadLetters(const Engine& engine, const Look& look,
                                                        const v1::DeadLettersRequest& request) {
  if (!request.projection().empty()) {
    RETURN_IF_ERROR(FindView(engine.registry(), request.projection()).status());
  }
  ASSIGN_OR_RETURN(const int page_size, PageSize(request.page_size()));
  PageToken token;
  token.question = QuestionHash(request, engine.generation());
  std::string place;
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(token, ParsePageToken(request.page_token(), token.question));
    place = PlaceAfter(keys::DeadLetters() + token.place, WalkOrder::kAscending);
  }

  PageBudget budget(page_size);
  v1::DeadLettersResponse response;
  std::unique_ptr<StoredJourney> journey;  // neighbours share one
  std::string bytes;
  const std::string prefix = keys::DeadLetters();
  MergedWalk walk(look, prefix, place, WalkOrder::kAscending);
  for (; walk.valid() && !budget.spent(); walk.Next()) {
    budget.Examine();
    const absl::string_view key = walk.key().substr(prefix.size());
    if (key.size() < kRootBytes) return Damaged();
    token.place = std::string(key);
    const uint128 root16 = keys::RootAt(key, 0);
    if (journey == nullptr || journey->root16() != root16) {
      journey = std::make_unique<StoredJourney>();
      ASSIGN_OR_RETURN(const bool exists, journey->Load(*look[walk.partition()].store, root16));
      if (!exists) return Damaged();
    }
    ASSIGN_OR_RETURN(const bool found,
                     journey->FindRow(kDeadLetters, key.substr(kRootBytes), bytes));
    v1::StoredDeadLetter stored;
    if (!found || !stored.ParseFromString(bytes)) return Damaged();
    if (!request.projection().empty() && stored.projection() != request.projection()) continue;
    budget.Keep(bytes.size());
    RETURN_IF_ERROR(Describe(stored, journey->root(), *response.add_dead_letters()));
  }
  RETURN_IF_ERROR(walk.status());
  if (walk.valid()) response.set_next_page_token(ToText(token));
  return response;
}

}  // namespace revops
