package dev.tokencache.store.nearcache;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.Durability;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.api.SoftAssertions;

/**
 * What two processes may say of one token that is revoked at some moment, in whatever order the steps of their calls and
 * the messages between them happen.
 */
class RevocationPropertiesTest {

    private static final Duration MAX_AGE = Duration.ofSeconds(1);
    private static final Duration STALE = Duration.ofSeconds(3);

    private enum Step {
        WAIT_A_LITTLE,
        WAIT_LONG,
        VALIDATE,
        VALIDATE_HERE,
        VALIDATE_BATCH,
        READ,
        ANSWER_FIRST,
        ANSWER_LAST,
        NO_ANSWER,
        REVOKE,
        WRITE,
        ACKNOWLEDGE,
        FAIL,
        DELIVER,
        DELIVER_HERE,
        CUT,
        CATCH_UP,
        HESITATE,
        DROP_SILENTLY
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Arbitraries.of(Step.class).list().ofMinSize(10).ofMaxSize(80);
    }

    @Property(tries = 5000)
    void shouldNeverBelieveTooLong(
            @ForAll("steps") List<Step> steps, @ForAll boolean isForeign, @ForAll boolean isNotBefore) {
        World world = new World(isForeign, isNotBefore);
        steps.forEach(world::step);
        world.finish();
    }

    /** A token, those who ask for it, and what each of them can know. */
    private static final class World {
        final MutableClock clock = new MutableClock(Instant.ofEpochSecond(1_000_000));
        final Token token = TokenDraft.of("alice", clock.millis() - 1000).token();
        final TokenLocator locator;
        final Revocation revocation;
        final boolean isNotBefore;
        final ScriptedStore store = new ScriptedStore(this::truth);
        final Process here = new Process();
        final Process there = new Process();
        long revokedAt = Long.MAX_VALUE;
        /** What is thrown where a verdict arrives would be swallowed. */
        final SoftAssertions softly = new SoftAssertions();

        boolean isWriting;
        boolean isWritten;

        World(boolean isForeign, boolean isNotBefore) {
            this.isNotBefore = isNotBefore;
            this.locator = isForeign ? new TokenLocator.Foreign(token.id().hash()) : new TokenLocator.ById(token.id());
            this.revocation = isNotBefore
                    ? new Revocation.OfSubject(token.id().tag())
                    : new Revocation.OfToken(token.id().hash());
        }

        Verdict truth() {
            return isWritten ? Verdict.INACTIVE : new Verdict.Active(token);
        }

        final class Process {
            final FakeBus bus = new FakeBus();
            final TokenStore cached = NearCachedTokenStore.wrap(
                    store,
                    bus,
                    Settings.usual().maxAge(MAX_AGE).negativeMaxAge(MAX_AGE).staleIfError(STALE),
                    true,
                    clock,
                    () -> clock.millis() * 1_000_000,
                    new SimpleMeterRegistry());
            /** Whether it was told, or has made the revocation itself: there is no excuse any more. */
            boolean isTold;
            /** Whether it knows, at least, that it may have missed something since. */
            boolean isWarned;

            boolean hasSeenInactive;

            void validate(boolean isBatch) {
                long start = clock.millis();
                boolean wasTold = isTold;
                boolean wasWarned = isWarned || bus.listeningEpoch() == FakeBus.NOT_SURE;
                boolean wasWritten = isWritten;
                boolean hadSeenInactive = hasSeenInactive;
                var call = isBatch
                        ? cached.validateAll(List.of(locator)).map(verdicts -> verdicts.get(0))
                        : cached.validate(locator);
                call.subscribe().with(verdict -> {
                    if (verdict instanceof Verdict.Inactive) {
                        hasSeenInactive = true;
                        softly.assertThat(isWritten).as("inactive too early").isTrue();
                    }
                    if (!(verdict instanceof Verdict.Active active)) {
                        return;
                    }
                    if (active.isStale()) {
                        softly.assertThat(wasTold).as("stale although told").isFalse();
                        softly.assertThat(hadSeenInactive)
                                .as("stale although seen")
                                .isFalse();
                        softly.assertThat(clock.millis() - STALE.toMillis())
                                .as("stale for too long")
                                .isLessThan(revokedAt);
                        return;
                    }
                    softly.assertThat(wasTold).as("active although told").isFalse();
                    softly.assertThat(wasWritten && wasWarned)
                            .as("active although not sure")
                            .isFalse();
                    softly.assertThat(start).as("active past max-age").isLessThan(latestBelief());
                });
            }
        }

        long latestBelief() {
            return revokedAt == Long.MAX_VALUE ? revokedAt : revokedAt + MAX_AGE.toMillis();
        }

        void step(Step step) {
            switch (step) {
                case WAIT_A_LITTLE -> clock.advance(Duration.ofMillis(100));
                case WAIT_LONG -> clock.advance(Duration.ofMillis(600));
                case VALIDATE -> there.validate(false);
                case VALIDATE_HERE -> here.validate(false);
                case VALIDATE_BATCH -> there.validate(true);
                case READ -> store.read();
                case ANSWER_FIRST -> store.answer(true);
                case ANSWER_LAST -> store.answer(false);
                case NO_ANSWER -> store.lose();
                case REVOKE -> revoke();
                case WRITE -> write();
                case ACKNOWLEDGE -> acknowledge();
                case FAIL -> fail();
                case DELIVER -> there.isTold |= there.bus.deliver();
                case DELIVER_HERE -> here.isTold |= here.bus.deliver();
                case CUT -> cut();
                case CATCH_UP -> there.bus.catchUp();
                case HESITATE -> there.bus.hesitate();
                case DROP_SILENTLY -> there.bus.dropSilently();
            }
        }

        private void revoke() {
            if (!isWriting) {
                isWriting = true;
                var call = isNotBefore
                        ? here.cached.expireSubject(token.id().tag(), OptionalLong.empty())
                        : here.cached.expire(locator, clock.millis());
                call.subscribe().with(done -> {}, failed -> {});
            }
        }

        private void write() {
            if (isWriting && !isWritten) {
                isWritten = true;
                revokedAt = clock.millis();
                here.bus.publish(revocation);
                there.bus.publish(revocation);
            }
        }

        private void acknowledge() {
            if (isWritten && !store.writes.isEmpty()) {
                store.acknowledge(
                        isNotBefore
                                ? new SubjectNotBefore(clock.millis(), Durability.AS_CONFIGURED)
                                : Durability.AS_CONFIGURED);
                here.isTold = true;
            }
        }

        /** Whether it is written nobody knows; it may be yet. */
        private void fail() {
            if (!store.writes.isEmpty()) {
                store.failWrite();
                here.isTold |= isWritten;
            }
        }

        private void cut() {
            there.bus.cut();
            there.isWarned |= isWritten;
        }

        void finish() {
            store.answerAll();
            softly.assertAll();
        }
    }
}
