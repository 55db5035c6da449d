package dev.tokencache.simulation;

import dev.tokencache.migration.MigrationDial;
import dev.tokencache.migration.MigrationStates.Shared;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Calls of the admin API of a migration, each at any instance. */
record AdminCalls(World world, Supplier<List<MigratingService>> instances, RandomGenerator random) {

    private static final Pattern MAP = Pattern.compile("\\{[^{}]*}");

    /** A call whose instance has crashed has no result. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Reads the state of the migration. */
    void status(Consumer<Shared> onResult, Runnable onFailure) {
        call(
                "status",
                instance -> instance.migration().dial().status(),
                status -> onResult.accept(status.shared()),
                onFailure);
    }

    /** A call that may have no result. */
    <T> void request(String what, Function<MigratingService, Uni<T>> call, Consumer<T> onResult) {
        List<MigratingService> running = instances.get();
        if (!running.isEmpty()) {
            send(running.get(random.nextInt(running.size())), what, call, onResult, () -> {});
        }
    }

    /** A call that has a result or fails, at the latest after some time. */
    <T> void call(String what, Function<MigratingService, Uni<T>> call, Consumer<T> onResult, Runnable onFailure) {
        boolean[] isOver = {false};
        Runnable failed = () -> {
            if (!isOver[0]) {
                isOver[0] = true;
                onFailure.run();
            }
        };
        world.time().schedule(PATIENCE, failed);
        List<MigratingService> running = instances.get();
        if (!running.isEmpty()) {
            Consumer<T> succeeded = result -> {
                if (!isOver[0]) {
                    isOver[0] = true;
                    onResult.accept(result);
                }
            };
            send(running.get(random.nextInt(running.size())), what, call, succeeded, failed);
        }
    }

    private <T> void send(
            MigratingService instance,
            String what,
            Function<MigratingService, Uni<T>> call,
            Consumer<T> onResult,
            Runnable onFailure) {
        SimulatedProcess process = instance.service().process();
        String name = process.name() + ": operator: " + what;
        process.run(() -> call.apply(instance)
                .subscribe()
                .with(
                        result -> {
                            world.log(name + " -> " + text(result));
                            onResult.accept(result);
                        },
                        failure -> {
                            world.log(name + " -> " + failure);
                            onFailure.run();
                        }));
    }

    private static String text(Object result) {
        String text =
                result instanceof MigrationDial.Status status ? status.shared().toString() : String.valueOf(result);
        return MAP.matcher(text).replaceAll(map -> Matcher.quoteReplacement(sorted(map.group())));
    }

    /** An immutable map has another order in each Java process. */
    private static String sorted(String map) {
        return Stream.of(map.substring(1, map.length() - 1).split(", "))
                .sorted()
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
