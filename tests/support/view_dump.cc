#include "tests/support/view_dump.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/base/wire.h"
#include "engine/event/codec.h"
#include "engine/fold/cells.h"
#include "engine/fold/journal.h"
#include "engine/fold/runner.h"
#include "engine/identity/redact.h"
#include "engine/runtime/partition.h"
#include "engine/view/checkpoints.h"
#include "engine/view/journey_head.h"
#include "engine/view/keys.h"
#include "tests/support/key_ledger.h"

namespace revops::test {
namespace {

class Dump final : private KeyLedger {
 public:
  Dump(const ViewReader& store, const Registry& registry, const RevenueModel& model,
       const LinkTable& links)
      : store_(store), registry_(registry), model_(model), resolver_(links) {
    const absl::Status read = store.Scan("", [&](absl::string_view key, absl::string_view value) {
      left_[std::string(key)] = std::string(value);
      return true;
    });
    if (!read.ok()) Wrong(std::string(read.message()));
  }

  StoreDump Run() {
    TakeAll("Z");  // of refillable_db.h
    std::string bytes;
    if (!Take(keys::Progress(), bytes) || !dump_.progress.ParseFromString(bytes)) {
      if (!left_.empty()) Wrong("keys without a position");
      return std::move(dump_);
    }
    resolver_.Advance(dump_.progress.link_version(), {});
    for (auto& [key, value] : TakeAll("S")) ReadJourney(key, value);
    for (auto& [key, value] : TakeAll("K")) ReadCell(key, value);
    for (const auto& [key, value] : left_) Wrong(absl::StrCat("stray key ", absl::CHexEscape(key)));
    CheckCounters();
    return std::move(dump_);
  }

 private:
  void ReadJourney(const Key& root16_bytes, const std::string& bytes) {
    const auto head = DecodeHead(bytes);
    if (!head.ok()) return Wrong(std::string(head.status().message()));
    if (!CheckId(head->root.ToProto()).ok()) return Wrong("a head's root is no id");
    const uint128 root16 = Root16(head->root);
    std::string root16_text;
    AppendUint128(root16, root16_text);
    if (root16_text != root16_bytes) return Wrong("a head under another root's key");
    const std::string who = ToText(head->root);
    if (HomeOf(head->root, dump_.progress.partitions()) != dump_.progress.partition()) {
      Wrong(absl::StrCat(who, " has its home in another partition"));
    }
    ++journeys_;

    const std::vector<Entry> entries = ReadEntries(*head, root16, who);
    std::vector<Copy> copies;
    std::set<uint64_t> names;
    for (const Entry& entry : entries) {
      CheckEntry(entry, who);
      names.insert(Hash64(entry.name));
      for (const Copy& copy : entry.copies) {
        copies.push_back(copy);
        if (!dump_.view.journal[head->root.bytes()]
                 .insert(
                     {copy.bytes, copy.recorded_at, copy.person.bytes(), copy.opportunity.bytes()})
                 .second) {
          Wrong(absl::StrCat(who, " keeps a copy twice"));
        }
        ++kept_;
      }
    }
    Same(absl::StrCat(who, ": entries"), head->entries, entries.size());
    ReadDeferred(*head, root16, who, copies);
    for (const Copy& copy : copies) CheckCopy(copy, head->root);
    CheckNames(*head, root16, names, entries.size());
    CheckIds(*head, root16, copies);
    if (!TakeAll(keys::Tenures(root16)).empty() && !head->paged) {
      Wrong(who + ": keeps tenures apart from its head without being paged");
    }
    CheckTenures(*head, entries, who);
    ReadRows(*head, root16, who);
    // Folding damaged events would end the process.
    if (dump_.problems.empty()) {
      CheckCheckpoints(*head, root16, entries, who);
    } else {
      TakeAll(keys::Checkpoints(root16));
    }
  }

  std::vector<Entry> ReadEntries(const JourneyHead& head, uint128 root16, const std::string& who) {
    std::vector<Entry> all;
    const auto append = [&](const std::string& bytes) -> size_t {
      auto entries = DecodeEntries(bytes);
      if (!entries.ok()) {
        Wrong(std::string(entries.status().message()));
        return 0;
      }
      std::move(entries->begin(), entries->end(), std::back_inserter(all));
      return entries->size();
    };
    for (const auto& [first_key, bytes] : TakeAll(keys::Chunks(root16))) {
      const size_t first = all.size();
      append(bytes);
      if (first == all.size() || all[first].order_key != first_key) {
        Wrong(absl::StrCat(who, ": a chunk is not keyed by its first entry"));
      }
    }
    Same(absl::StrCat(who, ": entries of the tail"), append(head.tail), head.tail_entries);
    for (size_t i = 1; i < all.size(); ++i) {
      if (!(all[i - 1].order_key < all[i].order_key)) Wrong(who + ": entries out of order");
    }
    return all;
  }

  void ReadDeferred(const JourneyHead& head, uint128 root16, const std::string& who,
                    std::vector<Copy>& copies) {
    const KeyValues deferred = TakeAll(keys::DeferredCopies(root16));
    for (const auto& [key, bytes] : deferred) {
      const auto entries = DecodeEntries(bytes);
      if (!entries.ok() || entries->size() != 1 || entries->front().copies.size() != 1) {
        Wrong(who + ": a deferred copy is damaged");
        continue;
      }
      copies.push_back(entries->front().standing());
    }
    deferred_ += deferred.size();
    Same(who + ": deferred copies", head.deferred, deferred.size());
    if (deferred.empty()) return;
    ++deferred_journeys_;
    Expect(keys::Deferred(root16), who + " on the list of deferred journeys", head.root.bytes());
  }

  void CheckEntry(const Entry& entry, const std::string& who) {
    for (size_t i = 0; i < entry.copies.size(); ++i) {
      if (NameOf(entry.copies[i]) != entry.name) Wrong(who + ": an entry holds two events");
      if (i == 0) continue;
      const Copy& a = entry.copies[i - 1];
      const Copy& b = entry.copies[i];
      v1::Event parsed[2];
      if (!parsed[0].ParseFromString(a.bytes) || !parsed[1].ParseFromString(b.bytes)) continue;
      const auto rank = [](const v1::Event& event, const Copy& copy) {
        return std::make_tuple(-int64_t{event.revision()}, copy.at, copy.bytes);
      };
      if (!(rank(parsed[0], a) < rank(parsed[1], b))) Wrong(who + ": the wrong copy stands");
    }
  }

  // DESIGN.md §5.4: the invariant.
  void CheckCopy(const Copy& copy, const Id& root) {
    const std::string who = absl::StrCat("a copy in ", ToText(root));
    const auto decoded = Decode(copy.bytes, copy.recorded_at);
    if (copy.unreadable) {
      if (decoded.ok()) Wrong(who + " is called unreadable");
      if (RecordRoot(copy.bytes) != root) Wrong(who + " lives under another record's root");
      return;
    }
    if (!decoded.ok()) return Wrong(absl::StrCat(who, ": ", decoded.status().ToString()));
    if (decoded->bytes != copy.bytes) Wrong(who + " is not canonical");
    if (decoded->at != copy.at) Wrong(who + " is kept with another instant");
    std::vector<Id> subject;
    bool erased = false;
    for (const v1::Id& id : decoded->event.subject()) {
      subject.emplace_back(id);
      erased = erased || resolver_.Erased(subject.back());
    }
    const Resolution resolved =
        resolver_.Resolve(subject, copy.at, subject.empty() ? RecordRoot(copy.bytes) : Id());
    if (resolved.root != root) {
      Wrong(absl::StrCat(who, " resolves to ", ToText(resolved.root)));
    }
    if (resolved.person != copy.person || resolved.opportunity != copy.opportunity) {
      Wrong(absl::StrCat(who, " resolves to ", ToText(resolved.person), " and ",
                         ToText(resolved.opportunity), ", but is kept under ", ToText(copy.person),
                         " and ", ToText(copy.opportunity)));
    }
    if (erased) {
      v1::Event scrubbed = decoded->event;
      Redact(scrubbed);
      if (DeterministicBytes(scrubbed) != copy.bytes) Wrong(who + " is not redacted");
    }
  }

  void CheckNames(const JourneyHead& head, uint128 root16, const std::set<uint64_t>& names,
                  size_t entries) {
    if (head.paged) {
      if (!head.names.empty()) Wrong("a paged head holds names");
      for (const uint64_t name : names) Expect(keys::Seen(root16, name), "a name");
      return;
    }
    Same("names in a head", head.names.size(), entries);
    if (!std::is_sorted(head.names.begin(), head.names.end())) Wrong("names are not sorted");
    if (std::set<uint64_t>(head.names.begin(), head.names.end()) != names) {
      Wrong("names of a head are not those of its entries");
    }
  }

  void CheckIds(const JourneyHead& head, uint128 root16, const std::vector<Copy>& copies) {
    std::set<Id> ids;
    for (const Copy& copy : copies) {
      if (copy.unreadable) continue;
      v1::Event event;
      if (!event.ParseFromString(copy.bytes)) continue;
      for (const v1::Id& id : event.subject()) ids.insert(Id(id));
      if (!copy.person.empty()) ids.insert(copy.person);
      if (!copy.opportunity.empty()) ids.insert(copy.opportunity);
    }
    for (const Id& id : ids) {
      Expect(keys::Occurrence(id, root16),
             absl::StrCat(ToText(id), " in ", ToText(head.root), ", of the index of ids,"));
    }
    if (!head.paged && std::set<Id>(head.ids.begin(), head.ids.end()) != ids) {
      Wrong("ids of a head are not those of its copies");
    }
  }

  std::vector<TenureAt> StoredTenures(const JourneyHead& head) {
    absl::StatusOr<std::vector<TenureAt>> tenures = LoadTenures(store_, head);
    if (tenures.ok()) return *std::move(tenures);
    Wrong(std::string(tenures.status().message()));
    return {};
  }

  // A journey has been folded under the tenures of all its entries' persons; those of deferred
  // copies join with them.
  void CheckTenures(const JourneyHead& head, const std::vector<Entry>& entries,
                    const std::string& who) {
    std::set<Id> persons;
    std::string last;
    for (const Entry& entry : entries) {
      last = std::max(last, entry.order_key);
      for (const Copy& copy : entry.copies) {
        if (!copy.person.empty()) persons.insert(copy.person);
      }
    }
    std::vector<std::string> expected, kept;
    if (head.root.kind() == v1::ACCOUNT) {
      for (const Id& person : persons) {
        for (const TenureAt& tenure : resolver_.TenuresIn(head.root, person)) {
          expected.push_back(ItemKey({nullptr, &tenure}) + tenure.other.bytes());
          last = std::max(last, ItemKey({nullptr, &tenure}));
        }
      }
    }
    for (const TenureAt& tenure : StoredTenures(head)) {
      kept.push_back(ItemKey({nullptr, &tenure}) + tenure.other.bytes());
    }
    std::sort(expected.begin(), expected.end());
    std::sort(kept.begin(), kept.end());
    if (kept != expected) Wrong(who + ": folded under other tenures than the links give");
    if (head.last_key != last) Wrong(who + ": the last key is not that of its last item");
  }

  void CheckCheckpoints(const JourneyHead& head, uint128 root16, const std::vector<Entry>& entries,
                        const std::string& who) {
    const KeyValues checkpoints = TakeAll(keys::Checkpoints(root16));
    if (checkpoints.size() > kCheckpointsMax) Wrong(who + ": too many checkpoints");
    const std::vector<TenureAt> tenures = StoredTenures(head);
    const std::vector<FoldItem> items = ItemsOf(entries, tenures);
    for (const auto& [item_key, bytes] : checkpoints) {
      const auto checkpoint = LatestCheckpoint(store_, root16, item_key);
      if (!checkpoint.ok() || !checkpoint->has_value() || (*checkpoint)->item_key != item_key) {
        Wrong(who + ": a checkpoint cannot be read");
        continue;
      }
      const uint64_t count = (*checkpoint)->items;
      if (count == 0 || count > items.size() || ItemKey(items[count - 1]) != item_key) {
        Wrong(who + ": a checkpoint is not where its items end");
        continue;
      }
      RowSet rows(registry_, std::vector<RowSet::Row>());
      FoldItems({registry_, model_, head.root}, absl::MakeSpan(items).first(count), +1, rows,
                nullptr);
      const auto same = [](const RowSet::Row& a, const RowSet::Row& b) {
        return a.key == b.key && a.bytes == b.bytes;
      };
      const std::vector<RowSet::Row> all = rows.All();
      if (!std::equal(all.begin(), all.end(), (*checkpoint)->rows.begin(),
                      (*checkpoint)->rows.end(), same)) {
        Wrong(who + ": a checkpoint holds other rows than its items give");
      }
    }
  }

  void ReadRows(const JourneyHead& head, uint128 root16, const std::string& who) {
    std::vector<RowSet::Row> rows = head.rows;
    if (head.paged) {
      if (!rows.empty()) Wrong(who + ": a paged head holds rows");
      for (auto& [key, bytes] : TakeAll(keys::Rows(root16))) {
        rows.push_back({{static_cast<uint8_t>(key[0]), key.substr(1)}, bytes});
      }
    }
    for (const RowSet::Row& row : rows) {
      if (row.key.projection == kDeadLetters) {
        ++dead_letters_;
        Expect(keys::DeadLetter(root16, row.key.entity), who + ": a dead letter's listing");
        dump_.view.rows[{"dead_letters", head.root.bytes(), row.key.entity}] = row.bytes;
        continue;
      }
      if (row.key.projection >= registry_.size()) {
        Wrong(who + ": a row of no projection");
        continue;
      }
      const Projection& projection = *registry_[row.key.projection];
      const std::string view(projection.name());
      dump_.view.rows[{view, head.root.bytes(), row.key.entity}] = row.bytes;
      const std::unique_ptr<google::protobuf::Message> parsed(projection.prototype().New());
      if (!parsed->ParseFromString(row.bytes)) Wrong(who + ": a row does not parse");
      const std::vector<IndexList>& lists = projection.indexes();
      for (const IndexKey& item : projection.IndexKeys(*parsed)) {
        for (size_t list = 0; list < lists.size(); ++list) {
          if (lists[list].name != item.list) continue;
          std::string length;
          PutVarint(item.sort_key.size(), length);
          Expect(keys::ListItem(row.key.projection, static_cast<uint8_t>(list), item.sort_key,
                                root16, row.key.entity),
                 absl::StrCat(who, ": an item of ", view, ".", item.list), length);
          dump_.view.items.insert(
              {view, std::string(item.list), item.sort_key, head.root.bytes(), row.key.entity});
        }
      }
    }
  }

  void ReadCell(const Key& key, const std::string& value) {
    const auto name = ParseCellKey(key);
    if (!name.ok() || value.size() != 16) return Wrong("a cell is damaged");
    std::vector<std::string> dims;
    for (const absl::string_view dim : name->dims) dims.emplace_back(dim);
    const int128 sum = static_cast<int128>(ReadUint128(value.data()));
    if (sum == 0) Wrong("a zero cell is there");
    dump_.view.cells[{std::string(name->measure), name->set, name->day, dims}] = sum;
  }

  void CheckCounters() {
    const v1::StoredProgress& progress = dump_.progress;
    Same("kept", progress.kept(), kept_);
    Same("deferred", progress.deferred(), deferred_);
    Same("journeys", progress.journeys(), journeys_);
    Same("dead letters", progress.dead_letters(), dead_letters_);
    Same("deferred journeys", progress.deferred_journeys(), deferred_journeys_);
    Same("kept + duplicate + forwarded + deferred",
         progress.kept() + progress.duplicate() + progress.forwarded() + progress.deferred(),
         progress.read());
    std::string digest;
    AppendUint128(DigestOf(dump_.view), digest);
    if (progress.digest() != digest && !(progress.digest().empty() && dump_.view.rows.empty())) {
      Wrong("the digest is not that of what is stored");
    }
  }

  const ViewReader& store_;
  const Registry& registry_;
  const RevenueModel& model_;
  Resolver resolver_;
  uint64_t kept_ = 0, deferred_ = 0, journeys_ = 0, dead_letters_ = 0, deferred_journeys_ = 0;
};

}  // namespace

StoreDump DumpStore(const ViewReader& store, const Registry& registry, const RevenueModel& model,
                    const LinkTable& links) {
  return Dump(store, registry, model, links).Run();
}

}  // namespace revops::test
