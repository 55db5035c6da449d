package dev.tokencache.faults;

import dev.tokencache.testing.Heartbeat;
import dev.tokencache.testing.ServiceClient;
import dev.tokencache.testing.cluster.TestNode;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** A steady load during which one fault is injected. Not thread-safe. */
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

    /** @param name of the fault, shown in the table of faults */
    static FaultRun start(String name, KnownTokens known, ServiceClient client) {
        return new FaultRun(name, known, SteadyLoad.start(known, client));
    }

    SteadyLoad load() {
        return load;
    }

    KnownTokens known() {
        return known;
    }

    /** Injects a fault that should affect no shard. */
    void strike(Runnable fault) {
        faultNanos = System.nanoTime();
        fault.run();
    }

    /** Injects a fault that hits the shard of this master. */
    void strike(TestNode master, Runnable fault) {
        struck.add(master.port());
        strike(fault);
    }

    /** Injects a fault that hits one shard of {@link KnownTokens#shards}. */
    void strike(int shard, Runnable fault) {
        struck.add(shard);
        strike(fault);
    }

    /** Injects a fault that hits all shards. */
    void strikeAll(Runnable fault) {
        struck.addAll(known.shards());
        strike(fault);
    }

    /** Waits until the replica itself reports that it was promoted, and records that as the recovery. */
    void awaitPromotion(TestNode replica) {
        FaultSite.awaitPromotion(replica);
        repaired();
    }

    /** Records that the cluster itself serves all slots again from now on. */
    void repaired() {
        recoveryNanos = OptionalLong.of(System.nanoTime());
    }

    /** Stops the load once every call is served again, after a minute at the latest, and reports. */
    FaultReport finish(ServiceClient client) {
        boolean served = load.isSoonServed();
        return report(client, served);
    }

    /** Stops the load immediately and reports. */
    FaultReport finishNow(ServiceClient client) {
        return report(client, false);
    }

    private FaultReport report(ServiceClient client, boolean served) {
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
