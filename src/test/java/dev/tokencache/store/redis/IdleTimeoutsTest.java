package dev.tokencache.store.redis;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.WallClockTime;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenCodec;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.Verdict;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A Redis that takes, refuses or loses the validations of tokens with an idle timeout of ten seconds. */
class IdleTimeoutsTest {

    private static final int IDLE = 10;

    private final MutableClock clock = new MutableClock(Instant.now());
    private final FakeRecords redis = new FakeRecords();
    private final IdleTimeouts instance = new IdleTimeouts(redis, clock, touched -> {});
    private final IdleTimeouts other = new IdleTimeouts(redis, clock, touched -> {});

    private final class FakeRecords implements IdleTimeouts.Records {

        private final Map<TokenId, byte[]> stored = new HashMap<>();
        private boolean isRefusing;
        private int writes;

        @Override
        public Future<Boolean> replace(Found read, Token token, Deadline deadline) {
            writes++;
            if (isRefusing) {
                return Future.failedFuture(new RedisErrorException("NOREPLICAS Not enough good replicas to write."));
            }
            byte[] present = stored.get(read.id());
            boolean isUnchanged = present != null && Arrays.equals(present, read.record());
            if (isUnchanged) {
                stored.put(read.id(), TokenCodec.encode(token));
            }
            return Future.succeededFuture(isUnchanged);
        }

        @Override
        public Future<Found> read(TokenId id, Deadline deadline) {
            return Future.succeededFuture(found(id, false));
        }

        private Found found(TokenId id, boolean isFromReplica) {
            byte[] record = stored.get(id);
            Token token = record == null ? null : TokenCodec.decode(id, record);
            NotBefore unset = new NotBefore(Token.NOT_BEFORE_UNSET, false);
            return new Found(id, record, token, unset, isFromReplica, false);
        }

        @Override
        public Object shardOf(TokenId id) {
            return "shard";
        }

        @Override
        public Deadline deadline() {
            return Deadline.in(Duration.ofSeconds(2), new WallClockTime(clock));
        }
    }

    private TokenId created() {
        Token token = TokenDraft.of("alice", clock.millis()).idleTimeout(IDLE).token();
        redis.stored.put(token.id(), TokenCodec.encode(token));
        return token.id();
    }

    private void advance(long seconds) {
        clock.advance(Duration.ofSeconds(seconds));
    }

    private Verdict validate(IdleTimeouts by, TokenId id) {
        return validate(by, id, false);
    }

    /** As the store does. */
    private Verdict validate(IdleTimeouts by, TokenId id, boolean isFromReplica) {
        Found found = redis.found(id, isFromReplica);
        Token token = found.token().orElseThrow();
        if (token.isOnlyIdle(clock.millis(), found.notBeforeMillis())) {
            return by.verdict(found, token, true, redis.deadline()).result();
        }
        if (token.isTouchDue(clock.millis())) {
            by.validated(found, token);
        }
        return found.verdict(clock.millis());
    }

    private static void assertActive(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Active.class);
    }

    private static void assertUnknown(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Unknown.class);
    }

    private static void assertInactive(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Inactive.class);
    }

    @Test
    void shouldReportAnIdleTokenAsInactiveWhileRedisTakesWrites() {
        TokenId id = created();
        advance(IDLE);
        assertInactive(validate(instance, id));
        int writes = redis.writes;
        assertInactive(validate(instance, id));
        assertThat(redis.writes).isEqualTo(writes);
    }

    @Test
    void shouldDecideAgainIfAnotherCallChangedTheRecordMeanwhile() {
        TokenId renewed = created();
        TokenId expired = created();
        Found before = redis.found(renewed, false);
        Found alsoBefore = redis.found(expired, false);
        advance(IDLE);
        Token idle = before.token().orElseThrow();
        redis.stored.put(renewed, TokenCodec.encode(idle.touched(clock.millis())));
        redis.stored.remove(expired);

        assertActive(instance.verdict(before, true, redis.deadline()).result());
        assertInactive(instance.verdict(alsoBefore, true, redis.deadline()).result());
    }

    @Test
    void shouldNeverReportATokenInUseAsInactiveWhileAndAfterRedisRefusesWrites() {
        TokenId id = created();
        redis.isRefusing = true;
        for (int second = 0; second < 60; second++) {
            advance(1);
            Verdict verdict = validate(instance, id);
            assertThat(verdict).isNotInstanceOf(Verdict.Inactive.class);
            assertThat(verdict instanceof Verdict.Active).isEqualTo(second + 1 < IDLE);
        }
        redis.isRefusing = false;
        advance(1);
        assertActive(validate(instance, id));
        assertActive(validate(other, id));
    }

    @Test
    void shouldRecordMissedValidationsWithTheNextWriteThatRedisTakes() {
        TokenId id = created();
        redis.isRefusing = true;
        for (int second = 0; second < 15; second++) {
            advance(1);
            validate(instance, id);
        }
        redis.isRefusing = false;
        advance(1);
        TokenId another = created();
        advance(2);
        validate(instance, another);

        assertActive(validate(other, id));
    }

    @Test
    void shouldNotReportATokenAsInactiveThatAnotherInstanceMayHaveValidated() {
        TokenId id = created();
        redis.isRefusing = true;
        advance(5);
        validate(instance, id);
        advance(IDLE);

        assertUnknown(validate(other, id));
    }

    @Test
    void shouldReportATokenAsInactiveThatWasNotValidatedDuringTheOutage() {
        TokenId used = created();
        TokenId idle = created();
        redis.isRefusing = true;
        for (int second = 0; second < 30; second++) {
            advance(1);
            validate(instance, used);
        }
        redis.isRefusing = false;
        advance(1);
        assertActive(validate(instance, used));
        assertInactive(validate(instance, idle));
    }

    @Test
    void shouldNotReviveATokenThatWasIdleBeforeTheOutage() {
        TokenId id = created();
        advance(IDLE + 5);
        redis.isRefusing = true;
        assertUnknown(validate(instance, id));
        advance(1);
        redis.isRefusing = false;
        assertInactive(validate(instance, id));
    }

    @Test
    void shouldReportATokenAsInactiveThatStoppedBeingUsedDuringTheOutage() {
        TokenId id = created();
        redis.isRefusing = true;
        advance(5);
        validate(instance, id);
        redis.isRefusing = false;
        advance(IDLE);
        assertInactive(validate(instance, id));
    }

    @Test
    void shouldNotReportATokenAsInactiveByTheValidationThatAReplicaHas() {
        TokenId id = created();
        for (int second = 0; second < 20; second++) {
            advance(1);
            assertThat(validate(instance, id, true)).isNotInstanceOf(Verdict.Inactive.class);
        }
        advance(1);
        assertActive(validate(instance, id));
    }
}
