# What the scripts of this folder have in common; read by them with ".". A node is named host:port.
#
#   REDIS_PASSWORD_FILE   the password of all nodes

# From the environment, since arguments are in the list of processes.
REDISCLI_AUTH=$(cat "$REDIS_PASSWORD_FILE")
export REDISCLI_AUTH

# shellcheck disable=SC2034
SLOTS=16384

# The node that runs beside this script.
# shellcheck disable=SC2034
self=${REDIS_ADDRESS:-127.0.0.1}:${REDIS_PORT:-6379}

# ask NODE COMMAND...: its answer; fails on an error and after five seconds.
ask() (
  node=$1
  shift
  timeout 5 redis-cli -e -h "${node%:*}" -p "${node##*:}" "$@" < /dev/null 2> /dev/null
)

# address NODE: the same with the IP address that its name has now; empty if it has none.
address() {
  ip=$(getent ahosts "${1%:*}" | awk '{ print $1; exit }')
  if [ -n "$ip" ]; then
    echo "$ip:${1##*:}"
  fi
}

answers() {
  [ "$(ask "$1" PING)" = PONG ]
}

# introduce NODE OTHER...: tells it of the others, where it has no connection to them at the address that they have now.
# Fails if there was one; nodes need a moment to get to know each other.
introduce() (
  to=$1
  shift
  known=$(ask "$to" CLUSTER NODES | awk '$3 !~ /handshake|noaddr/ && $8 == "connected" { print " " $2 }')
  strangers=0
  for other in "$@"; do
    at=$(address "$other")
    case "$at/$known" in
      /*) strangers=1 ;;
      */*" $at@"*) ;;
      *)
        strangers=1
        ask "$to" CLUSTER MEET "${at%:*}" "${at##*:}" > /dev/null || true
        ;;
    esac
  done
  return $strangers
)

# follow NODE: lets a replica copy its master from where that is now; fails if it did not. A replica that hears of its
# master's new address from a third node goes on asking at the old one.
follow() (
  # shellcheck disable=SC2046
  set -- "$1" $(ask "$1" ROLE | head -n 3) # master, or: slave, its master's address, its port
  if [ "${2-}" != slave ]; then
    return 0
  fi
  master=$(ask "$1" CLUSTER NODES | awk '{ at[$1] = $2 } $3 ~ /myself/ { id = $4 } END { print id "=" at[id] }')
  case $master in
    *"=$3:$4@"*) return 0 ;;
  esac
  ask "$1" CLUSTER REPLICATE "${master%%=*}" > /dev/null || true
  return 1
)

# acquaint NODE...: introduces each of them to all; fails if one does not answer, or had not known of another.
acquaint() (
  missing=0
  for node in "$@"; do
    answers "$node" && introduce "$node" "$@" && follow "$node" || missing=1
  done
  return $missing
)

# own NODE FIELD: a word of its own line: 1 its id, 3 its flags, 4 its master, 9 its first slots.
own() {
  ask "$1" CLUSTER NODES | awk -v field="$2" '$3 ~ /myself/ { print $field }'
}

# is_new NODE: whether it is a master without slots: such are new nodes.
is_new() {
  [ "$(own "$1" 4)" = - ] && [ -z "$(own "$1" 9)" ]
}

role() {
  ask "$1" ROLE | head -n 1
}

# has_copy NODE: whether a replica has all that its master has.
has_copy() {
  case $(ask "$1" INFO replication) in
    *master_link_status:up*) ;;
    *) return 1 ;;
  esac
}

# has_data NODE: whether it has what it is for: a master slots, a replica all that its master has.
has_data() {
  case $(role "$1") in
    master) [ -n "$(own "$1" 9)" ] ;;
    *) has_copy "$1" ;;
  esac
}

# within SECONDS COMMAND...: repeats it until it succeeds; fails if it does not in time.
within() (
  end=$(($(date +%s) + $1))
  shift
  until "$@"; do
    if [ "$(date +%s)" -ge "$end" ]; then
      return 1
    fi
    sleep 1
  done
)
