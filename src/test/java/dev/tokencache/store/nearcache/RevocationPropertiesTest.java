package dev.tokencache.store.nearcache;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.Durability;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.api.SoftAssertions;

/**
 * Two instances validate one token while it is revoked. In no order of calls, replies and messages does an instance use
 * a stale verdict for too long.
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
    void shouldNeverUseAVerdictForTooLong(
            @ForAll("steps") List<Step> steps, @ForAll boolean isForeign, @ForAll boolean isNotBefore) {
        World world = new World(isForeign, isNotBefore);
        steps.forEach(world::step);
        world.finish();
    }

    /** A token and two instances that validate it. */
    private static final class World {
        final VirtualTime time = new VirtualTime();
        final Clock clock = time.clock();
        final Token token = TokenDraft.of("alice", clock.millis() - 1000).token();
        final TokenLocator locator;
        final Revocation revocation;
        final boolean isNotBefore;
        final ScriptedStore store = new ScriptedStore(this::truth);
        final Process here = new Process();
        final Process there = new Process();
        long revokedAt = Long.MAX_VALUE;
        /** Soft, because an error thrown in a subscriber would be swallowed. */
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
                    Settings.usual().maxAge(MAX_AGE).staleIfError(STALE),
                    true,
                    Duration.ofSeconds(2),
                    time,
                    new SimpleMeterRegistry());
            /** Whether it received the revocation or made it itself. */
            boolean isNotified;
            /** Whether it knows that it may have missed the revocation. */
            boolean isWarned;

            boolean hasSeenInactive;

            void validate(boolean isBatch) {
                long start = clock.millis();
                boolean wasNotified = isNotified;
                boolean wasWarned = isWarned || bus.listeningEpoch() == FakeBus.UNTRUSTED;
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
                        softly.assertThat(wasNotified)
                                .as("stale although notified")
                                .isFalse();
                        softly.assertThat(hadSeenInactive)
                                .as("stale although seen")
                                .isFalse();
                        softly.assertThat(clock.millis() - STALE.toMillis())
                                .as("stale for too long")
                                .isLessThan(revokedAt);
                        return;
                    }
                    softly.assertThat(wasNotified)
                            .as("active although notified")
                            .isFalse();
                    softly.assertThat(wasWritten && wasWarned)
                            .as("active although untrusted")
                            .isFalse();
                    softly.assertThat(start).as("active past max-age").isLessThan(maxUse());
                });
            }
        }

        long maxUse() {
            return revokedAt == Long.MAX_VALUE ? revokedAt : revokedAt + MAX_AGE.toMillis();
        }

        void step(Step step) {
            switch (step) {
                case WAIT_A_LITTLE -> time.advance(Duration.ofMillis(100));
                case WAIT_LONG -> time.advance(Duration.ofMillis(600));
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
                case DELIVER -> there.isNotified |= there.bus.deliver();
                case DELIVER_HERE -> here.isNotified |= here.bus.deliver();
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
                here.isNotified = true;
            }
        }

        /** The outcome is unknown: the write may still happen. */
        private void fail() {
            if (!store.writes.isEmpty()) {
                store.failWrite();
                here.isNotified |= isWritten;
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
