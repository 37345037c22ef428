#include "engine/model/model_text.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/status.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace revops {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::TextFormat;

// protobuf says "Message type "T" has no field named "f".": the remedy is the names it has.
std::string WithRemedy(const std::string& message) {
  const std::vector<std::string> quoted = absl::StrSplit(message, '"');
  if (quoted.size() < 4 || !absl::StrContains(message, "has no field named")) return message;
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(quoted[1]);
  if (type == nullptr) return message;
  std::vector<std::string> names;
  for (int i = 0; i < type->field_count(); ++i) names.push_back(type->field(i)->name());
  return absl::StrCat(quoted[3], " is no field of ", type->name(), "; it has ",
                      absl::StrJoin(names, ", "));
}

// protobuf wants -1 for a field that is no list.
int IndexIn(const FieldDescriptor& field, int index) { return field.is_repeated() ? index : -1; }

class Collector final : public google::protobuf::io::ErrorCollector {
 public:
  Collector(absl::string_view file_name, Mistakes& mistakes)
      : file_name_(file_name), mistakes_(mistakes) {}
  void AddError(int line, int column, const std::string& message) override {
    mistakes_.Add(
        absl::StrCat(file_name_, ":", line + 1, ":", column + 1, ": ", WithRemedy(message)));
  }

 private:
  const absl::string_view file_name_;
  Mistakes& mistakes_;
};

}  // namespace

absl::Status Mistakes::ToStatus() const {
  if (list_.empty()) return absl::OkStatus();
  const size_t shown = std::min(list_.size(), kMistakesMax);
  std::string text = absl::StrJoin(list_.begin(), list_.begin() + shown, "\n");
  if (shown < list_.size()) absl::StrAppend(&text, "\nand ", list_.size() - shown, " more");
  return absl::InvalidArgumentError(text);
}

absl::StatusOr<std::unique_ptr<const ModelText>> ParseModelText(absl::string_view text,
                                                                absl::string_view file_name) {
  if (text.size() > kModelBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        file_name, ": a model of ", text.size(), " bytes; at most ", kModelBytesMax, " are read"));
  }
  auto parsed = std::make_unique<ModelText>();
  parsed->file_name = std::string(file_name);
  Mistakes mistakes;
  Collector collector(file_name, mistakes);
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&collector);
  parser.WriteLocationsTo(&parsed->places);
  parser.SetRecursionLimit(kModelDepthMax);
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  const bool ok = parser.Parse(&input, &parsed->model);
  RETURN_IF_ERROR(mistakes.ToStatus());
  if (!ok) return absl::InvalidArgumentError(absl::StrCat(file_name, ": not a textproto"));
  return parsed;
}

Place::Place(const ModelText& text, Mistakes& mistakes)
    : file_name_(&text.file_name),
      type_(v1::RevenueModel::descriptor()),
      tree_(&text.places),
      mistakes_(&mistakes) {}

Place::Place(const Place& parent, const FieldDescriptor& field, int index)
    : file_name_(parent.file_name_),
      type_(field.message_type()),
      tree_(nullptr),
      mistakes_(parent.mistakes_),
      path_(absl::StrCat(parent.path_, parent.path_.empty() ? "" : ".", field.name())),
      line_(parent.line_),
      column_(parent.column_) {
  if (parent.tree_ == nullptr) return;
  const auto place = parent.tree_->GetLocation(&field, IndexIn(field, index));
  if (place.line < 0) return;
  line_ = place.line;
  column_ = place.column;
  tree_ = parent.tree_->GetTreeForNested(&field, IndexIn(field, index));
}

Place Place::Child(absl::string_view field, int index) const {
  const auto* descriptor = type_->FindFieldByName(std::string(field));
  REVOPS_CHECK(descriptor != nullptr && descriptor->message_type() != nullptr);
  return Place(*this, *descriptor, index);
}

void Place::Mistake(absl::string_view field, int index, absl::string_view what) const {
  const auto* descriptor = type_->FindFieldByName(std::string(field));
  REVOPS_CHECK(descriptor != nullptr);
  const std::string path = absl::StrCat(path_, path_.empty() ? "" : ".", field);
  if (tree_ != nullptr) {
    const auto place = tree_->GetLocation(descriptor, IndexIn(*descriptor, index));
    if (place.line >= 0) return Note(place.line, place.column, path, what);
  }
  Note(line_, column_, path, what);
}

void Place::MistakeHere(absl::string_view what) const { Note(line_, column_, path_, what); }

void Place::Note(int line, int column, absl::string_view path, absl::string_view what) const {
  mistakes_->Add(absl::StrCat(*file_name_, ":", line + 1, ":", column + 1, ": ", path, " ", what));
}

}  // namespace revops
