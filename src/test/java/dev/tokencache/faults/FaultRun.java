package dev.tokencache.faults;

import dev.tokencache.testing.Heartbeat;
import dev.tokencache.testing.ServiceClient;
import dev.tokencache.testing.cluster.TestNode;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** A steady load, and what happens to Redis meanwhile. Belongs to one thread. */
final class FaultRun implements AutoCloseable {

    private final String name;
    private final KnownTokens known;
    private final Heartbeat heartbeat = Heartbeat.start();
    private final SteadyLoad load;
    private final Set<Integer> struck = new TreeSet<>();
    private long faultNanos = System.nanoTime();
    private OptionalLong recoveryNanos = OptionalLong.empty();

    private FaultRun(String name, KnownTokens known, SteadyLoad load) {
        this.name = name;
        this.known = known;
        this.load = load;
    }

    /** @param name what will happen, for the table of faults */
    static FaultRun start(String name, KnownTokens known, ServiceClient client) {
        return new FaultRun(name, known, SteadyLoad.start(known, client));
    }

    SteadyLoad load() {
        return load;
    }

    KnownTokens known() {
        return known;
    }

    /** Lets something happen now, of which no shard should notice anything. */
    void strike(Runnable fault) {
        faultNanos = System.nanoTime();
        fault.run();
    }

    /** Lets something happen now to the shard of this master. */
    void strike(TestNode master, Runnable fault) {
        struck.add(master.port());
        strike(fault);
    }

    /** Lets something happen now to all shards. */
    void strikeAll(Runnable fault) {
        struck.addAll(known.shards());
        strike(fault);
    }

    /** Waits until the cluster has made a master of a replica; that replica itself is asked. */
    void awaitPromotion(TestNode replica) {
        FaultSite.awaitPromotion(replica);
        repaired();
    }

    /** From now on the cluster itself serves everything again. */
    void repaired() {
        recoveryNanos = OptionalLong.of(System.nanoTime());
    }

    /** Stops the load when there is full service again, at the latest after a minute, and counts up. */
    FaultReport finish(ServiceClient client) {
        boolean served = load.isSoonServed();
        return count(client, served);
    }

    /** Stops the load at once and counts up. */
    FaultReport finishNow(ServiceClient client) {
        return count(client, false);
    }

    private FaultReport count(ServiceClient client, boolean served) {
        close();
        return new FaultReport(
                name,
                load.answers(),
                Set.copyOf(struck),
                faultNanos,
                recoveryNanos,
                load.ledger().lost(client),
                load.ledger().acknowledged(),
                served,
                heartbeat);
    }

    @Override
    public void close() {
        load.close();
        heartbeat.close();
    }
}
