#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/money.h"
#include "engine/base/status.h"
#include "engine/query/explain_credit.h"
#include "engine/query/explain_parts.h"
#include "engine/query/fields.h"
#include "engine/query/kpi_number.h"
#include "engine/query/row_value.h"
#include "engine/query/rows.h"
#include "engine/query/value_text.h"
#include "engine/query/views.h"

namespace revops {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::vector<std::string> ElementsOf(const Message& message, const FieldDescriptor& field) {
  std::vector<std::string> elements;
  const int size = message.GetReflection()->FieldSize(message, &field);
  for (int i = 0; i < size; ++i) elements.push_back(ValueText(message, field, i));
  return elements;
}

bool IsNumber(FieldType type) { return type == FieldType::kInteger || type == FieldType::kMoney; }

// What is different between two messages of one type, field by field.
class Differences final {
 public:
  explicit Differences(v1::ExplainedEvent& event) : event_(event) {}

  void Compare(const Message& before, const Message& after, const std::string& path) {
    const auto& type = *after.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const std::string name = path.empty() ? field.name() : absl::StrCat(path, ".", field.name());
      if (field.is_repeated()) {
        CompareLists(ElementsOf(before, field), ElementsOf(after, field), name);
      } else if (TypeOf(field) == FieldType::kMessage) {
        Compare(before.GetReflection()->GetMessage(before, &field),
                after.GetReflection()->GetMessage(after, &field), name);
      } else {
        CompareValues(before, after, field, name);
      }
    }
  }

 private:
  void CompareValues(const Message& before, const Message& after, const FieldDescriptor& field,
                     const std::string& name) {
    const std::string from = ValueText(before, field, -1);
    const std::string to = ValueText(after, field, -1);
    if (from == to) return;
    v1::FieldChange& change = *event_.add_fields();
    change.set_field(name);
    change.set_from(from);
    change.set_to(to);
    if (!IsNumber(TypeOf(field))) return;
    const RowValue old = ReadValue(before, field, -1);
    const RowValue now = ReadValue(after, field, -1);
    Number added = NumberOf(now.whole) - NumberOf(old.whole);
    if (TypeOf(field) == FieldType::kMoney) {
      if (!old.text.empty() && !now.text.empty() && old.text != now.text) return;
      added /= Number(kMicrosPerUnit);
    }
    change.set_added(DecimalOf(added));
  }

  void CompareLists(const std::vector<std::string>& before, const std::vector<std::string>& after,
                    const std::string& name) {
    if (before == after) return;
    const auto only_in = [](const std::vector<std::string>& one,
                            const std::vector<std::string>& other) {
      std::string text;
      for (const std::string& element : one) {
        if (std::find(other.begin(), other.end(), element) != other.end()) continue;
        absl::StrAppend(&text, text.empty() ? "" : "; ", element);
      }
      return text;
    };
    v1::FieldChange& change = *event_.add_fields();
    change.set_field(name);
    change.set_from(only_in(before, after));
    change.set_to(only_in(after, before));
  }

  v1::ExplainedEvent& event_;
};

}  // namespace

absl::StatusOr<v1::ExplainResponse> ExplainRow(const Engine& engine, const Look& look, int64_t now,
                                               const v1::ExplainRequest& request) {
  ASSIGN_OR_RETURN(const int events_max, EventsMax(request));
  ASSIGN_OR_RETURN(const uint8_t view, FindView(engine.registry(), request.view()));
  const Projection& projection = *engine.registry()[view];
  const int64_t at = request.at() == 0 ? now : request.at();
  v1::GetRequest get;
  get.set_view(request.view());
  *get.mutable_id() = request.id();
  get.set_at(at);
  if (request.has_root()) *get.mutable_root() = request.root();
  ASSIGN_OR_RETURN(v1::GetResponse found, GetRows(engine, look, now, get));
  v1::ExplainResponse response;
  response.mutable_row()->Swap(found.mutable_rows(0));
  const Id root(response.row().root());
  const std::string entity = Id(response.row().entity()).bytes();
  const RowName name{view, entity};

  std::unique_ptr<Message> before(projection.prototype().New());
  std::unique_ptr<Message> after(projection.prototype().New());
  std::string stored;
  std::optional<CreditsOfTouches> credits;
  if (v1::AttributionView shown; response.row().value().UnpackTo(&shown)) {
    credits.emplace(shown, engine.model());
  }
  const auto list = [&](const FoldItem& item, v1::ExplainedEvent& event) {
    if (event.fields().empty()) return;
    DescribeItem(item, root, event);
    response.set_events_count(response.events_count() + 1);
    if (response.events_size() < events_max) response.add_events()->Swap(&event);
  };
  const auto take = [&](const RefoldStep& step) {
    v1::ExplainedEvent event;
    if (credits.has_value()) RETURN_IF_ERROR(credits->AddTo(step.item, event));
    const Message* const row = step.rows.Find(name);
    const std::string bytes = row == nullptr ? "" : DeterministicBytes(*row);
    if (bytes == stored) {
      list(step.item, event);
      return absl::OkStatus();
    }
    stored = bytes;
    after->Clear();
    if (row != nullptr) {
      after->CopyFrom(*row);
      projection.Present(at, engine.model(), *after);
    }
    Differences(event).Compare(*before, *after, "");
    before.swap(after);
    list(step.item, event);
    return absl::OkStatus();
  };
  for (const PartitionLook& one : look) {
    ASSIGN_OR_RETURN(const bool here, Refold(engine, *one.store, Root16(root), take));
    if (here) response.set_journeys(response.journeys() + 1);
  }
  // The rows that the journey's events give now are those that are stored.
  response.set_equal(before->SerializeAsString() == response.row().value().value() ||
                     DeterministicBytes(*before) == response.row().value().value());
  if (credits.has_value()) {
    ASSIGN_OR_RETURN(const bool sums, credits->Finish(response));
    response.set_equal(response.equal() && sums);
  }
  return response;
}

}  // namespace revops
