package dev.tokencache.operator.drill;

import dev.tokencache.operator.drill.ClusterState.Node;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The records in two keys of one slot: a hash of the reports, and the lease, a string of the id, a blank and the state. Each
 * change is one script.
 */
public final class ClusterRecords implements Records {

    private static final String LEASE_MILLIS =
            Long.toString(Duration.ofSeconds(60).toMillis());
    private static final String STORED_MILLIS =
            Long.toString(Duration.ofDays(365).toMillis());
    private static final String MAX_REPORTS = "20";

    /** KEYS: lease. ARGV: id, state, TTL. Returns another drill's value, or "". */
    private static final String ACQUIRE = """
            local held = redis.call('get', KEYS[1])
            if held and string.sub(held, 1, #ARGV[1] + 1) ~= ARGV[1] .. ' ' then return held end
            redis.call('set', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'px', ARGV[3])
            return ''
            """;

    /** KEYS: lease. ARGV: id. */
    private static final String RELEASE = """
            local held = redis.call('get', KEYS[1])
            if held and string.sub(held, 1, #ARGV[1] + 1) == ARGV[1] .. ' ' then redis.call('del', KEYS[1]) end
            return ''
            """;

    /** KEYS: reports. ARGV: id, report, TTL, how many to store. */
    private static final String STORE = """
            redis.call('hset', KEYS[1], ARGV[1], ARGV[2])
            local ids = redis.call('hkeys', KEYS[1])
            table.sort(ids)
            for i = 1, #ids - tonumber(ARGV[4]) do redis.call('hdel', KEYS[1], ids[i]) end
            redis.call('pexpire', KEYS[1], ARGV[3])
            return ''
            """;

    private final Nodes nodes;
    private final Supplier<List<Endpoint>> seeds;
    private final String reports;
    private final String lease;
    private final String abort;

    /** @param seeds some nodes of the cluster */
    public ClusterRecords(Nodes nodes, Supplier<List<Endpoint>> seeds, String keyPrefix) {
        this.nodes = nodes;
        this.seeds = seeds;
        this.reports = reportsKey(keyPrefix);
        this.lease = leaseKey(keyPrefix);
        this.abort = abortKey(keyPrefix);
    }

    public static String reportsKey(String keyPrefix) {
        return keyPrefix + "{drill}";
    }

    public static String leaseKey(String keyPrefix) {
        return keyPrefix + "{drill}lease";
    }

    /** A request to end a drill: its id, a blank and the caller. */
    public static String abortKey(String keyPrefix) {
        return keyPrefix + "{drill}abort";
    }

    @Override
    public Optional<String> acquire(String id, String state) {
        String held = eval(ACQUIRE, lease, id, state, LEASE_MILLIS);
        return held.isEmpty() ? Optional.empty() : Optional.of(held.substring(held.indexOf(' ') + 1));
    }

    @Override
    public Optional<String> abortedBy(String id) {
        String request = nodes.text(master().address(), "GET", abort);
        return request.startsWith(id + " ") ? Optional.of(request.substring(id.length() + 1)) : Optional.empty();
    }

    @Override
    public void release(String id) {
        eval(RELEASE, lease, id);
    }

    @Override
    public void store(String id, String report) {
        eval(STORE, reports, id, report, STORED_MILLIS, MAX_REPORTS);
    }

    private String eval(String script, String key, String... arguments) {
        String[] command = new String[arguments.length + 4];
        command[0] = "EVAL";
        command[1] = script;
        command[2] = "1";
        command[3] = key;
        System.arraycopy(arguments, 0, command, 4, arguments.length);
        return nodes.text(master().address(), command);
    }

    private Node master() {
        return ClusterState.view(nodes, seeds.get())
                .owner(HashSlot.of(reports.getBytes(StandardCharsets.UTF_8)))
                .orElseThrow(() -> new Nodes.Failure("no master has the slot of the reports"));
    }
}
