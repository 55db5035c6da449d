package dev.tokencache.simulation;

import dev.tokencache.journal.CallLimits;
import dev.tokencache.journal.Journal;
import dev.tokencache.journal.JournalEntry;
import dev.tokencache.journal.JournalMetrics;
import dev.tokencache.journal.JournalStatus;
import dev.tokencache.journal.JournaledTokenStore;
import dev.tokencache.journal.MissedTouches;
import dev.tokencache.journal.Replay;
import dev.tokencache.journal.ReplayLoop;
import dev.tokencache.journal.sql.SimulatedDatabase;
import dev.tokencache.journal.sql.SqlJournal;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.seal.SealSettings;
import dev.tokencache.store.redis.RedisStoreSettings;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.testing.RedisSettings;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The chain of stores with a journal, as {@code Wiring} and {@code JournalWiring} make it.
 *
 * @param maxEntries how many entries the journal takes
 * @param violated receives each expiry that leaves the journal too early
 */
record JournaledStores(SimulatedDatabase database, JournalServer server, int maxEntries, Consumer<String> violated)
        implements Stores {

    static final Duration CONFIRM_AFTER = Duration.ofSeconds(30);

    private static final Duration MAX_TTL = Duration.ofDays(30);
    private static final int REPLAYS_PER_SECOND = 1000;

    @Override
    public Chain chain(RedisRouter router, SimulatedProcess process, RedisSettings settings) {
        SqlJournal opened =
                database.open(maxEntries, MAX_TTL, process, process, server.towards(process), new JournalMetrics());
        Journal journal = deliveredTo(process, Journal.class, opened);
        CallLimits limits = CallLimits.of(settings.timeout());
        RedisTokenStore redis = new RedisTokenStore(
                router,
                new RedisStoreSettings(
                        settings.keyPrefix(),
                        limits.store(),
                        MAX_TTL,
                        true,
                        opened::mayHaveEntries,
                        true,
                        SealSettings.sealingWith("a").required(true).seal()),
                process.clock(),
                verdict -> {},
                new MissedTouches(journal));
        Journal.Backlog backlog = deliveredTo(process, Journal.Backlog.class, opened);
        Replay replay = new Replay(backlog, redis, CONFIRM_AFTER, process, new JournalMetrics());
        new ReplayLoop(journal, replay, REPLAYS_PER_SECOND, process).start();
        return new Chain(new JournaledTokenStore(redis, journal, process, limits), started(opened), opened::isEmpty);
    }

    /** Becomes ready with the first check. Production does not wait for longer than some seconds, which README documents. */
    private static BooleanSupplier started(SqlJournal journal) {
        boolean[] wasReached = {false};
        return () -> {
            wasReached[0] |= journal.status().state() != JournalStatus.State.BROKEN;
            return wasReached[0];
        };
    }

    /** Results arrive on the event loop of the process, as they do on the context of a caller in production. */
    private <T> T deliveredTo(SimulatedProcess process, Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                JournaledStores.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals("acknowledge")) {
                        checkConfirmed((List<?>) arguments[0], process);
                    }
                    try {
                        Object result = method.invoke(target, arguments);
                        return result instanceof Uni<?> call ? call.emitOn(process) : result;
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                }));
    }

    /** A record may also leave because Redis has a revocation of its token. */
    private void checkConfirmed(List<?> leaving, SimulatedProcess process) {
        for (Object entry : leaving) {
            if (entry instanceof JournalEntry.Expiry || entry instanceof JournalEntry.NotBefore) {
                long accepted = ((JournalEntry) entry).acceptedAtMillis();
                if (accepted == 0 || process.clock().millis() - accepted < CONFIRM_AFTER.toMillis()) {
                    violated.accept(entry + " leaves the journal unconfirmed");
                }
            }
        }
    }
}
