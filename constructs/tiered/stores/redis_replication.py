"""How a Redis and its sentinel start, as what they were or as what the others say, and how it hands over.

Of a pod that lost its volume nobody may copy: an empty master would empty its replicas.
"""

from __future__ import annotations

_CHECKED = """\
set -eu
umask 077
for password in "$REDISCLI_AUTH" "$REPLICATION_PASSWORD"; do
  case $password in
    ''|*[!A-Za-z0-9_-]*) echo 'password: use letters, digits, - and _, and at least one' >&2; exit 1 ;;
  esac
done
"""

# A sentinel that knows of no replica has never seen a master: it was told a name, as this pod's was.
_ASK_OTHERS = """\
ask_others() {
  heard='' master=''
  for peer in $PEERS; do
    [ "$peer" = "$HOST" ] && continue
    told=$(timeout 3 redis-cli -h "$peer" -p 26379 sentinel master "$MASTER" 2>/dev/null) || continue
    replicas=$(printf '%s\\n' "$told" | sed -n '/^num-slaves$/{n;p;}')
    [ -n "$replicas" ] || continue
    heard=yes
    if [ "$replicas" -gt 0 ]; then master=$(printf '%s\\n' "$told" | sed -n '/^ip$/{n;p;}'); return; fi
  done
}
"""

# Sentinel writes into redis.conf whose replica a server is (CONFIG REWRITE); of what was written only that is
# kept, for the rest follows the ConfigMap.
SERVER_START = (
    _CHECKED
    + _ASK_OTHERS
    + """\
conf=/data/redis.conf
if [ -s $conf ]; then
  follows=$(sed -n 's/^replicaof "\\{0,1\\}\\([^ "]*\\).*/\\1/p' $conf | tail -n 1)
else
  said=''
  while ask_others; [ -z "$heard" ] || [ "$master" = "$HOST" ]; do
    why='no other sentinel answers'
    [ -z "$heard" ] || why='the others take this empty one for the master'
    [ "$said" = "$why" ] || echo "no data yet: waiting, as $why" >&2
    said=$why
    sleep 2
  done
  follows=${master:-${PEERS%% *}}
  if [ "$follows" = "$HOST" ]; then follows=''; fi
fi
cat > /run/redis/users.acl <<END
user default on >$REDISCLI_AUTH ~* &* +@all -@dangerous +info
user replica on >$REPLICATION_PASSWORD +psync +replconf +ping
user sentinel on >$REPLICATION_PASSWORD allchannels +multi +slaveof +ping +exec +subscribe +config|rewrite \
+role +publish +info +client|setname +client|kill +client|pause +script|kill
END
{
  echo 'include /etc/redis/redis.conf'
  echo 'aclfile /run/redis/users.acl'
  echo "replica-announce-ip $HOST"
  echo 'masteruser replica'
  if [ -n "$follows" ]; then echo "replicaof $follows 6379"; fi
} > $conf.new
mv $conf.new $conf
exec redis-server $conf - <<END
masterauth $REPLICATION_PASSWORD
END
"""
)

# Before it ends a master has another one chosen: callers then wait for a moment, and not until it is missed.
# Meanwhile it takes no writes: those that it took while it is no longer followed would be lost. It waits for
# every sentinel, for the one that leads the change names the old master to callers until the end.
SERVER_STOP = """\
redis-cli info replication | grep -q '^role:master' || exit 0
command() { REDISCLI_AUTH=$REPLICATION_PASSWORD timeout 3 redis-cli "$@"; }
others() { for peer in $PEERS; do [ "$peer" = "$HOST" ] || echo "$peer"; done; }
command --user sentinel -h "$HOST" -p 6379 client pause 15000 write
for peer in $(others); do
  [ "$(command --user peer -h "$peer" -p 26379 sentinel failover "$MASTER")" = OK ] && break
done
end=$(($(date +%s) + 15))
while [ "$(date +%s)" -lt $end ]; do
  told=' '
  for peer in $(others); do
    asked=$(command --user peer -h "$peer" -p 26379 sentinel master "$MASTER" | sed -n '/^ip$/{n;p;}')
    told="$told$asked "
  done
  case $told in *" $HOST "*) ;; *[!\\ ]*) exit 0 ;; esac
  sleep 0.5
done
"""

GRACE_SECONDS = 60
"""What that takes at most, with sentinels that do not answer, and then some for the end itself."""

# A replica is ready once it has what its master has: only then may the next pod of an update end.
SERVER_READY = "redis-cli info replication | grep -q -e '^role:master' -e '^master_link_status:up'"

# Five seconds of silence are a failure. Callers may ask who is the master; only sentinels command each other.
SENTINEL_START = (
    _CHECKED
    + _ASK_OTHERS
    + """\
conf=/data/sentinel.conf
if [ ! -s $conf ]; then
  ask_others
  cat > $conf.new <<END
port 26379
dir /tmp
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
sentinel announce-ip $HOST
sentinel monitor $MASTER ${master:-${PEERS%% *}} 6379 $QUORUM
sentinel down-after-milliseconds $MASTER 5000
sentinel failover-timeout $MASTER 15000
sentinel parallel-syncs $MASTER 1
END
  # Who the replicas are only the master tells, and it may be gone: a sentinel that knows none may be chosen
  # to lead the change, and finds nobody to promote.
  if [ -n "$master" ]; then
    for peer in $PEERS; do
      [ "$peer" = "$master" ] || echo "sentinel known-replica $MASTER $peer 6379" >> $conf.new
    done
  fi
  mv $conf.new $conf
fi
cat > /run/redis/sentinel.acl <<END
user default on >$REDISCLI_AUTH resetchannels -@all +auth +hello +ping +info +command +role +client|setname \
+sentinel|get-master-addr-by-name +sentinel|master +sentinel|masters +sentinel|replicas +sentinel|slaves \
+sentinel|sentinels
user peer on >$REPLICATION_PASSWORD allchannels +@all
END
exec redis-server $conf --sentinel - <<END
aclfile /run/redis/sentinel.acl
sentinel sentinel-user peer
sentinel sentinel-pass $REPLICATION_PASSWORD
sentinel auth-user $MASTER sentinel
sentinel auth-pass $MASTER $REPLICATION_PASSWORD
END
"""
)
