// Keeps rows whose field compares with a value as a request says; works on any row message.
//
// A row is compared as a reader sees it (after Present), not as it is stored: a filter on a decayed
// score or on days in stage means what the answer shows.
#pragma once

#include "absl/status/statusor.h"
#include "engine/query/row_value.h"
#include "revops/v1/service.pb.h"

namespace revops {

constexpr int kFiltersMax = 16;

// Thread safety: immutable.
class RowFilter {
 public:
  // Errors: kInvalidArgument: no such field (offers the list), no such comparison for its type, a
  // value that cannot be read.
  static absl::StatusOr<RowFilter> Parse(const google::protobuf::Descriptor& row,
                                         const v1::Filter& filter, const Zone& zone);

  // A field that is not set (nor 0, for a time) passes NOT_EQUAL and IS_NOT_SET alone; text is
  // compared by its bytes, in CONTAINS without regard to the case of ASCII letters; of several
  // values under one path, one that passes is enough; money of another currency than the value's
  // is unequal and neither less nor greater.
  // REQUIRES: `row` is of the type that was given to Parse.
  bool Passes(const google::protobuf::Message& row) const;

 private:
  RowFilter() = default;
  bool PassesFrom(const google::protobuf::Message& message, size_t step) const;
  bool PassesValue(const RowValue& value) const;
  // The answer for a field without a value.
  bool PassesUnset() const;

  RowPath path_;
  v1::Filter::Op op_ = v1::Filter::EQUAL;
  RowValue value_;
};

}  // namespace revops
