package dev.tokencache.operator.doctor.facts;

import dev.tokencache.operator.doctor.NodeFacts;
import dev.tokencache.operator.doctor.NodeFacts.Samples;
import dev.tokencache.operator.doctor.NodeFacts.TlsFacts;
import dev.tokencache.operator.doctor.Reading;
import dev.tokencache.operator.nodes.NodeClients;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.redis.client.Response;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Reads the facts of one node. Every future succeeds: a refused command is an unknown reading. */
final class NodeReader {

    /** What all readers of a run share. */
    record Run(
            Vertx vertx,
            NodeClients clients,
            Passwords passwords,
            String keyPrefix,
            RedisConnector connector,
            Duration timeout,
            Clock clock) {}

    private static final Pattern CATEGORY = Pattern.compile("([+-])@(?!all\\b)(\\w+)");
    private static final int WARM_UP = 5;
    private static final int PINGS = 20;
    private static final String SLOW_ENTRIES = "128";

    private final Run run;
    private final Endpoint node;

    NodeReader(Run run, Endpoint node) {
        this.run = run;
        this.node = node;
    }

    /** A node that does not reply to the first command receives no other. */
    Future<NodeFacts> read() {
        return run.clients()
                .send(node, "INFO")
                .map(reply -> Reading.of(Replies.info(String.valueOf(reply))))
                .compose(
                        this::others,
                        failure -> isRefusal(failure)
                                ? others(unknown(failure))
                                : Future.succeededFuture(
                                        NodeFacts.unknown(node, unknown(failure).reason())));
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof NodeClients.Failure known && !known.code().isEmpty();
    }

    private static <T> Reading<T> unknown(Throwable failure) {
        return Reading.unknown(
                failure instanceof NodeClients.Failure known
                        ? String.valueOf(known.getMessage())
                        : "the reply cannot be read");
    }

    private <T> Future<Reading<T>> ask(Function<Response, T> parse, String command, String... arguments) {
        return reading(run.clients().send(node, command, arguments).map(parse));
    }

    private static <T> Future<Reading<T>> reading(Future<T> value) {
        return value.map(Reading::of).otherwise(NodeReader::unknown);
    }

    private Future<NodeFacts> others(Reading<Map<String, String>> info) {
        Future<Reading<Map<String, String>>> config =
                ask(reply -> run.passwords().withoutSecrets(Replies.pairs(reply)), "CONFIG", "GET", "*");
        var view = ask(reply -> Replies.nodes(reply.toString()), "CLUSTER", "NODES");
        var acl = ask(Replies::acl, "ACL", "LIST").compose(this::withoutCategories);
        var slowLog = ask(Replies::slowLog, "SLOWLOG", "GET", SLOW_ENTRIES);
        var latency = ask(Replies::latency, "LATENCY", "LATEST");
        var samples = samples(info);
        var tls = config.compose(this::tls);
        return Future.join(List.of(config, view, acl, slowLog, latency, samples, tls))
                .compose(done -> reading(pings(new ArrayList<>())))
                .compose(pings -> clockAhead()
                        .map(clock -> new NodeFacts(
                                node,
                                info,
                                config.result(),
                                view.result(),
                                acl.result(),
                                slowLog.result(),
                                latency.result(),
                                pings,
                                clock,
                                samples.result(),
                                tls.result())));
    }

    /** A category is replaced by the commands that {@code ACL CAT} shows. It stays if that is refused. */
    private Future<Reading<List<String>>> withoutCategories(Reading<List<String>> acl) {
        List<String> categories = CATEGORY.matcher(acl.orElse(List.of()).toString())
                .results()
                .map(found -> found.group(2))
                .distinct()
                .toList();
        Future<Reading<List<String>>> users = Future.succeededFuture(acl);
        for (String category : categories) {
            users = users.compose(known -> ask(Replies::texts, "ACL", "CAT", category)
                    .map(commands ->
                            known.map(lines -> Replies.withCommands(lines, category, commands.orElse(List.of())))));
        }
        return users;
    }

    /** Without other commands on the connection, and without the first ones, during which this process may still load classes. */
    private Future<List<Long>> pings(List<Long> micros) {
        long start = System.nanoTime();
        return run.clients().send(node, "PING").compose(pong -> {
            micros.add((System.nanoTime() - start) / 1000);
            return micros.size() < WARM_UP + PINGS
                    ? pings(micros)
                    : Future.succeededFuture(
                            micros.stream().skip(WARM_UP).sorted().toList());
        });
    }

    private Future<Reading<Long>> clockAhead() {
        long before = run.clock().millis();
        return ask(reply -> Replies.time(reply) - (before + run.clock().millis()) / 2, "TIME");
    }

    private Future<Reading<Samples>> samples(Reading<Map<String, String>> info) {
        boolean isReplica = "slave".equals(info.orElse(Map.of()).get("role"));
        return isReplica
                ? Future.succeededFuture(Reading.of(new Samples(0, 0, 0)))
                : reading(new KeySampler(run.clients(), node, run.keyPrefix()).sample());
    }

    /** The certificate that the node presents, trusted or not. Sends no data. */
    private Future<Reading<TlsFacts>> tls(Reading<Map<String, String>> config) {
        int configured = port(config, "tls-port");
        if (!run.connector().isTls() && configured == 0) {
            return Future.succeededFuture(Reading.unknown("no TLS port is known"));
        }
        int port = run.connector().isTls() ? node.port() : configured;
        NetClient client = run.vertx()
                .createNetClient(run.connector()
                        .netClientOptions()
                        .setSsl(true)
                        .setTrustAll(true)
                        .setHostnameVerificationAlgorithm("")
                        .setSslHandshakeTimeout(run.timeout().toMillis())
                        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS));
        return client.connect(port, node.host())
                .map(socket -> certificate(socket, port(config, "port")))
                .otherwise(Reading.unknown("the node presented no certificate"))
                .eventually(() -> client.close());
    }

    private static Reading<TlsFacts> certificate(NetSocket socket, int plainPort) {
        try {
            X509Certificate own = (X509Certificate) socket.peerCertificates().get(0);
            Collection<List<?>> names = own.getSubjectAlternativeNames();
            return Reading.of(new TlsFacts(
                    own.getNotAfter().toInstant(),
                    names == null
                            ? List.of()
                            : names.stream()
                                    .map(name -> String.valueOf(name.get(1)))
                                    .toList(),
                    plainPort));
        } catch (SSLPeerUnverifiedException | CertificateParsingException unreadable) {
            return Reading.unknown("its certificate cannot be read");
        }
    }

    private static int port(Reading<Map<String, String>> config, String name) {
        return Integer.parseInt(config.orElse(Map.of()).getOrDefault(name, "0"));
    }
}
