# Functions that the scripts of this folder share; they source this file. A node is given as host:port.
#
#   REDIS_PASSWORD_FILE   the password of all nodes; REDISCLI_AUTH may contain it instead
#   REDIS_USER            the ACL user that has it, if it is not "default"
#   REDIS_CA_FILE         the certificate of the nodes' issuer, if they accept only TLS

# Passed in the environment, because the process list shows arguments.
REDISCLI_AUTH=${REDISCLI_AUTH:-$(cat "$REDIS_PASSWORD_FILE")}
export REDISCLI_AUTH

# shellcheck disable=SC2034
SLOTS=16384

# The node that runs next to this script.
# shellcheck disable=SC2034
self=${REDIS_ADDRESS:-127.0.0.1}:${REDIS_PORT:-6379}

# cli ARGUMENT...: runs redis-cli with these credentials; fails after five seconds.
cli() {
  timeout 5 redis-cli ${REDIS_USER:+--user "$REDIS_USER"} ${REDIS_CA_FILE:+--tls --cacert "$REDIS_CA_FILE"} "$@" < /dev/null 2> /dev/null
}

# ask NODE COMMAND...: sends a command and prints the reply; fails on an error and after five seconds.
ask() (
  node=$1
  shift
  cli -e -h "${node%:*}" -p "${node##*:}" "$@"
)

# address NODE: prints the node with the current IP address of its name; nothing if the name does not resolve.
address() {
  ip=$(getent ahosts "${1%:*}" | awk '{ print $1; exit }')
  if [ -n "$ip" ]; then
    echo "$ip:${1##*:}"
  fi
}

answers() {
  [ "$(ask "$1" PING)" = PONG ]
}

# introduce NODE OTHER...: sends CLUSTER MEET for each other node that it is not connected to at that node's current address.
# Fails if there was any, because the handshake takes a moment.
introduce() (
  to=$1
  shift
  # Redis 3.2 does not print the port of the bus, @ and a number.
  known=$(ask "$to" CLUSTER NODES |
    awk '$3 !~ /handshake|noaddr/ && $8 == "connected" { sub(/@.*/, "", $2); print " " $2 "@" }')
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

# follow NODE: makes a replica replicate from its master's current address; fails if it did not yet. A replica that learns of
# the new address from a third node keeps using the old one.
follow() (
  # shellcheck disable=SC2046
  set -- "$1" $(ask "$1" ROLE | head -n 3) # master, or: slave, its master's address, its port
  if [ "${2-}" != slave ]; then
    return 0
  fi
  master=$(ask "$1" CLUSTER NODES | awk '{ sub(/@.*/, "", $2); at[$1] = $2 } $3 ~ /myself/ { id = $4 } END { print id "=" at[id] }')
  case $master in
    *"=$3:$4") return 0 ;;
  esac
  ask "$1" CLUSTER REPLICATE "${master%%=*}" > /dev/null || true
  return 1
)

# acquaint NODE...: introduces all nodes to each other; fails if one does not reply, or did not know another yet.
acquaint() (
  missing=0
  for node in "$@"; do
    answers "$node" && introduce "$node" "$@" && follow "$node" || missing=1
  done
  return $missing
)

# own NODE FIELD: prints a field of the node's own line of CLUSTER NODES: 1 id, 3 flags, 4 master, 9 first slots.
own() {
  ask "$1" CLUSTER NODES | awk -v field="$2" '$3 ~ /myself/ { print $field }'
}

# is_new NODE: succeeds if it is a master without slots, as every new node is.
is_new() {
  [ "$(own "$1" 4)" = - ] && [ -z "$(own "$1" 9)" ]
}

role() {
  ask "$1" ROLE | head -n 1
}

# has_copy NODE: succeeds if a replica is in sync with its master.
has_copy() {
  case $(ask "$1" INFO replication) in
    *master_link_status:up*) ;;
    *) return 1 ;;
  esac
}

# has_data NODE: succeeds if a master has slots, or a replica is in sync with its master.
has_data() {
  case $(role "$1") in
    master) [ -n "$(own "$1" 9)" ] ;;
    *) has_copy "$1" ;;
  esac
}

# obstacle REPLICA: prints why a replica cannot take over from its master; nothing if it can.
#
# The replica's own view is not enough. Nodes before Redis 7.0 discard the pings of some newer nodes: such a replica sees a
# healthy cluster and is in sync, but the others list it as failed. If it was promoted, its old master would not learn of it.
obstacle() (
  nodes=$(ask "$1" CLUSTER NODES) || { echo "$1 does not reply" && exit; }
  # shellcheck disable=SC2046
  set -- "$1" $(echo "$nodes" | awk '$3 ~ /myself/ { print $1, $4 }')
  case $(ask "$1" INFO replication | tr -d '\r') in
    *role:master*) echo "$1 is a master" && exit ;;
    *master_link_status:up*master_sync_in_progress:0*) ;;
    *) echo "$1 is not in sync with its master" && exit ;;
  esac
  case $(ask "$1" CLUSTER INFO) in
    *cluster_state:ok*) ;;
    *) echo "cluster_state is not ok on $1" && exit ;;
  esac
  echo "$nodes" | awk -v replica="$1" '
    $3 !~ /myself/ && ($3 ~ /fail|handshake|noaddr/ || $8 != "connected") { print replica " has no connection to " $2; exit }'
  for master in $(echo "$nodes" | awk '$3 ~ /master/ { sub(/@.*/, "", $2); print $2 }'); do
    ask "$master" CLUSTER NODES | awk -v replica="$1" -v id="$2" -v its="$3" -v master="$master" '
      $1 == id {
        known = 1
        if ($3 ~ /fail/) print master " lists " replica " as failed"
        else if ($3 !~ /slave/ || $4 != its) print master " does not list " replica " as a replica of its master"
        else if ($8 != "connected") print master " has no connection to " replica
      }
      END { if (!known) print master " does not reply, or does not know " replica }'
  done
)

# within SECONDS COMMAND...: repeats the command until it succeeds; fails after that time.
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
