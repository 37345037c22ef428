#include "engine/query/refold.h"

#include <string>

#include "engine/base/status.h"
#include "engine/view/journey_head.h"
#include "engine/view/keys.h"
#include "engine/view/stored_journal.h"

namespace revops {

absl::StatusOr<bool> Refold(const Engine& engine, const ViewReader& store, uint128 root16,
                            const std::function<absl::Status(const RefoldStep& step)>& each) {
  std::string bytes;
  ASSIGN_OR_RETURN(const bool found, store.Get(keys::Head(root16), bytes));
  if (!found) return false;
  ASSIGN_OR_RETURN(const JourneyHead head, DecodeHead(bytes));
  ASSIGN_OR_RETURN(const StoredJournal journal, LoadJournal(store, root16, head.tail));
  ASSIGN_OR_RETURN(const std::vector<TenureAt> tenures, LoadTenures(store, head));
  RowSet rows(engine.registry(), RowSet::Source());
  CellDeltas cells;
  const FoldContext context{engine.registry(), engine.model(), head.root};
  for (const FoldItem& item : ItemsOf(journal.entries, tenures)) {
    cells.Clear();
    FoldItems(context, absl::MakeConstSpan(&item, 1), 1, rows, &cells);
    RETURN_IF_ERROR(each({item, cells, rows}));
  }
  return true;
}

}  // namespace revops
