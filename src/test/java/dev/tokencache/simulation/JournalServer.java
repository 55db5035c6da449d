package dev.tokencache.simulation;

import dev.tokencache.journal.sql.Conditions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * How the database of a journal behaves: a server, or the disk of an instance. It can be down, reply late, refuse statements,
 * and lose connections before or after a commit.
 */
final class JournalServer {

    private static final Duration MIN_LATENCY = Duration.ofNanos(200_000);
    private static final Duration USUAL_JITTER = Duration.ofMillis(2);
    private static final Duration RARE_JITTER = Duration.ofMillis(60);

    /** One request of this many is slow. */
    private static final int RARITY = 200;

    /** SQL states: lost connection, statement timeout, full disk, conflict, shutdown. */
    private static final List<String> FAILURES = List.of("08006", "57014", "53100", "40001", "57P01");

    private static final String CONNECTION_LOST = "08006";

    private final World world;
    private final String name;
    private final Duration patience;
    private final RandomGenerator random;
    private final Set<String> cutOff = new HashSet<>();
    private final Map<String, Long> contacts = new HashMap<>();
    private boolean isDown;
    private long hangsUntil;
    private double failures;

    /** @param patience how long a client waits for a reply */
    JournalServer(World world, String name, Duration patience) {
        this.world = world;
        this.name = name;
        this.patience = patience;
        this.random = world.random(name);
    }

    void setDown(boolean changed) {
        world.log(name + (changed ? ": down" : ": up"));
        isDown = changed;
    }

    /** Whether an instance cannot reach it, which all others can. */
    void setCutOff(String host, boolean changed) {
        world.log(name + ": " + (changed ? "unreachable for " : "reachable for ") + host);
        if (changed) {
            cutOff.add(host);
        } else {
            cutOff.remove(host);
        }
    }

    /** Requests that arrive within this time are executed at its end. */
    void hang(Duration duration) {
        world.log(name + ": hangs for " + duration.toMillis() + " ms");
        hangsUntil = world.time().nanoTime() + duration.toNanos();
    }

    /** @param share which share of requests and replies fails, from 0 to 1 */
    void setFailures(double share) {
        world.log(name + ": fails with probability " + share);
        failures = share;
    }

    /** Its behaviour towards one process. */
    Conditions towards(SimulatedProcess process) {
        return new Conditions() {
            @Override
            public void request() throws SQLException {
                process.block(latency());
                if (isDown || isCutOff(process)) {
                    throw new SQLException("connection refused", "08001");
                }
                hang(process);
                if (isFailing()) {
                    throw new SQLException("refused", FAILURES.get(random.nextInt(FAILURES.size())));
                }
            }

            @Override
            public void beforeCommit() throws SQLException {
                if (isFailing()) {
                    throw new SQLException("connection lost before the commit", CONNECTION_LOST);
                }
            }

            @Override
            public void reply() throws SQLException {
                process.block(latency());
                if (isFailing() || isCutOff(process)) {
                    throw new SQLException("connection lost after the commit", CONNECTION_LOST);
                }
                contacts.put(process.name(), world.time().nanoTime());
            }
        };
    }

    /** When a process had its last reply, in the world's nanoseconds. */
    long lastContact(String process) {
        return contacts.getOrDefault(process, Long.MIN_VALUE);
    }

    private void hang(SimulatedProcess process) throws SQLException {
        long left = hangsUntil - world.time().nanoTime();
        if (left > patience.toNanos()) {
            process.block(patience);
            throw new SQLException("no reply", CONNECTION_LOST);
        }
        if (left > 0) {
            process.block(Duration.ofNanos(left));
        }
    }

    private boolean isCutOff(SimulatedProcess process) {
        return cutOff.stream().anyMatch(host -> process.name().startsWith(host + "#"));
    }

    private boolean isFailing() {
        return failures > 0 && random.nextDouble() < failures;
    }

    private Duration latency() {
        Duration jitter = random.nextInt(RARITY) == 0 ? RARE_JITTER : USUAL_JITTER;
        return MIN_LATENCY.plusNanos(random.nextLong(jitter.toNanos()));
    }
}
