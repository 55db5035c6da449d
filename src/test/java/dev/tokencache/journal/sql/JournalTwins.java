package dev.tokencache.journal.sql;

import dev.tokencache.journal.InMemoryJournal;
import dev.tokencache.journal.Journal;
import dev.tokencache.journal.JournalEntry;
import dev.tokencache.journal.JournaledRecord;
import dev.tokencache.journal.JournaledState;
import dev.tokencache.journal.JournaledSubject;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenLocator;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** A journal in a database and the model in memory. Applies the same steps to both, and compares all results. */
final class JournalTwins {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> SUBJECTS = List.of("alice", "bob");
    private static final int TOKENS = 6;
    private static final int ALL = 1000;

    /** The kinds of steps. */
    enum Action {
        SAVE,
        REPLACE,
        EXPIRE,
        EXPIRE_BY_STRING,
        EXPIRE_SUBJECT,
        EXPIRE_ALL_OF_SUBJECT,
        TIME_PASSES,
        TOUCH,
        CLAIM,
        KEEP,
        ACKNOWLEDGE,
        RELEASE
    }

    /**
     * A step of a history.
     *
     * @param pick which token or subject, or which part of the claimed entries
     * @param millis half a second plus the offset of its time from the present, or its duration
     */
    record Step(Action action, int pick, int millis) {}

    /** A journal, and the entries claimed from it. */
    private static final class Twin {
        final Journal journal;
        final Journal.Backlog backlog;
        List<JournalEntry> claimed = List.of();

        Twin(Journal journal, Journal.Backlog backlog) {
            this.journal = journal;
            this.backlog = backlog;
        }
    }

    private final MutableClock clock;
    private final List<Twin> twins;
    private final List<TokenHash> tokens = IntStream.range(0, TOKENS)
            .mapToObj(i -> TokenDraft.hashOf("token-" + i))
            .toList();
    private long version;

    JournalTwins(SqlJournal journal, MutableClock clock) {
        this.clock = clock;
        InMemoryJournal model = new InMemoryJournal(clock);
        this.twins = List.of(new Twin(model, model), new Twin(journal, journal));
    }

    void apply(List<Step> steps) {
        steps.forEach(this::apply);
    }

    private void apply(Step step) {
        TokenHash token = tokens.get(step.pick() % TOKENS);
        RoutingTag subject = RoutingTag.ofSubject(subjectOf(token));
        long when = clock.millis() + step.millis() - 500;
        switch (step.action()) {
            case SAVE -> save(record(token, when), null);
            case REPLACE ->
                save(record(token, when), state(twins.get(0), token, subject).saved());
            case EXPIRE ->
                both(twin -> twin.journal.expire(
                        new TokenLocator.ById(record(token, when).token().id()), when));
            case EXPIRE_BY_STRING -> both(twin -> twin.journal.expire(new TokenLocator.Foreign(token), when));
            case EXPIRE_SUBJECT -> both(twin -> twin.journal.expireSubject(subject, OptionalLong.of(when)));
            case EXPIRE_ALL_OF_SUBJECT -> both(twin -> twin.journal.expireSubject(subject, OptionalLong.empty()));
            case TIME_PASSES -> clock.advance(Duration.ofMillis(step.millis() * 40L));
            case TOUCH -> touch(token, subject, when);
            case CLAIM -> claimEntries();
            case KEEP ->
                twins.forEach(twin -> await(twin.backlog.keep(part(twin, step.pick()), Duration.ofSeconds(5))));
            case ACKNOWLEDGE -> twins.forEach(twin -> await(twin.backlog.acknowledge(part(twin, step.pick()))));
            case RELEASE -> twins.forEach(twin -> await(twin.backlog.release(part(twin, step.pick()))));
        }
        compare();
    }

    private String subjectOf(TokenHash token) {
        return SUBJECTS.get(tokens.indexOf(token) % SUBJECTS.size());
    }

    /** Every third token is a foreign one. */
    private JournaledRecord record(TokenHash token, long issuedAtMillis) {
        Token made = TokenDraft.of(subjectOf(token), issuedAtMillis)
                .hash(token)
                .lifetime(60)
                .idleTimeout(30)
                .token();
        return new JournaledRecord(made, tokens.indexOf(token) % 3 == 0 ? "nonce" : null, ++version);
    }

    private void save(JournaledRecord record, @Nullable JournaledRecord replaced) {
        both(twin -> twin.journal.save(record, replaced));
    }

    private <T> void both(Function<Twin, Uni<T>> call) {
        assertThat(await(call.apply(twins.get(1)))).isEqualTo(await(call.apply(twins.get(0))));
    }

    /** A later issue of the string cannot have been validated. */
    private void touch(TokenHash token, RoutingTag subject, long when) {
        JournaledRecord saved = state(twins.get(0), token, subject).saved();
        Token validated = saved != null ? saved.token() : record(token, when).token();
        both(twin -> twin.journal.touch(validated.touched(when)));
    }

    private void claimEntries() {
        twins.forEach(twin -> twin.claimed = await(twin.backlog.claim(ALL)).stream()
                .sorted(Comparator.comparing(EntryKey::of, EntryKey.ORDER))
                .toList());
        assertThat(withoutVersions(twins.get(1).claimed)).isEqualTo(withoutVersions(twins.get(0).claimed));
    }

    /** Each journal generates its own versions of expiries and not-before times. */
    private static List<Object> withoutVersions(List<JournalEntry> entries) {
        List<Object> comparable = new ArrayList<>();
        for (JournalEntry entry : entries) {
            if (entry instanceof JournalEntry.Expiry expiry) {
                comparable.add(List.of(expiry.token(), expiry.atMillis(), expiry.acceptedAtMillis()));
            } else if (entry instanceof JournalEntry.NotBefore notBefore) {
                comparable.add(List.of(notBefore.subject(), notBefore.notBeforeMillis(), notBefore.acceptedAtMillis()));
            } else if (entry instanceof JournalEntry.Validation validation) {
                comparable.add(validation.token());
            } else {
                comparable.add(entry);
            }
        }
        return comparable;
    }

    private static List<JournalEntry> part(Twin twin, int pick) {
        return IntStream.range(0, twin.claimed.size())
                .filter(i -> (i + pick) % 3 != 0)
                .mapToObj(twin.claimed::get)
                .toList();
    }

    private void compare() {
        for (TokenHash token : tokens) {
            RoutingTag subject = RoutingTag.ofSubject(subjectOf(token));
            both(twin -> twin.journal.find(token, subject));
            both(twin -> twin.journal.find(token, null));
        }
        for (String sub : SUBJECTS) {
            Set<TokenHash> own = tokens.stream()
                    .filter(token -> subjectOf(token).equals(sub))
                    .collect(Collectors.toSet());
            JournaledSubject expected = await(twins.get(0).journal.findSubject(RoutingTag.ofSubject(sub)));
            JournaledSubject actual = await(twins.get(1).journal.findSubject(RoutingTag.ofSubject(sub)));
            assertThat(actual.records()).containsExactlyInAnyOrderElementsOf(expected.records());
            assertThat(actual.notBeforeMillis()).isEqualTo(expected.notBeforeMillis());
            assertThat(actual.expired())
                    .filteredOn(own::contains)
                    .hasSameElementsAs(
                            expected.expired().stream().filter(own::contains).toList());
        }
    }

    private static JournaledState state(Twin twin, TokenHash token, RoutingTag subject) {
        return await(twin.journal.find(token, subject));
    }

    private static <T> T await(Uni<T> call) {
        return call.await().atMost(PATIENCE);
    }
}
