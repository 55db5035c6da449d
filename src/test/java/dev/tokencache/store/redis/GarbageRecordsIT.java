package dev.tokencache.store.redis;

import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenCodec;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Records in our own keys that someone else wrote or changed. */
class GarbageRecordsIT {

    private static RouterFixture redis;

    private final MutableClock clock = new MutableClock(Instant.now());
    private final String subject = "alice-" + UUID.randomUUID();

    @BeforeAll
    static void connect() {
        redis = RouterFixture.of(
                RedisClusterResource.cluster(), RedisSettings.usual().withoutReplicaReads());
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    private static <T> T await(Uni<T> call) {
        return call.await().atMost(Duration.ofSeconds(60));
    }

    private static byte[] garbage(String kind, Token token) {
        String record = new String(TokenCodec.encode(token), StandardCharsets.ISO_8859_1);
        String changed =
                switch (kind) {
                    case "empty" -> "";
                    case "short" -> record.substring(0, 1);
                    case "cut" -> record.substring(0, 14);
                    case "other-version" -> (char) 0xff + record.substring(1);
                    case "scope-with-cr" -> record.replace("read write", "read\rwrite");
                    case "scope-with-nul" -> record.replace("read write", "read\0write");
                    case "subject-not-utf8" -> record.replace("alice", "alic\u00e9");
                    case "claims" -> record.replace("{\"n\":1}", "{\"n\":\"\\ud83d\"}");
                    default -> kind;
                };
        return changed.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource({
        "empty,false",
        "short,false",
        "short,true",
        "cut,true",
        "hello,false",
        "other-version,false",
        "scope-with-cr,false",
        "scope-with-nul,true",
        "subject-not-utf8,false",
        "claims,true"
    })
    void shouldReportAnUnreadableRecordUnknownAndStillExpireIt(String kind, boolean keepsExpiries) {
        TokenStore store =
                new RedisTokenStore(redis.router(), redis.storeSettings(keepsExpiries), clock, verdict -> {});
        Token token = TokenDraft.of(subject, clock.millis())
                .scope("read write")
                .claims("{\"n\":1}")
                .token();
        TokenLocator locator = new TokenLocator.ById(token.id());
        byte[] key =
                redis.storeSettings(keepsExpiries).keys().subject(token.id().tag());
        redis.send(
                        key,
                        Request.cmd(Command.HSET)
                                .arg(key)
                                .arg(token.id().hash().bytes())
                                .arg(garbage(kind, token)))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        redis.send(key, Request.cmd(Command.EXPIRE).arg(key).arg(600))
                .toCompletionStage()
                .toCompletableFuture()
                .join();

        assertThat(await(store.validate(locator))).isInstanceOf(Verdict.Unknown.class);
        assertThat(await(store.read(locator))).isInstanceOf(Verdict.Unknown.class);
        assertThatThrownBy(() -> await(store.renew(locator, OptionalLong.empty())))
                .isInstanceOf(StoreUnavailableException.class);

        await(store.expire(locator, clock.millis()));

        assertThat(await(store.validate(locator))).isInstanceOf(Verdict.Inactive.class);
    }

    @ParameterizedTest
    @CsvSource({"empty", "short", "hello", "scope-with-cr"})
    void shouldNotKeepASubjectFromLoggingInAndOut(String kind) {
        TokenStore store = new RedisTokenStore(redis.router(), redis.storeSettings(false), clock, verdict -> {});
        Token broken =
                TokenDraft.of(subject, clock.millis()).scope("read write").token();
        byte[] key = redis.storeSettings(false).keys().subject(broken.id().tag());
        redis.send(
                        key,
                        Request.cmd(Command.HSET)
                                .arg(key)
                                .arg(broken.id().hash().bytes())
                                .arg(garbage(kind, broken)))
                .toCompletionStage()
                .toCompletableFuture()
                .join();

        assertThat(await(store.create(TokenDraft.of(subject, clock.millis()).ours())))
                .isInstanceOf(Creation.Created.class);
        // The garbage in place of a time of issue does not end tokens that will be created.
        assertThat(await(store.expireSubject(broken.id().tag(), OptionalLong.empty()))
                        .notBeforeMillis())
                .isLessThan(clock.millis() + Duration.ofDays(3).toMillis());
    }
}
