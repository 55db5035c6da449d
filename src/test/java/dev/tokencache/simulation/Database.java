package dev.tokencache.simulation;

import dev.tokencache.simulation.Replies.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The data of one simulated node, and the commands on it. Keys, fields and values have one character per byte. Each change is
 * also recorded as a command that a replica can run at any later time.
 */
final class Database {

    /** Redis returns a hash with at most this many fields in one step of {@code HSCAN}. */
    private static final int SMALL_HASH = 128;

    private static final int SCAN_BUCKETS = 1 << 16;
    private static final long NEVER = Long.MAX_VALUE;

    /** A value: a {@code String}, a hash or a sorted set. */
    private static final class Entry {
        private Object value;
        private long expiresAt = NEVER;

        Entry(Object value) {
            this.value = value;
        }
    }

    /** A hash, and its fields in the order in which {@code HSCAN} returns them if there are many. */
    private static final class Hash extends LinkedHashMap<String, String> {
        private static final long serialVersionUID = 1L;
        private final transient NavigableMap<Integer, Set<String>> buckets = new TreeMap<>();

        private static int bucket(Object field) {
            return (field.hashCode() * 0x9E3779B9 >>> 8) % SCAN_BUCKETS;
        }

        @Override
        public @Nullable String put(String field, String value) {
            buckets.computeIfAbsent(bucket(field), added -> new LinkedHashSet<>())
                    .add(field);
            return super.put(field, value);
        }

        @Override
        public @Nullable String remove(Object field) {
            buckets.computeIfPresent(bucket(field), (bucket, fields) -> {
                fields.remove(field);
                return fields.isEmpty() ? null : fields;
            });
            return super.remove(field);
        }
    }

    private static final class SortedSet extends LinkedHashMap<String, Double> {
        private static final long serialVersionUID = 1L;
    }

    private final LongSupplier clock;
    private final Map<String, Entry> entries = new TreeMap<>();
    private List<List<String>> changes = new ArrayList<>();

    /** @param clock the wall clock of the node, in milliseconds */
    Database(LongSupplier clock) {
        this.clock = clock;
    }

    /** Whether Redis refuses a command while it has no memory left. */
    static boolean needsMemory(String command) {
        return switch (command) {
            case "SET", "HSET", "HINCRBY", "ZADD" -> true;
            default -> false;
        };
    }

    /** Whether a command is a write, so that only a master runs it. */
    static boolean isWrite(String command) {
        return switch (command) {
            case "SET", "DEL", "HSET", "HINCRBY", "HDEL", "PEXPIRE", "PEXPIREAT", "ZADD", "ZREM" -> true;
            default -> false;
        };
    }

    /** The changes since the last call, for replicas. */
    List<List<String>> takeChanges() {
        List<List<String>> taken = changes;
        changes = new ArrayList<>();
        return taken;
    }

    void clear() {
        entries.clear();
    }

    /** Deletes keys, and nothing else: other nodes do so themselves. */
    void deleteIf(Predicate<String> condition) {
        entries.keySet().removeIf(condition);
    }

    /** Replaces everything with a copy of what another node has. */
    void copyFrom(Database other) {
        entries.clear();
        other.entries.forEach((key, entry) -> {
            Entry copy = new Entry(copy(entry.value));
            copy.expiresAt = entry.expiresAt;
            entries.put(key, copy);
        });
    }

    private static Object copy(Object value) {
        if (value instanceof Hash hash) {
            Hash copy = new Hash();
            hash.forEach(copy::put);
            return copy;
        }
        if (value instanceof SortedSet set) {
            SortedSet copy = new SortedSet();
            copy.putAll(set);
            return copy;
        }
        return value;
    }

    /** Every live key with its content and the moment of its expiry, in a form that can be compared. */
    Map<String, String> contents() {
        Map<String, String> contents = new TreeMap<>();
        entries.forEach((key, entry) -> {
            if (entry.expiresAt > clock.getAsLong()) {
                Object value = entry.value instanceof Map<?, ?> map ? new TreeMap<>(map) : entry.value;
                contents.put(key, value + " until " + entry.expiresAt);
            }
        });
        return contents;
    }

    boolean has(String key) {
        return live(key) != null;
    }

    /** The live keys that match, in order. */
    List<String> keys(Predicate<String> condition) {
        return entries.keySet().stream().filter(this::has).filter(condition).toList();
    }

    /** Copies a live key to another node, as {@code MIGRATE} with {@code REPLACE} does; the clocks may differ. */
    void copyTo(Database target, String key) {
        Entry entry = live(key);
        if (entry == null) {
            return;
        }
        target.run(List.of("DEL", key));
        List<String> words = new ArrayList<>(List.of(key));
        if (entry.value instanceof Hash hash) {
            words.add(0, "HSET");
            hash.forEach((field, value) -> words.addAll(List.of(field, value)));
        } else if (entry.value instanceof SortedSet set) {
            words.add(0, "ZADD");
            set.forEach((member, score) -> words.addAll(List.of(score.toString(), member)));
        } else {
            words.add(0, "SET");
            words.add((String) entry.value);
        }
        target.run(words);
        if (entry.expiresAt != NEVER) {
            long ttl = entry.expiresAt - clock.getAsLong();
            target.run(List.of("PEXPIREAT", key, Long.toString(target.clock.getAsLong() + ttl)));
        }
    }

    /**
     * Runs a command.
     *
     * @throws RedisError if it is malformed, or the key has another type
     */
    @Nullable
    Object run(List<String> words) {
        String key = words.size() > 1 ? words.get(1) : "";
        List<String> rest = words.subList(Math.min(2, words.size()), words.size());
        return switch (words.get(0)) {
            case "GET" -> string(key);
            case "SET" -> set(key, rest);
            case "MGET" ->
                new ArrayList<>(words.subList(1, words.size()).stream()
                        .map(this::stringOrNothing)
                        .toList());
            case "DEL" -> delete(key);
            case "EXISTS" -> has(key) ? 1L : 0L;
            case "PTTL" -> ttl(key);
            case "PEXPIRE" -> expire(key, clock.getAsLong() + Long.parseLong(rest.get(0)));
            case "PEXPIREAT" -> expire(key, Long.parseLong(rest.get(0)));
            case "HGET" -> hash(key).get(rest.get(0));
            case "HMGET" -> new ArrayList<>(rest.stream().map(hash(key)::get).toList());
            case "HSET" -> setFields(key, rest);
            case "HINCRBY" -> increment(key, rest.get(0), Long.parseLong(rest.get(1)));
            case "HDEL" -> deleteFields(key, rest);
            case "HLEN" -> (long) hash(key).size();
            case "HEXISTS" -> hash(key).containsKey(rest.get(0)) ? 1L : 0L;
            case "HKEYS" -> new ArrayList<>(hash(key).keySet());
            case "HGETALL" -> flat(hash(key).entrySet().stream());
            case "HSCAN" -> scan(hash(key), rest);
            case "ZADD" -> addMembers(key, rest);
            case "ZREM" -> removeMembers(key, rest);
            case "ZCOUNT" -> members(key, rest).count();
            case "ZRANGEBYSCORE" -> range(key, rest);
            default -> throw new RedisError("ERR unknown command '" + words.get(0) + "'");
        };
    }

    private @Nullable Entry live(String key) {
        Entry entry = entries.get(key);
        return entry == null || entry.expiresAt <= clock.getAsLong() ? null : entry;
    }

    private <T> @Nullable T value(String key, Class<T> type) {
        Entry entry = live(key);
        if (entry != null && !type.isInstance(entry.value)) {
            throw new RedisError("WRONGTYPE Operation against a key holding the wrong kind of value");
        }
        return entry == null ? null : type.cast(entry.value);
    }

    /** The entry to change. One that has expired is deleted first, here and on replicas. */
    private Entry changed(String key, Object fresh) {
        if (live(key) == null && entries.remove(key) != null) {
            changes.add(List.of("DEL", key));
        }
        value(key, fresh.getClass());
        return entries.computeIfAbsent(key, added -> new Entry(fresh));
    }

    private @Nullable String string(String key) {
        return value(key, String.class);
    }

    private Hash hash(String key) {
        Hash hash = value(key, Hash.class);
        return hash == null ? new Hash() : hash;
    }

    /** The value of a key for {@code MGET}: null also if it is no string. */
    private @Nullable String stringOrNothing(String key) {
        Entry entry = live(key);
        return entry != null && entry.value instanceof String text ? text : null;
    }

    /** {@code DBSIZE}. */
    long size() {
        return entries.keySet().stream().filter(this::has).count();
    }

    /**
     * {@code SCAN cursor MATCH prefix* COUNT n}: a key that stays is returned at least once, whatever happens to the others.
     *
     * @param prefix what the names begin with
     */
    List<Object> scan(String cursor, String prefix, int count) {
        int from = Integer.parseInt(cursor);
        NavigableMap<Integer, List<Object>> buckets = new TreeMap<>();
        entries.keySet().stream().filter(key -> Hash.bucket(key) >= from).forEach(key -> buckets.computeIfAbsent(
                        Hash.bucket(key), added -> new ArrayList<>())
                .add(key));
        List<Object> page = new ArrayList<>();
        int examined = 0;
        for (Map.Entry<Integer, List<Object>> bucket : buckets.entrySet()) {
            if (examined >= count) {
                return List.of(Integer.toString(bucket.getKey()), page);
            }
            examined += bucket.getValue().size();
            bucket.getValue().stream()
                    .filter(key -> has((String) key) && ((String) key).startsWith(prefix))
                    .forEach(page::add);
        }
        return List.of("0", page);
    }

    /** {@code SET key value [PX ms | PXAT ms] [NX]}. */
    private @Nullable Status set(String key, List<String> rest) {
        if (rest.size() > 1 && rest.get(rest.size() - 1).equals("NX") && has(key)) {
            return null;
        }
        Entry entry = new Entry(rest.get(0));
        if (rest.size() > 1) {
            long millis = Long.parseLong(rest.get(2));
            entry.expiresAt = rest.get(1).equals("PX") ? clock.getAsLong() + millis : millis;
        }
        entries.put(key, entry);
        changes.add(
                entry.expiresAt == NEVER
                        ? List.of("SET", key, rest.get(0))
                        : List.of("SET", key, rest.get(0), "PXAT", Long.toString(entry.expiresAt)));
        return Replies.OK;
    }

    private long delete(String key) {
        boolean wasLive = has(key);
        if (entries.remove(key) != null) {
            changes.add(List.of("DEL", key));
        }
        return wasLive ? 1 : 0;
    }

    private long ttl(String key) {
        Entry entry = live(key);
        if (entry == null) {
            return -2;
        }
        return entry.expiresAt == NEVER ? -1 : entry.expiresAt - clock.getAsLong();
    }

    private long expire(String key, long atMillis) {
        Entry entry = live(key);
        if (entry == null) {
            return 0;
        }
        entry.expiresAt = atMillis;
        changes.add(List.of("PEXPIREAT", key, Long.toString(atMillis)));
        return 1;
    }

    private long setFields(String key, List<String> pairs) {
        Map<String, String> hash = (Hash) changed(key, new Hash()).value;
        long added = 0;
        for (int i = 0; i < pairs.size(); i += 2) {
            added += hash.put(pairs.get(i), pairs.get(i + 1)) == null ? 1 : 0;
        }
        record("HSET", key, pairs);
        return added;
    }

    private long increment(String key, String field, long by) {
        String present = hash(key).getOrDefault(field, "0");
        long sum = Long.parseLong(present) + by;
        setFields(key, List.of(field, Long.toString(sum)));
        return sum;
    }

    private long deleteFields(String key, List<String> fields) {
        Map<String, String> hash = hash(key);
        long deleted =
                fields.stream().filter(field -> hash.remove(field) != null).count();
        deletedFrom(key, hash, "HDEL", fields, deleted);
        return deleted;
    }

    private void deletedFrom(String key, Map<String, ?> left, String command, List<String> words, long deleted) {
        if (deleted > 0) {
            record(command, key, words);
            if (left.isEmpty()) {
                entries.remove(key);
            }
        }
    }

    private void record(String command, String key, List<String> words) {
        List<String> change = new ArrayList<>(List.of(command, key));
        change.addAll(words);
        changes.add(change);
    }

    private static <V> List<Object> flat(Stream<Map.Entry<String, V>> entries) {
        List<Object> flat = new ArrayList<>();
        entries.forEach(entry -> {
            flat.add(entry.getKey());
            flat.add(entry.getValue());
        });
        return flat;
    }

    /** {@code HSCAN key cursor [COUNT n]}: a field that stays is returned at least once, whatever happens to the others. */
    private static List<Object> scan(Hash hash, List<String> rest) {
        long from = Long.parseUnsignedLong(rest.get(0));
        if (hash.size() <= SMALL_HASH) {
            return List.of("0", flat(hash.entrySet().stream()));
        }
        int count = rest.size() > 2 ? Integer.parseInt(rest.get(2)) : 10;
        List<Object> page = new ArrayList<>();
        for (Map.Entry<Integer, Set<String>> bucket :
                hash.buckets.tailMap((int) from).entrySet()) {
            if (page.size() >= 2 * count) {
                return List.of(Integer.toString(bucket.getKey()), page);
            }
            for (String field : bucket.getValue()) {
                page.add(field);
                page.add(hash.get(field));
            }
        }
        return List.of("0", page);
    }

    /** {@code ZADD key [XX] (score member)…}. */
    private long addMembers(String key, List<String> rest) {
        boolean isUpdate = rest.get(0).equals("XX");
        List<String> pairs = isUpdate ? rest.subList(1, rest.size()) : rest;
        SortedSet present = value(key, SortedSet.class);
        if (isUpdate && present == null) {
            return 0;
        }
        Map<String, Double> set = (SortedSet) changed(key, new SortedSet()).value;
        long added = 0;
        for (int i = 0; i < pairs.size(); i += 2) {
            String member = pairs.get(i + 1);
            if (!isUpdate || set.containsKey(member)) {
                added += set.put(member, Double.valueOf(pairs.get(i))) == null ? 1 : 0;
            }
        }
        record("ZADD", key, rest);
        return added;
    }

    private long removeMembers(String key, List<String> members) {
        SortedSet set = value(key, SortedSet.class);
        if (set == null) {
            return 0;
        }
        long removed =
                members.stream().filter(member -> set.remove(member) != null).count();
        deletedFrom(key, set, "ZREM", members, removed);
        return removed;
    }

    private Stream<String> members(String key, List<String> rest) {
        SortedSet set = value(key, SortedSet.class);
        Bound min = Bound.parse(rest.get(0));
        Bound max = Bound.parse(rest.get(1));
        return set == null
                ? Stream.empty()
                : set.entrySet().stream()
                        .filter(entry -> min.isAtMost(entry.getValue()) && max.isAtLeast(entry.getValue()))
                        .sorted(Map.Entry.<String, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                        .map(Map.Entry::getKey);
    }

    /** {@code ZRANGEBYSCORE key min max [LIMIT offset count]}. */
    private List<Object> range(String key, List<String> rest) {
        Stream<String> members = members(key, rest);
        if (rest.size() > 2) {
            members = members.skip(Long.parseLong(rest.get(3))).limit(Long.parseLong(rest.get(4)));
        }
        return new ArrayList<>(members.toList());
    }

    private record Bound(double score, boolean isExclusive) {

        static Bound parse(String text) {
            String number = text.startsWith("(") ? text.substring(1) : text;
            double score =
                    switch (number) {
                        case "+inf" -> Double.POSITIVE_INFINITY;
                        case "-inf" -> Double.NEGATIVE_INFINITY;
                        default -> Double.parseDouble(number);
                    };
            return new Bound(score, text.startsWith("("));
        }

        boolean isAtMost(double other) {
            return isExclusive ? score < other : score <= other;
        }

        boolean isAtLeast(double other) {
            return isExclusive ? score > other : score >= other;
        }
    }
}
