package dev.tokencache.operator.doctor.cli;

import dev.tokencache.cli.ExitCode;
import dev.tokencache.operator.doctor.NodeFacts;
import dev.tokencache.operator.doctor.facts.FactCollector;
import dev.tokencache.operator.nodes.NodeClients;
import dev.tokencache.operator.nodes.NodeLogin;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/** Blocking calls to the nodes, with an event loop of their own. */
final class Connections implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<Endpoint> nodes;
    private final RedisConnector connector;
    private final Vertx vertx;

    Connections(List<Endpoint> nodes, NodeLogin login) {
        this.nodes = nodes;
        this.connector = login.connector(nodes, TIMEOUT);
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    }

    List<NodeFacts> facts(String keyPrefix, BiConsumer<Integer, Integer> progress) {
        return await(new FactCollector(vertx, connector, keyPrefix, Clock.systemUTC(), progress).collect(nodes));
    }

    NodeClients clients() {
        return new NodeClients(vertx, connector, TIMEOUT);
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExitCode.UNAVAILABLE.failure("interrupted");
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            throw cause instanceof NodeClients.Failure known
                    ? ExitCode.UNAVAILABLE.failure(String.valueOf(known.getMessage()))
                    : new IllegalStateException(cause);
        } catch (TimeoutException late) {
            throw ExitCode.UNAVAILABLE.failure("the nodes did not reply in time");
        }
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
