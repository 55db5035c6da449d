package dev.tokencache.migration.state;

import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.Evidence;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.MigrationStates;
import dev.tokencache.redis.Futures;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.command.RoutedReply;
import dev.tokencache.store.redis.RedisCommands;
import dev.tokencache.store.redis.RedisKeys;
import dev.tokencache.store.redis.Script;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Stores the shared state of a migration in one hash of the cluster, by idempotent scripts. The prefixes of its fields: {@code
 * s.} the state, {@code c.} the counts of the evidence window, {@code a.} the last sequence number of each source, {@code b.} the
 * backfill, {@code l.} the lease.
 */
public final class RedisMigrationStates implements MigrationStates {

    private static final Script READ = script("read");
    private static final Script SET_STATE = script("set-state");
    private static final Script ADD = script("add");
    private static final Script ACQUIRE = script("acquire");
    private static final Script RELEASE = script("release");
    private static final Script ADVANCE = script("advance");
    private static final Script REQUEST = script("request");

    private final RedisRouter router;
    private final RedisCommands commands;
    private final byte[] key;
    private final Duration timeout;

    public RedisMigrationStates(RedisRouter router, String keyPrefix, Duration timeout) {
        this.router = router;
        this.commands = new RedisCommands(router);
        this.key = new RedisKeys(keyPrefix).migration();
        this.timeout = timeout;
    }

    private static Script script(String name) {
        return Script.of("migration/functions", "migration/" + name);
    }

    @Override
    public Uni<Shared> read() {
        return run(READ, List.of()).map(reply -> MigrationFields.shared(fields(reply)));
    }

    private static Map<String, String> fields(RoutedReply reply) {
        Map<String, String> fields = new HashMap<>();
        Response list = reply.response();
        for (int i = 0; list != null && i + 1 < list.size(); i += 2) {
            fields.put(list.get(i).toString(), list.get(i + 1).toString());
        }
        return fields;
    }

    @Override
    public Uni<Boolean> compareAndSet(MigrationState next) {
        return isDone(SET_STATE, arguments(MigrationFields.of(next), Long.toString(next.version() - 1), nonce()));
    }

    @Override
    public Uni<Void> add(long window, String source, long sequence, Evidence seen) {
        return run(ADD, arguments(MigrationFields.of(seen), Long.toString(window), source, Long.toString(sequence)))
                .replaceWithVoid();
    }

    @Override
    public Uni<Optional<BackfillLease>> acquire(String runner, Duration duration) {
        return run(ACQUIRE, List.of(runner, Long.toString(duration.toMillis())))
                .map(RedisCommands::number)
                .map(token -> token == 0 ? Optional.empty() : Optional.of(new BackfillLease(token)));
    }

    @Override
    public Uni<Void> release(BackfillLease lease) {
        return run(RELEASE, List.of(Long.toString(lease.fencingToken()))).replaceWithVoid();
    }

    @Override
    public Uni<Boolean> advance(BackfillLease lease, BackfillProgress progress) {
        return isDone(
                ADVANCE,
                arguments(
                        MigrationFields.ofRunner(progress),
                        Long.toString(lease.fencingToken()),
                        Long.toString(progress.run()),
                        progress.status().name()));
    }

    @Override
    public Uni<Boolean> request(BackfillProgress expected, BackfillProgress wanted) {
        return isDone(
                REQUEST,
                arguments(
                        MigrationFields.ofRequest(wanted),
                        nonce(),
                        Long.toString(expected.run()),
                        expected.status().name(),
                        Long.toString(expected.keysPerSecond())));
    }

    /** Identifies a change: after a lost reply the script may run twice, and must then recognize its own change. */
    private static String nonce() {
        return UUID.randomUUID().toString();
    }

    private static List<String> arguments(Map<String, String> fields, String... first) {
        List<String> arguments = new ArrayList<>(List.of(first));
        fields.forEach((field, value) -> {
            arguments.add(field);
            arguments.add(value);
        });
        return arguments;
    }

    private Uni<Boolean> isDone(Script script, List<String> arguments) {
        return run(script, arguments).map(reply -> RedisCommands.number(reply) == 1);
    }

    private Uni<RoutedReply> run(Script script, List<String> arguments) {
        byte[][] bytes = arguments.stream()
                .map(argument -> argument.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        return Futures.toUni(() -> commands.run(script, key, router.deadline(timeout), bytes)
                .recover(failure -> Future.failedFuture(
                        new StoreUnavailableException("the state of the migration is unavailable", failure))));
    }
}
