// One event template of a mapping, compiled: what makes an event of a row.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/import/conversion.h"
#include "engine/import/field_path.h"
#include "engine/import/text_value.h"
#include "google/protobuf/text_format.h"
#include "revops/v1/event.pb.h"
#include "revops/v1/mapping.pb.h"

namespace revops {

// A message of a mapping file, and where in the file it stands.
class MappingPlace final {
 public:
  MappingPlace(std::string file, const google::protobuf::TextFormat::ParseInfoTree* tree)
      : file_(std::move(file)), tree_(tree) {}

  // "mapping.textproto:12": where the field of `message` stands; `index` counts a repeated one.
  std::string At(const google::protobuf::Message& message, const std::string& field,
                 int index = -1) const;
  MappingPlace Nested(const google::protobuf::Message& message, const std::string& field,
                      int index = -1) const;

 private:
  std::string file_;
  const google::protobuf::TextFormat::ParseInfoTree* tree_;  // null: not known
};

class EventRule final {
 public:
  // What all rules of a mapping share while they are compiled.
  struct Context {
    const v1::Mapping& mapping;
    const MappingPlace& place;
    ColumnSet& columns;
    std::vector<TableUse>& tables;
  };

  // `index` is the template's place in the mapping.
  // Errors: kInvalidArgument, beginning with the mapping's file and line.
  static absl::StatusOr<EventRule> Compile(const Context& context, int index);

  const std::string& name() const { return name_; }

  // The event that the row makes; nullopt if a condition does not hold. `row_number` counts rows
  // from 1.
  // Errors: kInvalidArgument, naming the columns, the value, what to do, and the mapping's line.
  absl::StatusOr<std::optional<v1::Event>> Make(const Row& row, int64_t row_number,
                                                const std::vector<LookupTable>& tables) const;

 private:
  struct Condition {
    size_t cell;
    v1::Mapping::Condition asked;
    absl::flat_hash_set<std::string> texts;
  };
  struct FieldRule {
    FieldPath path;
    TextValue value;
    Conversion conversion;
    std::string place;
  };
  // A list element that is left out when none of its columns has a value.
  struct Element {
    FieldPath path;  // of one of its fields
    size_t step;     // which step of it is the element
    std::vector<size_t> rules;
  };

  absl::Status AddCondition(const Context& context, const MappingPlace& place,
                            const v1::Mapping::EventTemplate& event, int index);
  absl::Status AddField(const Context& context, const v1::Mapping::Field& field, std::string place);
  absl::Status CheckPaths() const;
  absl::Status FindElements();
  absl::Status CheckNeeded();
  bool Holds(const Row& row) const;
  void DropEmptyElements(const std::vector<bool>& filled, v1::Event& event) const;

  std::string name_;
  std::string source_;
  v1::Mapping::Sequence sequence_ = v1::Mapping::SEQUENCE_UNSPECIFIED;
  int64_t order_ = 0;  // from 1
  bool needs_subject_ = false;
  std::vector<Condition> conditions_;
  std::vector<FieldRule> fields_;
  std::vector<Element> elements_;  // the ones to drop last first
};

}  // namespace revops
