package dev.tokencache.migration.store;

import dev.tokencache.journal.UnreliableStore;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.MigrationPhase;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A model of a migration: two instances, of which one follows the state late, other programs that write to the old
 * store, late copies, failing stores, and the replies that callers have received.
 */
final class MigrationModel {

    private static final List<String> SUBJECTS = List.of("alice", "bob");
    private static final long LIFETIME = 600;

    enum Action {
        CREATE,
        CREATE_BY_OTHER_PROGRAM,
        RENEW,
        EXPIRE,
        EXPIRE_SUBJECT,
        READ_FOR_COPY,
        WRITE_COPIES,
        FORWARD,
        BACK,
        SYNC,
        FAIL_LEGACY,
        FAIL_CLUSTER,
        HEAL,
        WAIT
    }

    record Step(Action action, int which, int number) {}

    /** What callers know about a token. */
    private static final class Known {
        final TokenString string;
        final Token token;
        final boolean isForeign;
        boolean mayBeDead;
        boolean isDead;
        long leastEnd;
        long renewableUntil;

        Known(TokenString string, Token token, boolean isForeign) {
            this.string = string;
            this.token = token;
            this.isForeign = isForeign;
            this.leastEnd = token.expiresAt();
            this.renewableUntil = token.expiresAt();
        }

        TokenLocator locator() {
            TokenLocator plain =
                    isForeign ? new TokenLocator.Foreign(token.id().hash()) : new TokenLocator.ById(token.id());
            return new TokenLocator.Presented(plain, string);
        }
    }

    private final VirtualTime time = new VirtualTime(Instant.parse("2026-11-22T00:00:00Z"), 1);
    private final Clock clock = time.clock();
    private final UnreliableStore cluster = new UnreliableStore(new InMemoryTokenStore(clock));
    private final InMemoryLegacyStore legacy = new InMemoryLegacyStore(clock);
    private final KnownState first = new KnownState(time, state -> {});
    private final KnownState second = new KnownState(time, state -> {});
    private final List<TokenStore> replicas = List.of(replica(first), replica(second));
    private final List<Known> tokens = new ArrayList<>();
    private final List<LegacyToken> copies = new ArrayList<>();
    private int strings;
    private MigrationState state = MigrationState.INITIAL;

    MigrationModel() {
        first.observe(state);
        second.observe(state);
    }

    private TokenStore replica(KnownState known) {
        return new MigratingTokenStore(
                cluster,
                legacy,
                known,
                new EvidenceCollector(),
                new MigrationMetrics(new SimpleMeterRegistry(), known),
                new MigratingTokenStore.Settings(
                        Duration.ofSeconds(10), Duration.ZERO, new ExpiryLimit(Duration.ofDays(30), time.clock())),
                time);
    }

    void take(Step step) {
        time.advance(Duration.ofMillis(10));
        TokenStore store = replicas.get(step.number() % 2);
        String sub = SUBJECTS.get(step.which() % 2);
        switch (step.action()) {
            case CREATE -> create(store, sub, step.number() % 3 == 0);
            case CREATE_BY_OTHER_PROGRAM -> createByOtherProgram(sub);
            case RENEW -> any(step).ifPresent(known -> renew(store, known));
            case EXPIRE -> any(step).ifPresent(known -> expire(store, known));
            case EXPIRE_SUBJECT -> expireSubject(store, sub);
            case READ_FOR_COPY -> readForCopy();
            case WRITE_COPIES -> writeCopies();
            case FORWARD -> change(forward(step.number()));
            case BACK -> change(back(step.number()));
            case SYNC -> second.observe(state);
            case FAIL_LEGACY ->
                legacy.mode(step.number() % 2 == 0 ? InMemoryLegacyStore.Mode.DOWN : InMemoryLegacyStore.Mode.NO_REPLY);
            case FAIL_CLUSTER ->
                cluster.mode(step.number() % 2 == 0 ? UnreliableStore.Mode.AWAY : UnreliableStore.Mode.MUTE);
            case HEAL -> heal();
            case WAIT -> time.advance(Duration.ofSeconds(step.number() * 6L));
        }
    }

    private Optional<Known> any(Step step) {
        return tokens.isEmpty() ? Optional.empty() : Optional.of(tokens.get(step.which() % tokens.size()));
    }

    void heal() {
        legacy.mode(InMemoryLegacyStore.Mode.UP);
        cluster.mode(UnreliableStore.Mode.UP);
    }

    private void create(TokenStore store, String sub, boolean isForeign) {
        TokenString string = newString();
        TokenDraft draft =
                TokenDraft.of(sub, clock.millis()).named(string.value()).lifetime(LIFETIME, 10 * LIFETIME);
        NewToken drafted = isForeign ? draft.foreign() : draft.ours();
        Known known = new Known(string, drafted.token(), isForeign);
        try {
            Creation creation = store.create(new NewToken(drafted.token(), drafted.foreignNonce(), string))
                    .await()
                    .indefinitely();
            if (creation instanceof Creation.Created) {
                tokens.add(known);
            }
        } catch (StoreUnavailableException unknown) {
            known.mayBeDead = true;
            tokens.add(known);
        }
    }

    private TokenString newString() {
        return new TokenString("the-string-of-token-" + ++strings);
    }

    private void createByOtherProgram(String sub) {
        TokenString string = newString();
        Token token = TokenDraft.of(sub, 0).hash(string.hash()).token();
        long now = Math.floorDiv(clock.millis(), 1000L);
        Token live = new Token(
                token.id(), sub, "legacy", 0, now + LIFETIME, now + 10 * LIFETIME, LIFETIME, 0, 0, null, null, null);
        Known known = new Known(string, live, true);
        // Any not-before time expires a token with an unknown issue time.
        known.mayBeDead = marked.contains(sub);
        legacy.put(live);
        tokens.add(known);
    }

    private final List<String> marked = new ArrayList<>();

    private void renew(TokenStore store, Known known) {
        long now = Math.floorDiv(clock.millis(), 1000L);
        boolean wasAlive = !known.mayBeDead && clock.millis() < known.leastEnd * 1000;
        try {
            Renewal renewal =
                    store.renew(known.locator(), OptionalLong.empty()).await().indefinitely();
            if (renewal instanceof Renewal.Renewed renewed) {
                assertThat(known.isDead).as("renewed a dead token").isFalse();
                // Time passes between the writes to the two sides: the expiries may differ by a second.
                known.leastEnd = renewed.token().expiresAt() - 1;
                known.renewableUntil =
                        Math.max(known.renewableUntil, renewed.token().expiresAt() + 1);
            } else {
                assertThat(wasAlive).as("a live token was not renewed").isFalse();
            }
        } catch (StoreUnavailableException unknown) {
            assertThat(legacy.isUp() && cluster.isUp())
                    .as("unknown with both stores available")
                    .isFalse();
            known.renewableUntil = Math.max(known.renewableUntil, now + LIFETIME + 1);
        }
    }

    private void expire(TokenStore store, Known known) {
        known.mayBeDead = true;
        try {
            store.expire(known.locator(), clock.millis()).await().indefinitely();
            known.isDead = true;
        } catch (StoreUnavailableException unknown) {
            // It may have reached one side.
        }
    }

    private void expireSubject(TokenStore store, String sub) {
        marked.add(sub);
        List<Known> hit =
                tokens.stream().filter(known -> known.token.sub().equals(sub)).toList();
        hit.forEach(known -> known.mayBeDead = true);
        try {
            store.expireSubject(RoutingTag.ofSubject(sub), OptionalLong.empty())
                    .await()
                    .indefinitely();
            hit.forEach(known -> known.isDead = true);
        } catch (StoreUnavailableException unknown) {
            // It may have reached one side.
        }
    }

    private void readForCopy() {
        if (state.phase().allowsCopies()) {
            tokens.forEach(known -> legacy.peek(known.token.id().hash())
                    .ifPresent(token -> copies.add(new LegacyToken(token, known.isForeign))));
        }
    }

    /** Writes copies late: the tokens may have changed since they were read. */
    private void writeCopies() {
        for (LegacyToken token : copies) {
            try {
                new TokenCopier(cluster).copy(token).await().indefinitely();
            } catch (StoreUnavailableException unknown) {
                // The next run tries again.
            }
        }
        copies.clear();
    }

    private MigrationPhase forward(int number) {
        return switch (state.phase().step()) {
            case LEGACY -> MigrationPhase.mirror(100);
            case MIRROR -> MigrationPhase.ramp(number, 100);
            case RAMP -> number % 2 == 0 ? MigrationPhase.ramp(number, 100) : MigrationPhase.cluster(100);
            case CLUSTER, DONE -> state.phase();
        };
    }

    private MigrationPhase back(int number) {
        return switch (state.phase().step()) {
            case MIRROR -> MigrationPhase.LEGACY;
            case RAMP -> number % 2 == 0 ? MigrationPhase.LEGACY : MigrationPhase.mirror(50);
            case CLUSTER -> number % 2 == 0 ? MigrationPhase.LEGACY : MigrationPhase.ramp(number, 50);
            case LEGACY, DONE -> state.phase();
        };
    }

    private void change(MigrationPhase phase) {
        state = state.to(phase, "model", clock.millis());
        first.observe(state);
    }

    void checkAllVerdicts() {
        for (Known known : tokens) {
            for (TokenStore store : replicas) {
                check(known, store.validate(known.locator()).await().indefinitely());
            }
        }
    }

    private void check(Known known, Verdict verdict) {
        long now = clock.millis();
        if (known.isDead || now >= known.renewableUntil * 1000) {
            assertThat(verdict)
                    .as("an inactive token is reported active in %s", state)
                    .isNotInstanceOf(Verdict.Active.class);
        }
        if (!known.mayBeDead && now < known.leastEnd * 1000) {
            assertThat(verdict)
                    .as("an active token is reported inactive in %s", state)
                    .isNotInstanceOf(Verdict.Inactive.class);
        }
        if (legacy.isUp() && cluster.isUp()) {
            assertThat(verdict)
                    .as("unknown with both stores available, in %s", state)
                    .isNotInstanceOf(Verdict.Unknown.class);
        }
    }

    /** Goes through all phases and copies everything. Then the cluster alone must return every verdict. */
    void finish() {
        heal();
        writeCopies();
        while (!state.phase().is(MigrationPhase.Step.CLUSTER)) {
            change(forward(1));
        }
        second.observe(state);
        readForCopy();
        writeCopies();
        change(MigrationPhase.DONE);
        second.observe(state);
        checkAllVerdicts();
    }
}
