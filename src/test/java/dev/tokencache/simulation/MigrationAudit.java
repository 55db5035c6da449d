package dev.tokencache.simulation;

import dev.tokencache.testing.RedisSettings;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Reads tokens from the cluster of a migration alone, from a host that no fault cuts off. */
final class MigrationAudit {

    private static final String HOST = "auditor";
    private static final Duration SETTLING = Duration.ofSeconds(3);

    private final World world;
    private final Oracle oracle;
    private final Clients clients;
    private final SimulatedService auditor;

    MigrationAudit(World world, SimulatedNetwork network, SimulatedCluster cluster, Oracle oracle, Clients clients) {
        this.world = world;
        this.oracle = oracle;
        this.clients = clients;
        this.auditor = new SimulatedService(
                network, cluster, new SimulatedProcess(world, HOST, Duration.ZERO), HOST, RedisSettings.defaults());
    }

    /** Checks every known token with the oracle: the old store is not in use any more. */
    void checkAll() {
        read(token -> true, (token, verdict, validation) -> oracle.validated(token, verdict, validation));
    }

    /**
     * Reports the live tokens that the cluster lacks, of those that existed at a time, to a consumer; and an active token that
     * was expired, to the oracle. The consumer is called when all reads have ended, and the instances have noticed a failover.
     */
    void missing(long existedAtNanos, Consumer<List<String>> consumer) {
        List<String> missing = new ArrayList<>();
        read(token -> token.receivedAt() < existedAtNanos, (token, verdict, validation) -> {
            if (verdict instanceof Verdict.Active) {
                oracle.validated(token, verdict, validation);
            } else if (verdict instanceof Verdict.Inactive && oracle.isSurelyLive(token)) {
                missing.add(token.name());
            }
        });
        world.time().schedule(SETTLING, () -> consumer.accept(missing));
    }

    @FunctionalInterface
    private interface Check {
        void check(KnownToken token, Verdict verdict, Validation validation);
    }

    private void read(Predicate<KnownToken> condition, Check check) {
        clients.tokens().stream().filter(condition).forEach(token -> {
            Validation validation = oracle.validationStarted(token, HOST);
            auditor.store().read(locator(token)).subscribe().with(verdict -> check.check(token, verdict, validation));
        });
    }

    private static TokenLocator locator(KnownToken token) {
        return token.issued().string().isForeign()
                ? new TokenLocator.Foreign(token.issued().token().id().hash())
                : new TokenLocator.ById(token.issued().token().id());
    }
}
