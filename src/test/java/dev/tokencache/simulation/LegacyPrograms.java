package dev.tokencache.simulation;

import dev.tokencache.migration.legacy.LegacyConfig;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.connection.LogLabels;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.token.Claims;
import dev.tokencache.token.Durability;
import dev.tokencache.token.IssuedToken;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenString;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** The other programs of an old store: they create sessions there, without the service. They end none there. */
final class LegacyPrograms {

    private static final String HOST = "other-program";
    private static final Duration MAX_PAUSE = Duration.ofSeconds(2);

    /** A session expires this much later than it is known to, because the read for its copy may be slow. */
    private static final long MARGIN_SECONDS = 7;

    /** Its end, and its copy's, are rounded up. */
    private static final long ROUNDING_SECONDS = 2;

    /** One record of this many is not a session. */
    private static final int RARITY = 20;

    private final World world;
    private final OldStore old;
    private final Clients clients;
    private final RandomGenerator random;
    private final RedisRouter router;
    private boolean isStopped;
    private int sessions;

    LegacyPrograms(World world, SimulatedNetwork network, OldStore old, Clients clients) {
        this.world = world;
        this.old = old;
        this.clients = clients;
        this.random = world.random("other programs");
        SimulatedProcess process = new SimulatedProcess(world, HOST, Duration.ZERO);
        RedisSettings settings = RedisSettings.defaults().withMinReplicas(0);
        this.router = new RedisRouter(
                new SimulatedService.OneLoop(network, old.cluster(), process, HOST),
                process,
                new RedisConnector(new RedisOptions().setEndpoints(old.urls()), settings, LogLabels.OWN),
                settings,
                RouterEvents.NONE,
                Duration.ofSeconds(5),
                !old.isCluster());
        router.start();
    }

    void start() {
        world.time().schedule(Duration.ofNanos(1 + random.nextLong(MAX_PAUSE.toNanos())), () -> {
            if (!isStopped) {
                start();
                create();
            }
        });
    }

    /** The site has moved all logins to the API. */
    void stop() {
        world.log("other programs: stop");
        isStopped = true;
    }

    private void create() {
        String name = "session-" + ++sessions;
        TokenString string = new TokenString(name + "-of-another-program");
        Subject subject = clients.anySubject(random);
        long now = world.time().clock().millis();
        long lifetime = MARGIN_SECONDS + 5 + random.nextInt(random.nextBoolean() ? 60 : 3600);
        String claims = "{\"role\":\"" + random.nextInt(10) + "\"}";
        String issued = old.hasIssueTimes() ? "\"iat\":" + now + "," : "";
        String json = "{\"sub\":\"" + subject.name() + "\"," + issued + claims.substring(1);
        boolean isSession = random.nextInt(RARITY) > 0;
        long startedAt = world.time().nanoTime();
        byte[] key = LegacyConfig.DEFAULT_KEY_PATTERN
                .replace("{token}", string.value())
                .getBytes(StandardCharsets.US_ASCII);
        Request set = Request.cmd(Command.SET)
                .arg(key)
                .arg(isSession ? json : "no session")
                .arg("PX")
                .arg(lifetime * 1000);
        router.send(key, set, router.deadline(Duration.ofSeconds(1))).onComplete(done -> {
            world.log("other programs: create " + name + " of " + subject.name() + " -> "
                    + (done.succeeded() ? "OK" : done.cause()));
            if (done.succeeded() && isSession) {
                clients.add(new KnownToken(
                        world,
                        name,
                        subject,
                        new IssuedToken(
                                string, token(subject, string, now, lifetime, claims), Durability.AS_CONFIGURED),
                        old.hasIssueTimes() ? startedAt : Long.MIN_VALUE,
                        world.time().nanoTime(),
                        MARGIN_SECONDS + ROUNDING_SECONDS));
            }
        });
    }

    private static Token token(Subject subject, TokenString string, long now, long lifetime, String claims) {
        long expiresAt = now / 1000 + lifetime - MARGIN_SECONDS;
        return new Token(
                new TokenId(RoutingTag.ofSubject(subject.name()), string.hash()),
                subject.name(),
                "other-program",
                now,
                expiresAt,
                expiresAt,
                lifetime,
                0,
                now,
                null,
                null,
                Claims.ofJson(claims.getBytes(StandardCharsets.US_ASCII)));
    }
}
