package dev.tokencache.operator.console;

import dev.tokencache.operator.console.history.Numbers;
import dev.tokencache.operator.doctor.ClusterFacts;
import dev.tokencache.operator.doctor.NodeFacts;
import dev.tokencache.operator.doctor.live.LiveDoctor;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterState;
import dev.tokencache.redis.ShardState;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.command.RedisRouter;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The shards and their nodes, as the router of this instance sees them. */
final class ClusterPage extends Page {

    record View(Instant at, boolean isOk, int slotsCovered, int openBreakers, List<Shard> shards) {}

    record Shard(String slots, int slotCount, boolean isBreakerOpen, List<Node> nodes) {}

    /**
     * @param state in words; {@code isWell} is its colour
     * @param lag of a replica
     * @param about the version and the zone, by the last run of doctor in this instance; empty before the first
     */
    record Node(String address, String role, String state, boolean isWell, String lag, String about) {}

    private final RedisRouter router;
    private final LiveDoctor doctor;
    private final Time time;

    ClusterPage(RedisRouter router, LiveDoctor doctor, Time time) {
        super("cluster", "Cluster");
        this.router = router;
        this.doctor = doctor;
        this.time = time;
    }

    @Override
    Uni<TemplateInstance> whole(Visit visit) {
        return Uni.createFrom().item(() -> Templates.cluster(visit.frame(), view()));
    }

    @Override
    Uni<TemplateInstance> live() {
        return Uni.createFrom().item(() -> Templates.cluster$live(view()));
    }

    private View view() {
        RouterState state = router.state();
        Map<Endpoint, String> about = doctor.latest().map(ClusterPage::about).orElse(Map.of());
        return new View(
                time.clock().instant(),
                state.isClusterOk(),
                state.slotsCovered(),
                state.openBreakers(),
                router.shards().stream().map(shard -> shard(shard, about)).toList());
    }

    private static Map<Endpoint, String> about(ClusterFacts facts) {
        return facts.nodes().stream().collect(Collectors.toMap(NodeFacts::address, ClusterPage::about, (a, b) -> a));
    }

    private static String about(NodeFacts node) {
        Map<String, String> info = node.info().orElse(Map.of());
        String version = info.getOrDefault("valkey_version", info.getOrDefault("redis_version", ""));
        String zone = node.config().orElse(Map.of()).getOrDefault("availability-zone", "");
        return (version.isEmpty() ? "" : "version " + version) + (zone.isEmpty() ? "" : ", zone " + zone);
    }

    private static Shard shard(ShardState shard, Map<Endpoint, String> about) {
        Node master = new Node(
                shard.master().toString(),
                "master",
                shard.isUp() ? "up" : "no connection",
                shard.isUp(),
                "",
                about.getOrDefault(shard.master(), ""));
        return new Shard(
                shard.slots(),
                shard.slotCount(),
                shard.isBreakerOpen(),
                Stream.concat(Stream.of(master), shard.replicas().stream().map(replica -> replica(replica, about)))
                        .toList());
    }

    private static Node replica(ShardState.Replica replica, Map<Endpoint, String> about) {
        String state = !replica.isUp() ? "no connection" : replica.isAttached() ? "in sync" : "not in sync";
        String lag = replica.lagBytes().isPresent()
                ? Numbers.text(replica.lagBytes().getAsLong(), "B") + " behind"
                : "lag unknown";
        return new Node(
                replica.endpoint().toString(),
                "replica",
                state,
                replica.isUp() && replica.isAttached(),
                lag,
                about.getOrDefault(replica.endpoint(), ""));
    }
}
