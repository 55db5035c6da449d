package dev.tokencache.simulation;

import dev.tokencache.token.TokenStore;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Makes a simulated store usable by tests that wait for a result: each call advances the time until it has one. */
final class AdvancingStore {

    private static final Duration STEP = Duration.ofMillis(1);

    private AdvancingStore() {}

    static TokenStore wrap(World world, TokenStore store) {
        return (TokenStore) Proxy.newProxyInstance(
                AdvancingStore.class.getClassLoader(),
                new Class<?>[] {TokenStore.class},
                (proxy, method, arguments) -> {
                    try {
                        return advancing(world, (Uni<?>) method.invoke(store, arguments));
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    private static <T> Uni<T> advancing(World world, Uni<T> call) {
        return Uni.createFrom().emitter(emitter -> {
            AtomicBoolean isDone = new AtomicBoolean();
            call.onTermination().invoke(() -> isDone.set(true)).subscribe().with(emitter::complete, emitter::fail);
            while (!isDone.get()) {
                world.run(STEP);
            }
        });
    }
}
