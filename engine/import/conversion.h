// From a field's text to what the field holds.
#pragma once

#include <optional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/import/decimal.h"
#include "engine/import/field_path.h"
#include "engine/import/text_value.h"
#include "engine/import/time_text.h"
#include "revops/v1/mapping.pb.h"

namespace revops {

class Conversion final {
 public:
  // Chosen by the type of the field at the end of `path`, and what `field` asks for.
  // Errors: kInvalidArgument if the two do not fit, or what is asked for is incomplete.
  static absl::StatusOr<Conversion> Compile(const v1::Mapping& mapping,
                                            const v1::Mapping::Field& field, const FieldPath& path,
                                            ColumnSet& columns);

  // Sets or appends the converted text.
  // Errors: kInvalidArgument, with the text and what to do.
  absl::Status Apply(absl::string_view text, const Row& row, v1::Event& event) const;

 private:
  absl::Status CheckForms(const v1::Mapping::Field& field) const;
  absl::Status CompileMoney(const v1::Mapping::MoneyForm& form, ColumnSet& columns);

  absl::Status SetScalar(absl::string_view text, google::protobuf::Message& parent) const;
  absl::Status SetEnum(absl::string_view text, google::protobuf::Message& parent) const;
  absl::Status SetMessage(absl::string_view text, const Row& row,
                          google::protobuf::Message& message) const;
  absl::StatusOr<int128> Integer(absl::string_view text) const;
  absl::StatusOr<bool> Bool(absl::string_view text) const;
  absl::Status ToMoney(absl::string_view text, const Row& row, v1::Money& money) const;
  absl::Status ToId(absl::string_view text, v1::Id& id) const;
  absl::Status ToProperty(absl::string_view text, const Row& row, v1::Property& property) const;

  FieldPath path_;
  v1::Mapping::Field field_;
  std::string source_;
  std::optional<TimeText> time_;
  std::optional<size_t> currency_cell_;
  DecimalForm decimal_;
  absl::flat_hash_set<std::string> true_texts_;
  absl::flat_hash_set<std::string> false_texts_;
  bool sets_precision_ = false;  // occurred_at: says how exactly, too
};

}  // namespace revops
