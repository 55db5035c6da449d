package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.MigrationPhase.Step;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.redis.Time;
import dev.tokencache.token.Durability;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Two stores as one, while tokens move from the old one to the cluster: the state says which of them is asked and told. The state is read
 * once per call. While it is not known, everything is unknown; in {@code done} a call costs one volatile read.
 *
 * <p>This is the one store that sees token strings ({@link TokenLocator.Presented}); the cluster never gets one from it.
 */
public final class MigratingTokenStore implements TokenStore {

    private final TokenStore cluster;
    private final LegacyStore legacy;
    private final KnownState known;
    private final ReadPath reads;
    private final WritePath writes;
    private final Duration timeout;

    private MigratingTokenStore(
            TokenStore cluster,
            LegacyStore legacy,
            KnownState known,
            ReadPath reads,
            WritePath writes,
            Duration timeout) {
        this.cluster = cluster;
        this.legacy = legacy;
        this.known = known;
        this.reads = reads;
        this.writes = writes;
        this.timeout = timeout;
    }

    /**
     * The settings of a {@link MigratingTokenStore}.
     *
     * @param timeout the deadline of a call, both sides included
     * @param recheckDelay the delay before a mismatch is checked again
     */
    public record Settings(Duration timeout, Duration recheckDelay) {}

    /**
     * A store on two sides.
     *
     * @param cluster must leave traces of expiries
     */
    public static TokenStore wrap(
            TokenStore cluster,
            LegacyStore legacy,
            KnownState known,
            EvidenceCollector evidence,
            MigrationEvents events,
            Settings settings,
            Time time) {
        CallRecorder recorder = new CallRecorder(evidence, events);
        Clock clock = time.clock();
        Comparisons comparisons = new Comparisons(cluster, legacy, evidence, events, settings.recheckDelay(), time);
        return new MigratingTokenStore(
                cluster,
                legacy,
                known,
                new ReadPath(cluster, legacy, comparisons, recorder, clock),
                new WritePath(cluster, legacy, recorder, clock),
                settings.timeout());
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        return question(state -> isDone(state) ? cluster.validate(token.plain()) : reads.validate(token, state));
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        if (known.state().map(MigratingTokenStore::isDone).orElse(false)) {
            return cluster.validateAll(tokens.stream().map(TokenLocator::plain).toList());
        }
        return Uni.join().all(tokens.stream().map(this::validate).toList()).andFailFast();
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        return question(state -> isDone(state) ? cluster.read(token.plain()) : reads.read(token, state));
    }

    @Override
    public Uni<Creation> create(NewToken token) {
        return write(state -> isDone(state) ? cluster.create(token.plain()) : writes.create(token, state));
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return write(
                state -> isDone(state) ? cluster.renew(token.plain(), lifetime) : writes.renew(token, lifetime, state));
    }

    @Override
    public Uni<Durability> expire(TokenLocator token, long atMillis) {
        return write(state ->
                isDone(state) ? cluster.expire(token.plain(), atMillis) : writes.expire(token, atMillis, state));
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        return write(state ->
                isDone(state) ? cluster.expireSubject(subject, before) : writes.expireSubject(subject, before, state));
    }

    /** What the journal brings late is the cluster's alone. */
    @Override
    public Uni<Restoration> restore(NewToken token) {
        return cluster.restore(token.plain());
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject) {
        return write(state -> isListedInLegacy(state) ? legacy.list(subject) : cluster.list(subject));
    }

    /** Before any read moves, the old store knows more, if it can be searched; before the mirror, the cluster knows nothing. */
    private boolean isListedInLegacy(MigrationState state) {
        return state.phase().is(Step.LEGACY) || (state.phase().is(Step.MIRROR) && legacy.isSearchable());
    }

    private static boolean isDone(MigrationState state) {
        return state.phase().is(Step.DONE);
    }

    private Uni<Verdict> question(Function<MigrationState, Uni<Verdict>> asked) {
        return call(asked).onFailure().recoverWithItem(Verdict.Unknown::new);
    }

    private <T> Uni<T> write(Function<MigrationState, Uni<T>> told) {
        return call(told)
                .onFailure(failure -> !(failure instanceof StoreUnavailableException))
                .transform(failure -> new StoreUnavailableException("one of the two stores failed", failure));
    }

    private <T> Uni<T> call(Function<MigrationState, Uni<T>> call) {
        return known.state()
                .map(state -> isDone(state) ? call.apply(state) : inTime(call.apply(state)))
                .orElseGet(() -> Uni.createFrom()
                        .failure(new StoreUnavailableException("the state of the migration was not read yet")));
    }

    private <T> Uni<T> inTime(Uni<T> call) {
        return call.ifNoItem()
                .after(timeout)
                .failWith(() -> new StoreUnavailableException("the two stores did not answer in time"));
    }
}
