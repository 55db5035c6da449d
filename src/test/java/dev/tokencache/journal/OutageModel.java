package dev.tokencache.journal;

import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** Two processes that share a journal, the Redis behind them, and the results that callers received, which must stay true. */
final class OutageModel {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration CONFIRM_AFTER = Duration.ofSeconds(30);

    /** The events of a history. */
    enum Action {
        CREATE,
        CREATE_FOREIGN,
        RENEW,
        RENEW_BY_STRING,
        EXPIRE,
        EXPIRE_BY_STRING,
        EXPIRE_SUBJECT,
        /** An expiry by a process without the journal. */
        EXPIRE_WITHOUT_JOURNAL,
        REDIS_UP,
        REDIS_DOWN,
        REDIS_NO_REPLY,
        REDIS_REPLICA,
        /** The master reports that too few replicas have its writes. */
        REDIS_UNDER_REPLICATED,
        /** A replica is promoted, with what it has. */
        REDIS_FAILS_OVER,
        TIME_PASSES,
        REPLAY,
        REPLAY_DIES_BEFORE_REDIS,
        REPLAY_DIES_AFTER_REDIS,
        /** A replay to a master that no one knows to be cut off, and that is then demoted. */
        REPLAY_TO_DEMOTED_MASTER
    }

    /**
     * One event of a history.
     *
     * @param pick which of the two processes, and which token, string or subject
     * @param amount seconds, or how many entries
     */
    record Step(Action action, int pick, int amount) {}

    /** A token that was created, and the results of later calls. */
    private static final class Issued {
        final Token issued;
        final boolean isForeign;
        /** The possible expiries: several if a renewal failed with an unknown outcome. */
        List<Long> ends = new ArrayList<>();

        boolean isExpired;
        /** Visible in Redis only, until the whole journal is replayed. */
        boolean isExpiredWithoutJournal;

        Issued(Token issued, boolean isForeign) {
            this.issued = issued;
            this.isForeign = isForeign;
            ends.add(issued.expiresAt());
        }

        TokenLocator byId() {
            return new TokenLocator.ById(issued.id());
        }
    }

    private final VirtualTime time = new VirtualTime(Instant.ofEpochSecond(1_800_000_000), 1);
    private final Clock clock = time.clock();
    private final UnreliableStore redis = new UnreliableStore(new InMemoryTokenStore(clock));
    private final InMemoryJournal journal = new InMemoryJournal(clock);
    private final List<TokenStore> processes = List.of(process(), process());
    private final Replay replay = new Replay(journal, redis, CONFIRM_AFTER, time, new JournalMetrics());

    private final List<String> subjects = List.of("alice", "bob", "carol");
    private final List<TokenHash> strings = IntStream.range(0, 2)
            .mapToObj(i -> TokenDraft.hashOf("string-" + i))
            .toList();
    private final List<Issued> issuedTokens = new ArrayList<>();
    private int drafts;
    private boolean hasBeenDemoted;
    private final Map<String, Long> notBefores = new HashMap<>();

    private TokenStore process() {
        return new JournaledTokenStore(redis, journal, time, CallLimits.of(PATIENCE));
    }

    void apply(Step step) {
        // No two events have the same timestamp.
        time.advance(Duration.ofMillis(1));
        TokenStore process = processes.get(step.pick() % 2);
        switch (step.action()) {
            case CREATE -> create(process, step, null);
            case CREATE_FOREIGN -> create(process, step, strings.get(step.pick() % strings.size()));
            case RENEW -> pick(step, token -> renew(process, token, token.byId(), step.amount() + 1));
            case RENEW_BY_STRING -> pickHolder(step, token -> renew(process, token, byHash(token), step.amount() + 1));
            case EXPIRE -> pick(step, token -> expire(process, token, token.byId()));
            case EXPIRE_BY_STRING -> pickHolder(step, token -> expire(process, token, byHash(token)));
            case EXPIRE_SUBJECT -> expireSubject(process, subject(step));
            case EXPIRE_WITHOUT_JOURNAL -> pick(step, this::expireWithoutJournal);
            case REDIS_UP -> redis.mode(UnreliableStore.Mode.UP);
            case REDIS_DOWN -> redis.mode(UnreliableStore.Mode.AWAY);
            case REDIS_NO_REPLY -> redis.mode(UnreliableStore.Mode.MUTE);
            case REDIS_REPLICA -> redis.mode(UnreliableStore.Mode.REPLICA);
            case REDIS_UNDER_REPLICATED -> redis.mode(UnreliableStore.Mode.UNDER_REPLICATED);
            case REDIS_FAILS_OVER -> redis.failOver();
            case REPLAY_TO_DEMOTED_MASTER -> replayToDemotedMaster(step.amount() + 1);
            case TIME_PASSES -> time.advance(Duration.ofSeconds(step.amount()));
            case REPLAY -> await(replay.round(step.amount() + 1));
            case REPLAY_DIES_BEFORE_REDIS -> await(journal.claim(step.amount()));
            case REPLAY_DIES_AFTER_REDIS ->
                new Replay(new DyingBacklog(journal), redis, CONFIRM_AFTER, time, new JournalMetrics())
                        .round(step.amount() + 1)
                        .subscribe()
                        .with(never -> {});
        }
    }

    /** Once in a history: the journal does not repair the loss of two masters of one shard. */
    private void replayToDemotedMaster(int entries) {
        if (!hasBeenDemoted) {
            hasBeenDemoted = true;
            redis.mode(UnreliableStore.Mode.CUT_OFF);
            await(replay.round(entries));
            redis.failOver();
        }
    }

    private String subject(Step step) {
        return subjects.get(step.pick() % subjects.size());
    }

    private void pick(Step step, Consumer<Issued> act) {
        if (!issuedTokens.isEmpty()) {
            act.accept(issuedTokens.get(step.pick() % issuedTokens.size()));
        }
    }

    /** Picks a string, and the token that it was issued for last. */
    private void pickHolder(Step step, Consumer<Issued> act) {
        Issued holder = holder(strings.get(step.pick() % strings.size()));
        if (holder != null) {
            act.accept(holder);
        }
    }

    private @Nullable Issued holder(TokenHash string) {
        return issuedTokens.stream()
                .filter(token -> token.issued.id().hash().equals(string))
                .reduce((first, second) -> second)
                .orElse(null);
    }

    private static TokenLocator byHash(Issued token) {
        return new TokenLocator.Foreign(token.issued.id().hash());
    }

    private void create(TokenStore process, Step step, @Nullable TokenHash string) {
        TokenDraft draft = TokenDraft.of(subject(step), clock.millis())
                .named("token-" + ++drafts)
                .lifetime(20 + step.amount(), 2000);
        if (string == null) {
            createIn(process, draft, TokenDraft::ours);
            return;
        }
        Issued holder = holder(string);
        boolean isFree = holder == null || isSurelyDead(holder);
        // Only Redis knows whether a string is taken there. The journal must assume that it is free.
        if (isFree || (redis.isUp() && !holder.isExpiredWithoutJournal)) {
            Creation creation = createIn(process, draft.hash(string), TokenDraft::foreign);
            if (holder != null && isSurelyAlive(holder)) {
                assertThat(creation).isEqualTo(Creation.TAKEN);
            } else if (isFree) {
                assertThat(creation).isInstanceOf(Creation.Created.class);
            }
        }
    }

    /** Like the service, issues a token later if its subject was expired by a clock that may be ahead. */
    private Creation createIn(TokenStore process, TokenDraft draft, Function<TokenDraft, NewToken> kind) {
        NewToken token = kind.apply(draft);
        Creation creation = await(process.create(token));
        if (creation instanceof Creation.IssuedTooEarly tooEarly) {
            return createIn(process, draft.issuedAtMillis(tooEarly.notBeforeMillis() + 1), kind);
        }
        if (creation instanceof Creation.Created) {
            // The same string and subject: the same jti names the new token now.
            issuedTokens.removeIf(
                    former -> former.issued.id().equals(token.token().id()));
            issuedTokens.add(new Issued(token.token(), token.isForeign()));
        }
        return creation;
    }

    private void renew(TokenStore process, Issued token, TokenLocator locator, int lifetime) {
        long end = clock.millis() / 1000 + lifetime;
        try {
            Renewal renewal = await(process.renew(locator, OptionalLong.of(lifetime)));
            if (renewal instanceof Renewal.Renewed renewed) {
                assertThat(isSurelyDead(token)).isFalse();
                assertThat(renewed.token().expiresAt()).isEqualTo(end);
                token.ends = new ArrayList<>(List.of(end));
            } else if (renewal == Renewal.NOT_ACTIVE) {
                assertThat(isSurelyAlive(token)).isFalse();
            }
        } catch (StoreUnavailableException unknown) {
            assertThat(redis.isUp()).isFalse();
            token.ends.add(end);
        }
    }

    private void expire(TokenStore process, Issued token, TokenLocator locator) {
        await(process.expire(locator, clock.millis()));
        token.isExpired = true;
    }

    private void expireWithoutJournal(Issued token) {
        if (redis.isUp()) {
            await(redis.expire(token.byId(), clock.millis()));
            token.isExpiredWithoutJournal = true;
        }
    }

    private void expireSubject(TokenStore process, String subject) {
        long notBefore = await(process.expireSubject(RoutingTag.ofSubject(subject), OptionalLong.empty()))
                .notBeforeMillis();
        assertThat(notBefore).isGreaterThanOrEqualTo(clock.millis());
        notBefores.merge(subject, notBefore, Math::max);
    }

    private boolean isSurelyDead(Issued token) {
        return token.isExpired
                || token.issued.issuedAtMillis() <= notBefores.getOrDefault(token.issued.sub(), Token.NOT_BEFORE_UNSET)
                || token.ends.stream().allMatch(end -> clock.millis() >= end * 1000);
    }

    private boolean isSurelyAlive(Issued token) {
        return !token.isExpired
                && !token.isExpiredWithoutJournal
                && token.issued.issuedAtMillis() > notBefores.getOrDefault(token.issued.sub(), Token.NOT_BEFORE_UNSET)
                && token.ends.stream().allMatch(end -> clock.millis() < end * 1000);
    }

    void checkAllVerdicts() {
        for (TokenStore process : processes) {
            for (Issued token : issuedTokens) {
                check(token, await(process.validate(token.byId())));
                if (token.isForeign && token == holder(token.issued.id().hash())) {
                    check(token, await(process.validate(byHash(token))));
                }
            }
        }
    }

    private void check(Issued token, Verdict verdict) {
        if (verdict instanceof Verdict.Unknown) {
            assertThat(redis.isUp()).as("unknown although Redis is up").isFalse();
        } else if (verdict instanceof Verdict.Active active) {
            assertThat(isSurelyDead(token)).as("dead token is active").isFalse();
            assertThat(token.ends).contains(active.token().expiresAt());
            assertThat(active.token().isSameIssue(token.issued) || token.issued.isSameIssue(active.token()))
                    .isTrue();
        } else {
            assertThat(isSurelyAlive(token)).as("live token is inactive").isFalse();
        }
    }

    /** Redis recovers, and the whole journal is replayed, including claims of processes that died. */
    void endOutage() {
        redis.mode(UnreliableStore.Mode.UP);
        for (int round = 0; round < 20 && !journal.isEmpty(); round++) {
            time.advance(CONFIRM_AFTER);
            await(replay.round(1000));
        }
        assertThat(journal.entries()).isZero();
    }

    void checkThatRedisHasExactlyTheAcknowledgedWrites() {
        checkAllVerdicts();
        for (Issued token : issuedTokens) {
            Verdict verdict = await(redis.validate(token.byId()));
            check(token, verdict);
            if (token.isExpiredWithoutJournal) {
                assertThat(verdict).as("active again after its expiry").isEqualTo(Verdict.INACTIVE);
            }
        }
    }

    private static <T> T await(Uni<T> call) {
        return call.await().atMost(PATIENCE);
    }

    /** A process that dies before it acknowledges the entries. */
    private record DyingBacklog(Journal.Backlog backlog) implements Journal.Backlog {
        @Override
        public Uni<List<JournalEntry>> claim(int limit) {
            return backlog.claim(limit);
        }

        @Override
        public Uni<Void> keep(List<JournalEntry> accepted, Duration pause) {
            return Uni.createFrom().nothing();
        }

        @Override
        public Uni<Void> acknowledge(List<JournalEntry> replayed) {
            return Uni.createFrom().nothing();
        }

        @Override
        public Uni<Void> release(List<JournalEntry> entries) {
            return Uni.createFrom().nothing();
        }
    }
}
