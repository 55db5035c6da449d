package dev.tokencache.operator.console;

import dev.tokencache.operator.console.history.Numbers;
import dev.tokencache.redis.RouterState;
import dev.tokencache.redis.ShardState;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.command.RedisRouter;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** The shards and their nodes, as the router of this instance sees them. */
final class ClusterPage implements Page {

    record View(Instant at, boolean isOk, int slotsCovered, int openBreakers, List<Shard> shards) {}

    record Shard(String slots, int slotCount, boolean isBreakerOpen, List<Node> nodes) {}

    /** @param state in words; {@code isWell} is its colour */
    record Node(String address, String role, String state, boolean isWell, String lag) {}

    private final RedisRouter router;
    private final Time time;

    ClusterPage(RedisRouter router, Time time) {
        this.router = router;
        this.time = time;
    }

    @Override
    public String name() {
        return "cluster";
    }

    @Override
    public String title() {
        return "Cluster";
    }

    @Override
    public Uni<TemplateInstance> whole(Visit visit) {
        return Uni.createFrom().item(() -> Templates.cluster(visit.frame(), view()));
    }

    @Override
    public Uni<TemplateInstance> live() {
        return Uni.createFrom().item(() -> Templates.cluster$live(view()));
    }

    private View view() {
        RouterState state = router.state();
        return new View(
                time.clock().instant(),
                state.isClusterOk(),
                state.slotsCovered(),
                state.openBreakers(),
                router.shards().stream().map(ClusterPage::shard).toList());
    }

    private static Shard shard(ShardState shard) {
        Node master =
                new Node(shard.master().toString(), "master", shard.isUp() ? "up" : "no connection", shard.isUp(), "");
        return new Shard(
                shard.slots(),
                shard.slotCount(),
                shard.isBreakerOpen(),
                Stream.concat(Stream.of(master), shard.replicas().stream().map(ClusterPage::replica))
                        .toList());
    }

    private static Node replica(ShardState.Replica replica) {
        String state = !replica.isUp() ? "no connection" : replica.isAttached() ? "in sync" : "not in sync";
        String lag = replica.lagBytes().isPresent()
                ? Numbers.text(replica.lagBytes().getAsLong(), "B") + " behind"
                : "lag unknown";
        return new Node(replica.endpoint().toString(), "replica", state, replica.isUp() && replica.isAttached(), lag);
    }
}
