// Rows of one entity, and how a stored row becomes what a reader sees.
#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/query/look.h"
#include "google/protobuf/message.h"
#include "revops/v1/service.pb.h"

namespace revops {

// Decodes the rows of one view, as they look at one instant.
// Thread safety: none; one per question.
class RowPresenter {
 public:
  // Lifetime: both outlive it. Units: `at` in microseconds.
  RowPresenter(const Projection& projection, const RevenueModel& model, int64_t at)
      : projection_(projection), model_(model), at_(at), row_(projection.prototype().New()) {}

  // The row as a reader sees it. Lifetime: until the next call.
  // Errors: kDataLoss.
  absl::StatusOr<const google::protobuf::Message*> Read(absl::string_view bytes);

 private:
  const Projection& projection_;
  const RevenueModel& model_;
  const int64_t at_;
  const std::unique_ptr<google::protobuf::Message> row_;
};

v1::Row ToProto(const Id& root, const Id& entity, bool current,
                const google::protobuf::Message& row);

// All rows of request.id in request.view: under the id that it goes on as in each store's links,
// in every journey that holds it, the current one first. Leaves `seen` out. Units: `now` in
// microseconds, for a request without an instant.
// Errors: kInvalidArgument for a bad id, or one of more than 1000 rows; kNotFound for an unknown
// view or an entity without a row; those of reading.
absl::StatusOr<v1::GetResponse> GetRows(const Engine& engine, const Look& look, int64_t now,
                                        const v1::GetRequest& request);

// The id of a request's field `name`.
// Errors: kInvalidArgument, naming the field.
absl::StatusOr<Id> RequestedId(const v1::Id& id, absl::string_view name);

}  // namespace revops
