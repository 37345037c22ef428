// One test of one field of an event or of what is known of a person or company, ready to run.
//
// Fields are named as the contract names them: "campaign_id", "utm.source", "webinar.minutes",
// "property.NAME"; of traits "country", "employees". Names are resolved and patterns compiled when
// the model is loaded, so that a fold neither parses nor fails.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "re2/re2.h"
#include "revops/v1/event.pb.h"
#include "revops/v1/model.pb.h"

namespace revops {

// A text or a whole number.
struct FieldValue {
  absl::string_view text;
  std::optional<int64_t> number;
};

// A field's name, resolved.
struct FieldName {
  enum class Kind { kPath, kReferrerHost, kProperty, kPersona, kSegment, kTargetList };
  Kind kind = Kind::kPath;
  // Of an event: {field} or {message, field}; of traits: {field}.
  std::vector<const google::protobuf::FieldDescriptor*> path;
  std::string property;
};

// Errors: kInvalidArgument, with names that would do.
absl::StatusOr<FieldName> EventFieldNamed(absl::string_view name);
absl::StatusOr<FieldName> TraitFieldNamed(absl::string_view name);

// Where values come from.
class FieldSource {
 public:
  virtual ~FieldSource() = default;
  // Whether any value of `field` passes `test`; false if it has none.
  virtual bool Any(const FieldName& field,
                   absl::FunctionRef<bool(const FieldValue&)> test) const = 0;
};

// Lifetime: borrows the event.
class EventFields final : public FieldSource {
 public:
  explicit EventFields(const v1::Event& event) : event_(event) {}
  bool Any(const FieldName& field, absl::FunctionRef<bool(const FieldValue&)> test) const override;

 private:
  const v1::Event& event_;
};

// What is known of one person or account. Lifetime: borrows all of it.
class TraitFields final : public FieldSource {
 public:
  struct Known {
    const v1::Traits& traits;
    absl::string_view persona;
    const google::protobuf::RepeatedPtrField<std::string>& segments;
    const google::protobuf::RepeatedPtrField<std::string>& target_lists;
  };
  explicit TraitFields(const Known& known) : known_(known) {}
  bool Any(const FieldName& field, absl::FunctionRef<bool(const FieldValue&)> test) const override;

 private:
  const Known known_;
};

// The host of a URL, without "www." and port: "https://www.google.com/search" -> "google.com".
absl::string_view HostOf(absl::string_view url);

// The whole text must match; case is ignored; memory is bounded to 1 MiB and time is linear.
// Errors: kInvalidArgument, with what is wrong.
absl::StatusOr<std::unique_ptr<const RE2>> CompilePattern(absl::string_view pattern);

// All of `when` hold and none of `unless`.
// Thread safety: immutable.
class Conditions final {
 public:
  enum class Of { kEvent, kTraits };
  Conditions() = default;
  // REQUIRES: the model was checked.
  Conditions(Of of, const google::protobuf::RepeatedPtrField<v1::Condition>& when,
             const google::protobuf::RepeatedPtrField<v1::Condition>& unless);

  bool Hold(const FieldSource& source) const;

 private:
  struct Test {
    FieldName field;
    std::vector<std::string> equals;
    std::unique_ptr<const RE2> matches;
    std::optional<int64_t> at_least;
    std::optional<int64_t> at_most;
    std::optional<bool> present;
    bool Holds(const FieldSource& source) const;
  };
  static std::vector<Test> Compile(Of of,
                                   const google::protobuf::RepeatedPtrField<v1::Condition>& list);

  std::vector<Test> when_;
  std::vector<Test> unless_;
};

}  // namespace revops
