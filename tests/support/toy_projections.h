// Projections that are sharper than business ones: their rows hash all that was seen, in the order
// in which it was seen, so that any event twice, missing, moved or seen under other ids shows.
//
// Four of them, in registry order: toy_people (derives ToyQualified), toy_deals (refuses a close
// without an opening; path cells that are taken back and added as paths grow; derives ToyWon),
// toy_accounts (sees everything, tenures too; derives ToyMoved) and toy_ledger (a row for many
// facts; refuses some derived facts).
#pragma once

#include "engine/fold/projection.h"

namespace revops::test {

struct ToyOptions {
  // Makes each line of toy_ledger this much longer, so that small journeys are paged.
  int ledger_padding_bytes = 0;
};

Registry ToyRegistry(ToyOptions options = {});

}  // namespace revops::test
