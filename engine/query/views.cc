#include "engine/query/views.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/query/fields.h"

namespace revops {
namespace {

std::string Text(absl::string_view view) { return std::string(view.data(), view.size()); }

std::string ViewNames(const Registry& registry) {
  std::vector<absl::string_view> names;
  for (const auto& projection : registry) names.push_back(projection->name());
  return absl::StrJoin(names, ", ");
}

}  // namespace

absl::StatusOr<uint8_t> FindView(const Registry& registry, absl::string_view name) {
  for (size_t p = 0; p < registry.size(); ++p) {
    if (registry[p]->name() == name) return static_cast<uint8_t>(p);
  }
  if (name.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("view is missing; give one of: ", ViewNames(registry)));
  }
  return absl::NotFoundError(
      absl::StrCat("there is no view \"", name, "\"; give one of: ", ViewNames(registry)));
}

absl::StatusOr<uint8_t> FindIndex(const Projection& projection, absl::string_view name) {
  const std::vector<IndexList>& lists = projection.indexes();
  if (lists.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the view ", projection.name(), " keeps no list; ask for rows by id with Get"));
  }
  if (name.empty()) return uint8_t{0};
  std::vector<std::string> offered;
  for (size_t i = 0; i < lists.size(); ++i) {
    if (lists[i].name == name) return static_cast<uint8_t>(i);
    offered.push_back(absl::StrCat(lists[i].name, " (", lists[i].sort_by, ")"));
  }
  return absl::NotFoundError(absl::StrCat("the view ", projection.name(), " has no index \"", name,
                                          "\"; give one of: ", absl::StrJoin(offered, ", ")));
}

v1::ViewsResponse DescribeViews(const Registry& registry) {
  v1::ViewsResponse response;
  for (const auto& projection : registry) {
    v1::View* view = response.add_views();
    view->set_name(Text(projection->name()));
    view->set_version(projection->version());
    view->set_description(Text(projection->summary()));
    for (const IndexList& list : projection->indexes()) {
      v1::View::Index* index = view->add_indexes();
      index->set_name(Text(list.name));
      index->set_description(Text(list.sort_by));
    }
    const google::protobuf::Descriptor& row = *projection->prototype().GetDescriptor();
    view->set_row_type(row.full_name());
    for (const RowPath& path : AllFields(row)) {
      const google::protobuf::FieldDescriptor& field = *path.steps.back();
      v1::RowField* described = view->add_fields();
      described->set_path(path.name);
      described->set_type(Text(NameOf(TypeOf(field))));
      described->set_repeated_field(path.repeated());
      described->set_personal(path.personal());
      if (field.enum_type() == nullptr) continue;
      for (int i = 0; i < field.enum_type()->value_count(); ++i) {
        described->add_enum_values(field.enum_type()->value(i)->name());
      }
    }
  }
  return response;
}

}  // namespace revops
