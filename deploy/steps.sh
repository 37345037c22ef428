# What the commands of deploy/ share: timed steps and the installation of packages.
# Sourced by bash scripts that have set -euo pipefail.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
step_names=()
step_seconds=()
step_started=0

# step NAME: ends the step before it and says that NAME begins.
step() {
  end_step
  step_names+=("$1")
  step_started=$SECONDS
  printf '\n== %s (at %d:%02d)\n' "$1" $((SECONDS / 60)) $((SECONDS % 60))
}

end_step() {
  if ((${#step_names[@]} > ${#step_seconds[@]})); then
    step_seconds+=($((SECONDS - step_started)))
  fi
}

# What each step took.
print_steps() {
  end_step
  local i
  printf '\n'
  for i in "${!step_names[@]}"; do
    printf '  %3d:%02d  %s\n' $((step_seconds[i] / 60)) $((step_seconds[i] % 60)) "${step_names[i]}"
  done
  printf '  %3d:%02d  in all\n' $((SECONDS / 60)) $((SECONDS % 60))
}

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# How many compilers to run at once: one a core, and 1.5 GB of memory for each.
compile_jobs() {
  local cores by_memory
  cores=$(nproc)
  by_memory=$(awk '/^MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo)
  if ((by_memory < 1)); then by_memory=1; fi
  echo $((cores < by_memory ? cores : by_memory))
}

# install_packages GROUP...: what deploy/packages.txt lists for the groups and this machine lacks.
install_packages() {
  local missing=() group package rest as_root=()
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This is not a Debian system: install by hand what deploy/packages.txt lists for: $*"
    return
  fi
  while read -r group package rest; do
    if [[ " $* " != *" $group "* ]]; then continue; fi
    if [[ $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) != *" installed" ]]; then
      missing+=("$package")
    fi
  done <"$root/deploy/packages.txt"
  if ((${#missing[@]} == 0)); then
    echo "Every package is there."
    return
  fi
  echo "Installing ${#missing[@]} packages: ${missing[*]}"
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "packages are missing and this user cannot install them.
As root, run:  apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo)
  fi
  # Without room for questions; messages only when it fails.
  local log
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    fail "apt-get could not install the packages; its last words are above, all of them in $log"
  fi
  rm -f "$log"
}
