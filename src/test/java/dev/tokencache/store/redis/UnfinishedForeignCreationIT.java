package dev.tokencache.store.redis;

import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What becomes of a foreign token whose creation wrote the record, and stood still before its reservation on the string was made to last:
 * the master of the pointer was lost, say.
 */
class UnfinishedForeignCreationIT {

    private static final Duration CLAIM = Duration.ofSeconds(8);

    /** Ends claims, as time does; leaves what was made to last. */
    private static final String END_CLAIM =
            "if string.sub(redis.call('GET', KEYS[1]) or '', 1, 1) == 'p' then redis.call('DEL', KEYS[1]) end return 0";

    private static RouterFixture redis;

    private final Clock clock = Clock.systemUTC();
    private final RedisStoreSettings settings = redis.storeSettings(true);
    private final RedisTokenStore store = new RedisTokenStore(redis.router(), settings, clock, verdict -> {});
    private final ForeignPointers pointers = new ForeignPointers(new RedisCommands(redis.router()), settings, clock);
    private final Token token = TokenDraft.of("unfinished", clock.millis()).token();
    private final TokenLocator locator = new TokenLocator.Foreign(token.id().hash());
    private final byte[] pointer = settings.keys().pointer(token.id().hash());

    @BeforeAll
    static void connect() {
        redis = RouterFixture.of(
                RedisClusterResource.cluster(), RedisSettings.usual().withoutReplicaReads());
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    private static <T> T await(Future<T> answer) {
        return answer.toCompletionStage().toCompletableFuture().join();
    }

    private static <T> T await(Uni<T> answer) {
        return answer.await().indefinitely();
    }

    private Creation create() {
        return await(store.create(new NewToken(token, "nonce")));
    }

    private void createButForTheEnd() {
        assertThat(create()).isInstanceOf(Creation.Created.class);
        String committed = pointer();
        await(redis.send(
                pointer,
                Request.cmd(Command.SET)
                        .arg(pointer)
                        .arg("p" + committed.substring(1))
                        .arg("PX")
                        .arg(CLAIM.toMillis())));
    }

    private String pointer() {
        Response present = await(redis.send(pointer, Request.cmd(Command.GET).arg(pointer)));
        return present == null ? "" : present.toString();
    }

    private void assertLasting() {
        assertThat(pointer()).startsWith("c");
        assertThat(await(redis.send(pointer, Request.cmd(Command.PTTL).arg(pointer)))
                        .toLong())
                .isGreaterThan(CLAIM.toMillis());
    }

    @Test
    void shouldMakeWhatWasToldToBeGoodLast() {
        createButForTheEnd();

        assertThat(await(store.validate(locator))).isInstanceOf(Verdict.Active.class);

        assertLasting();
    }

    @Test
    void shouldMakeWhatWasReadLast() {
        createButForTheEnd();

        assertThat(await(store.read(locator))).isInstanceOf(Verdict.Active.class);

        assertLasting();
    }

    @Test
    void shouldMakeWhatWasToldToBeGoodAmongOthersLast() {
        createButForTheEnd();

        assertThat(await(store.validateAll(List.of(locator))).get(0)).isInstanceOf(Verdict.Active.class);

        assertLasting();
    }

    @Test
    void shouldMakeWhatWasRenewedLast() {
        createButForTheEnd();

        assertThat(await(store.renew(locator, OptionalLong.empty()))).isInstanceOf(Renewal.Renewed.class);

        assertLasting();
    }

    @Test
    void shouldLetAReservationWithoutARecordExpire() {
        ForeignPointers.Reservation reservation = pointers.reservation(
                new NewToken(token, "nonce"), "nonce", redis.router().deadline(CLAIM));
        assertThat(await(reservation.take())).isEmpty();

        assertThat(await(store.validate(locator))).isEqualTo(Verdict.INACTIVE);

        assertThat(pointer()).startsWith("p");
    }

    /** Somebody may have been told meanwhile that it is expired. */
    @Test
    void shouldNotBringBackWhatRanOutMeanwhile() {
        createButForTheEnd();
        ForeignPointers.Owner found = await(
                        pointers.ownerOfNow(token.id().hash(), redis.router().deadline(CLAIM)))
                .orElseThrow();
        assertThat(found.isReservation()).isTrue();
        await(redis.send(pointer, Request.cmd(Command.DEL).arg(pointer)));

        assertThatThrownBy(
                        () -> await(pointers.finish(found, token, redis.router().deadline(CLAIM))))
                .hasRootCauseInstanceOf(StoreUnavailableException.class);

        assertThat(pointer()).isEmpty();
    }

    @Test
    void shouldKeepAnAcknowledgedCreationWhenReservationsExpire() {
        for (int round = 0; round < 300; round++) {
            Token shared = TokenDraft.of("shared", clock.millis()).token();
            byte[] itsPointer = settings.keys().pointer(shared.id().hash());

            List<Creation> creations = await(Uni.combine()
                    .all()
                    .unis(
                            store.create(new NewToken(shared, "first")),
                            endReservation(itsPointer),
                            store.create(new NewToken(shared, "second")),
                            endReservation(itsPointer))
                    .with((first, ended, second, endedAgain) -> List.of(first, second)));

            if (creations.stream().anyMatch(Creation.Created.class::isInstance)) {
                assertThat(await(store.read(new TokenLocator.Foreign(shared.id().hash()))))
                        .as("round %d: %s", round, creations)
                        .isInstanceOf(Verdict.Active.class);
            }
        }
    }

    private static Uni<Response> endReservation(byte[] key) {
        return Uni.createFrom().completionStage(() -> redis.send(
                        key, Request.cmd(Command.EVAL).arg(END_CLAIM).arg(1).arg(key))
                .toCompletionStage());
    }
}
