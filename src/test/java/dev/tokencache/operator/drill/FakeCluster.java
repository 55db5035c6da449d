package dev.tokencache.operator.drill;

import dev.tokencache.redis.Endpoint;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A cluster, a service, the records and the time of a drill, all in memory. Each master has one replica. A test changes the
 * fields while the drill pauses.
 */
final class FakeCluster implements Nodes, Canaries, Records, Pace, Drill.Listener {

    static final class Member {
        final String id;
        final Endpoint address;
        final int shard;
        boolean isMaster;
        boolean isUp = true;
        boolean isInSync = true;
        String version = "7.0.15";
        int starts = 1;
        long epoch = 1;
        /** The configuration epochs of the others that it knows, by their ids. */
        final Map<String, Long> knownEpochs = new HashMap<>();

        Member(int shard, boolean isMaster, int port) {
            this.id = (isMaster ? "m" : "r") + shard;
            this.shard = shard;
            this.isMaster = isMaster;
            this.address = new Endpoint("10.0.0.1", port);
        }
    }

    final Map<String, Member> members = new TreeMap<>();
    final List<String> changes = new ArrayList<>();
    final Map<String, Long> times = new HashMap<>();
    final List<String> said = new ArrayList<>();
    final Map<String, String> stored = new TreeMap<>();
    final Map<Long, Runnable> later = new HashMap<>();
    /** What happens at each pause; by default every canary is served. */
    BiConsumer<Scores, Long> canaries = this::serve;

    int failedStores;
    /** How long the others do not know a new configuration epoch. */
    Duration gossip = Duration.ofSeconds(2);

    List<Integer> slots = List.of();

    boolean hasSupervisor = true;
    boolean failsOver = true;
    boolean oldMasterFollows = true;

    @Nullable
    String leaseHolder;

    @Nullable
    String abort;

    @Nullable
    DrillState state;

    @Nullable
    Scores scores;

    private final int shards;
    private long nanos = 1;
    ZonedDateTime start = ZonedDateTime.of(2026, 11, 30, 10, 0, 0, 0, ZoneOffset.UTC);

    FakeCluster(int shards) {
        this.shards = shards;
        for (int i = 0; i < shards; i++) {
            for (Member member : List.of(new Member(i, true, 7000 + i), new Member(i, false, 7100 + i))) {
                members.put(member.id, member);
            }
        }
    }

    Member member(String id) {
        return members.get(id);
    }

    ClusterState state() {
        return ClusterState.read(this, addresses());
    }

    private List<Endpoint> addresses() {
        return members.values().stream().map(member -> member.address).toList();
    }

    Drill drill(DrillPlan plan, DrillPlan.Conditions conditions) {
        return new Drill(plan, conditions, new Drill.Site(this, this, this, this, Runnable::run, this, "operator"));
    }

    void serve(Scores judged, long now) {
        for (int shard = 0; shard < shards; shard++) {
            judged.served(shard, Scores.Kind.READ, now, now + 1);
            judged.served(shard, Scores.Kind.WRITE, now, now + 1);
        }
    }

    @Override
    public String text(Endpoint node, String... command) {
        Member member = members.values().stream()
                .filter(each -> each.address.equals(node))
                .findFirst()
                .orElseThrow();
        if (!member.isUp) {
            throw new Failure("no reply");
        }
        String line = String.join(" ", command);
        return switch (line) {
            case "CLUSTER NODES" -> nodes(member);
            case "CLUSTER INFO" -> "cluster_state:ok";
            case "INFO" -> info(member);
            default -> change(member, line);
        };
    }

    private String nodes(Member asked) {
        StringBuilder lines = new StringBuilder();
        for (Member member : members.values()) {
            Member master = masterOf(member);
            int width = 16384 / shards;
            int last = member.shard == shards - 1 ? 16383 : (member.shard + 1) * width - 1;
            long epoch = member == asked ? member.epoch : asked.knownEpochs.getOrDefault(member.id, 1L);
            lines.append("%s %s@17000 %s%s%s %s 0 %d %d connected%s%n"
                    .formatted(
                            member.id,
                            member.address,
                            member == asked ? "myself," : "",
                            member.isMaster ? "master" : "slave",
                            member.isUp ? "" : ",fail",
                            member.isMaster ? "-" : master.id,
                            nanos / 1_000_000,
                            epoch,
                            member.isMaster ? " " + member.shard * width + "-" + last : ""));
        }
        return lines.toString();
    }

    private Member masterOf(Member member) {
        return members.values().stream()
                .filter(other -> other.shard == member.shard && other.isMaster)
                .findFirst()
                .orElse(member);
    }

    private static String info(Member member) {
        return """
                redis_version:%s
                run_id:%s-%d
                role:%s
                master_link_status:%s
                master_sync_in_progress:0
                master_repl_offset:100
                slave_repl_offset:100
                """.formatted(
                        member.version,
                        member.id,
                        member.starts,
                        member.isMaster ? "master" : "slave",
                        member.isInSync ? "up" : "down");
    }

    private String change(Member member, String line) {
        changes.add(member.id + " " + line);
        times.put(member.id + " " + line, nanos);
        if (line.equals("CLUSTER FAILOVER") && failsOver) {
            masterOf(member).isMaster = !oldMasterFollows;
            member.isMaster = true;
        }
        if (line.startsWith("CLUSTER SETSLOT") && line.endsWith("NODE " + member.id)) {
            long epoch = ++member.epoch;
            after(gossip, () -> members.values().forEach(other -> other.knownEpochs.put(member.id, epoch)));
        }
        if (line.startsWith("SHUTDOWN")) {
            member.isUp = false;
            if (hasSupervisor) {
                after(Duration.ofSeconds(1), () -> start(member));
            }
            throw new Failure("the connection was lost");
        }
        return "OK";
    }

    void start(Member member) {
        member.isUp = true;
        member.starts++;
        member.isInSync = false;
        after(Duration.ofSeconds(1), () -> member.isInSync = true);
    }

    void after(Duration delay, Runnable task) {
        later.merge(nanos + delay.toNanos(), task, (first, second) -> () -> {
            first.run();
            second.run();
        });
    }

    @Override
    public List<String> list(Endpoint node, String... command) {
        return command[0].equals("CONFIG") ? List.of("cluster-node-timeout", "1000") : List.of();
    }

    @Override
    public boolean canLogIn(Endpoint node, String user, String password) {
        return true;
    }

    @Override
    public List<String> migrateLogin() {
        return List.of();
    }

    @Override
    public void start(ClusterState cluster, Scores judged) {
        scores = judged;
    }

    @Override
    public List<Integer> slots(int shard) {
        return slots;
    }

    @Override
    public void finish() {
        changes.add("canaries removed");
    }

    @Override
    public Optional<String> acquire(String id, String status) {
        return Optional.ofNullable(leaseHolder);
    }

    @Override
    public Optional<String> abortedBy(String id) {
        return Optional.ofNullable(abort);
    }

    @Override
    public void release(String id) {
        said.add("released");
    }

    @Override
    public void store(String id, String report) {
        if (failedStores-- > 0) {
            throw new Failure("no master has the slot of the reports");
        }
        stored.put(id, report);
    }

    @Override
    public ZonedDateTime now() {
        return start.plusNanos(nanos);
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void pause(Duration time) {
        nanos += time.toNanos();
        List<Long> due =
                later.keySet().stream().filter(at -> at <= nanos).sorted().toList();
        due.forEach(at -> later.remove(at).run());
        if (scores != null) {
            canaries.accept(scores, nanos);
        }
    }

    @Override
    public void said(String text) {
        said.add(text);
    }

    @Override
    public void progress(DrillState now) {
        state = now;
    }
}
