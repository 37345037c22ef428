// What a publisher sent and what was acknowledged to it, held against what the journals keep.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/runtime/engine.h"
#include "revops/v1/event.pb.h"

namespace revops::test {

// The value of an environment variable, a number, or `otherwise`.
uint64_t FromEnvironment(const char* name, uint64_t otherwise);

class Published final {
 public:
  // To be called before the events are sent: from now on they may be there.
  void Attempt(const std::vector<v1::Event>& events);
  // They must be there from now on. REQUIRES: they were attempted.
  void Acknowledge(const std::vector<v1::Event>& events);

  uint64_t acknowledged() const;

  // What is wrong, in words, unless the journals of all stores together hold every acknowledged
  // event exactly once, as it was published or as an erasure left it, and nothing that was never
  // attempted. REQUIRES: one store of each partition; they are settled.
  std::vector<std::string> Problems(const std::vector<const ViewReader*>& stores) const;
  // Fails the test if there are any.
  void ExpectExactlyOnce(const Engine& engine) const;

 private:
  struct Content {
    std::string redacted;  // what an erasure leaves of it
    bool acknowledged = false;
  };
  using Contents = std::map<std::string, Content>;  // canonical bytes -> …
  std::map<std::string, Contents> by_name_;         // source NUL id -> …
};

// Fails the test unless every store's keys add up to the digest and the counters it claims, and
// read = kept + duplicate + forwarded + deferred, all that was read being what the position says.
void ExpectStoresAddUp(const Engine& engine);

// Fails the test unless the log, folded again from nothing into stores in memory, gives the same
// digests. REQUIRES: the engine is settled, and nobody publishes.
void ExpectSameAsFoldedFromNothing(const Engine& engine);

}  // namespace revops::test
