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
 * A foreign token whose creation wrote the record but did not commit the reservation of its string, for example because
 * the master of the pointer failed.
 */
class UnfinishedForeignCreationIT {

    private static final Duration RESERVATION = Duration.ofSeconds(8);

    /** Deletes a reservation, as its expiry does. Leaves a committed pointer. */
    private static final String DELETE_RESERVATION =
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
        return create(token, "nonce");
    }

    private Creation create(Token created, String nonce) {
        return await(store.create(new NewToken(created, nonce)));
    }

    private void createUncommitted() {
        assertThat(create()).isInstanceOf(Creation.Created.class);
        String committed = pointer();
        await(redis.send(
                pointer,
                Request.cmd(Command.SET)
                        .arg(pointer)
                        .arg("p" + committed.substring(1))
                        .arg("PX")
                        .arg(RESERVATION.toMillis())));
    }

    private String pointer() {
        Response present = await(redis.send(pointer, Request.cmd(Command.GET).arg(pointer)));
        return present == null ? "" : present.toString();
    }

    private void assertCommitted() {
        assertThat(pointer()).startsWith("c");
        assertThat(await(redis.send(pointer, Request.cmd(Command.PTTL).arg(pointer)))
                        .toLong())
                .isGreaterThan(RESERVATION.toMillis());
    }

    @Test
    void shouldCommitTheReservationOfAValidatedToken() {
        createUncommitted();

        assertThat(await(store.validate(locator))).isInstanceOf(Verdict.Active.class);

        assertCommitted();
    }

    @Test
    void shouldCommitTheReservationOfAReadToken() {
        createUncommitted();

        assertThat(await(store.read(locator))).isInstanceOf(Verdict.Active.class);

        assertCommitted();
    }

    @Test
    void shouldCommitTheReservationOfATokenValidatedInABatch() {
        createUncommitted();

        assertThat(await(store.validateAll(List.of(locator))).get(0)).isInstanceOf(Verdict.Active.class);

        assertCommitted();
    }

    @Test
    void shouldCommitTheReservationOfARenewedToken() {
        createUncommitted();

        assertThat(await(store.renew(locator, OptionalLong.empty()))).isInstanceOf(Renewal.Renewed.class);

        assertCommitted();
    }

    @Test
    void shouldLetAReservationWithoutARecordExpire() {
        ForeignPointers.Reservation reservation = pointers.reservation(
                new NewToken(token, "nonce"), "nonce", redis.router().deadline(RESERVATION));
        assertThat(await(reservation.take())).isEmpty();

        assertThat(await(store.validate(locator))).isEqualTo(Verdict.INACTIVE);

        assertThat(pointer()).startsWith("p");
    }

    /** Another reader may have reported the token inactive since the reservation expired. */
    @Test
    void shouldNotCommitAnExpiredReservation() {
        createUncommitted();
        ForeignPointers.Owner found = await(
                        pointers.ownerOfNow(token.id().hash(), redis.router().deadline(RESERVATION)))
                .orElseThrow();
        assertThat(found.isReservation()).isTrue();
        await(redis.send(pointer, Request.cmd(Command.DEL).arg(pointer)));

        assertThatThrownBy(
                        () -> await(pointers.finish(found, token, redis.router().deadline(RESERVATION))))
                .hasRootCauseInstanceOf(StoreUnavailableException.class);

        assertThat(pointer()).isEmpty();
    }

    private void createWithoutPointer(Token created) {
        assertThat(create(created, "nonce")).isInstanceOf(Creation.Created.class);
        await(redis.send(pointer, Request.cmd(Command.DEL).arg(pointer)));
    }

    @Test
    void shouldReplaceARecordThatNoPointerReaches() {
        createWithoutPointer(token);
        Token later = TokenDraft.of("unfinished", token.issuedAtMillis() + 1)
                .hash(token.id().hash())
                .claims("{\"second\":true}")
                .token();
        await(store.expire(locator, token.issuedAtMillis()));

        assertThat(create(later, "second")).isInstanceOf(Creation.Created.class);

        assertThat(await(store.read(locator))).isEqualTo(new Verdict.Active(later));
        assertCommitted();
    }

    @Test
    void shouldGiveTheCopyOfATokenItsOwnExpiry() {
        createWithoutPointer(token.renewed(token.expiresAt() - 100, token.lastSeenMillis()));

        assertThat(create(token, "copy")).isInstanceOf(Creation.Created.class);

        assertThat(await(store.read(locator))).isEqualTo(new Verdict.Active(token));
    }

    @Test
    void shouldKeepARenewalWhenATokenIsCopiedAgain() {
        create();
        await(store.renew(locator, OptionalLong.of(5)));
        Verdict shortened = await(store.read(locator));

        assertThat(create()).isInstanceOf(Creation.Created.class);

        assertThat(await(store.read(locator))).isEqualTo(shortened);
    }

    @Test
    void shouldNotReviveALaterRecordThatNoPointerReaches() {
        createWithoutPointer(token);
        Token earlier = TokenDraft.of("unfinished", token.issuedAtMillis() - 1)
                .hash(token.id().hash())
                .token();

        assertThat(create(earlier, "earlier")).isEqualTo(Creation.TAKEN);

        assertThat(await(store.read(locator))).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldNotLoseAnAcknowledgedCreationWhenReservationsExpire() {
        for (int round = 0; round < 300; round++) {
            Token shared = TokenDraft.of("shared", clock.millis()).token();
            byte[] itsPointer = settings.keys().pointer(shared.id().hash());

            List<Creation> creations = await(Uni.combine()
                    .all()
                    .unis(
                            store.create(new NewToken(shared, "first")),
                            deleteReservation(itsPointer),
                            store.create(new NewToken(shared, "second")),
                            deleteReservation(itsPointer))
                    .with((first, deleted, second, deletedAgain) -> List.of(first, second)));

            if (creations.stream().anyMatch(Creation.Created.class::isInstance)) {
                assertThat(await(store.read(new TokenLocator.Foreign(shared.id().hash()))))
                        .as("round %d: %s", round, creations)
                        .isInstanceOf(Verdict.Active.class);
            }
        }
    }

    private static Uni<Response> deleteReservation(byte[] key) {
        return Uni.createFrom().completionStage(() -> redis.send(
                        key,
                        Request.cmd(Command.EVAL).arg(DELETE_RESERVATION).arg(1).arg(key))
                .toCompletionStage());
    }
}
