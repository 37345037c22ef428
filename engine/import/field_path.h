// Paths into revops.v1.Event, resolved by reflection when a mapping is loaded:
// "opportunity_closed.fields.amount", "products[0].name".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "revops/v1/event.pb.h"

namespace revops {

class FieldPath final {
 public:
  struct Step {
    const google::protobuf::FieldDescriptor* field;
    std::optional<int> index;  // of a repeated field
  };

  // Errors: kInvalidArgument if a name is no field of its message, an index is missing, not wanted
  // or beyond 63. The message lists the fields there are.
  static absl::StatusOr<FieldPath> Parse(absl::string_view text);

  const std::string& text() const { return text_; }
  const std::vector<Step>& steps() const { return steps_; }
  // The field at the end; without an index it may be repeated: appended to.
  const google::protobuf::FieldDescriptor& leaf() const { return *steps_.back().field; }
  bool appends() const { return leaf().is_repeated() && !steps_.back().index.has_value(); }

  // The path up to and with step `i`, in one spelling: "products[0]".
  std::string Prefix(size_t i) const;

  // The message that holds the field at the end; made on the way, with list elements up to the
  // index.
  google::protobuf::Message& Parent(v1::Event& event) const;

 private:
  std::string text_;
  std::vector<Step> steps_;
};

}  // namespace revops
