// The text of a revenue model as a message, and where in the text each thing stands, so that a
// mistake of meaning is named by its line like one of spelling.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/text_format.h"
#include "revops/v1/model.pb.h"

namespace revops {

inline constexpr size_t kModelBytesMax = 1 << 20;
inline constexpr int kModelDepthMax = 20;
inline constexpr size_t kMistakesMax = 20;  // shown; more are counted

struct ModelText {
  std::string file_name;
  v1::RevenueModel model;
  google::protobuf::TextFormat::ParseInfoTree places;
};

// Errors: kInvalidArgument, one line a mistake: "model.textproto:7:3: … ; …".
absl::StatusOr<std::unique_ptr<const ModelText>> ParseModelText(absl::string_view text,
                                                                absl::string_view file_name);

// What is wrong with a model, in the order found.
class Mistakes final {
 public:
  void Add(std::string mistake) { list_.push_back(std::move(mistake)); }
  // OK if there is none; else kInvalidArgument with one line a mistake.
  absl::Status ToStatus() const;

 private:
  std::vector<std::string> list_;
};

// A message of the model with its place in the text.
// Lifetime: borrows the ModelText and the Mistakes.
class Place final {
 public:
  Place(const ModelText& text, Mistakes& mistakes);

  // Notes "FILE:LINE:COLUMN: PATH.field `what`" at the field (of the index-th value of a list), or
  // where the message begins when the text does not have the field.
  void Mistake(absl::string_view field, int index, absl::string_view what) const;
  void Mistake(absl::string_view field, absl::string_view what) const { Mistake(field, 0, what); }
  // The same of this message itself.
  void MistakeHere(absl::string_view what) const;

  // The index-th message of the field.
  Place Child(absl::string_view field, int index = 0) const;

 private:
  Place(const Place& parent, const google::protobuf::FieldDescriptor& field, int index);
  void Note(int line, int column, absl::string_view path, absl::string_view what) const;

  const std::string* file_name_;
  const google::protobuf::Descriptor* type_;
  const google::protobuf::TextFormat::ParseInfoTree* tree_;  // null: not in the text
  Mistakes* mistakes_;
  std::string path_;
  int line_ = 0;  // counted from 0
  int column_ = 0;
};

}  // namespace revops
