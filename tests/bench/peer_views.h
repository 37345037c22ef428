// The peers' views as projections: a row per contact, cells per day, type and source.
#pragma once

#include "engine/fold/projection.h"

namespace revops::bench {

Registry PeerRegistry();

}  // namespace revops::bench
