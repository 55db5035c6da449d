package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.MigrationPhase.Step;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.redis.Futures;
import dev.tokencache.redis.Time;
import dev.tokencache.token.Durability;
import dev.tokencache.token.Paging;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.TokenId;
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
 * A token store decorator that uses the old store and the cluster during a migration. The migration state decides which
 * of them is read and written; it is read once per call. Until the state is known, every verdict is unknown. In
 * {@code done} the decorator costs one volatile read per call.
 *
 * <p>Only this store sees token strings ({@link TokenLocator.Presented}); it never passes one to the cluster.
 */
public final class MigratingTokenStore implements TokenStore {

    private final TokenStore cluster;
    private final LegacyStore legacy;
    private final KnownState known;
    private final ReadPath reads;
    private final WritePath writes;
    private final Duration timeout;
    private final Time time;

    /** The deadline of a call to both sides, the delay before a mismatch is checked again, and the latest expiry. */
    public record Settings(Duration timeout, Duration recheckDelay, ExpiryLimit limit) {}

    /** @param cluster must leave traces of expiries */
    public MigratingTokenStore(
            TokenStore cluster,
            LegacyStore legacy,
            KnownState known,
            EvidenceCollector evidence,
            MigrationMetrics events,
            Settings settings,
            Time time) {
        this.cluster = cluster;
        this.legacy = legacy;
        this.known = known;
        this.timeout = settings.timeout();
        this.time = time;
        Clock clock = time.clock();
        CallRecorder recorder = new CallRecorder(evidence, events);
        TokenCopier copier = new TokenCopier(cluster);
        Comparisons comparisons =
                new Comparisons(cluster, legacy, evidence, events, settings.recheckDelay(), settings.limit(), time);
        this.reads = new ReadPath(cluster, legacy, copier, comparisons, recorder, clock);
        this.writes = new WritePath(cluster, legacy, copier, recorder, clock);
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        return readVerdict(state -> isDone(state) ? cluster.validate(token.plain()) : reads.validate(token, state));
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
        return readVerdict(state -> isDone(state) ? cluster.read(token.plain()) : reads.read(token, state));
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

    @Override
    public Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        return write(
                state -> isDone(state) ? cluster.expireOthers(kept, before) : writes.expireOthers(kept, before, state));
    }

    /** Replayed journal entries go only to the cluster. */
    @Override
    public Uni<Restoration> restore(NewToken token) {
        return cluster.restore(token.plain());
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject, Paging paging) {
        return write(state -> isListedInLegacy(state) ? legacy.list(subject, paging) : cluster.list(subject, paging));
    }

    /** In mirror, the old store has more tokens, if it can list them; in legacy, the cluster has none. */
    private boolean isListedInLegacy(MigrationState state) {
        return state.phase().is(Step.LEGACY) || (state.phase().is(Step.MIRROR) && legacy.isSearchable());
    }

    private static boolean isDone(MigrationState state) {
        return state.phase().is(Step.DONE);
    }

    private Uni<Verdict> readVerdict(Function<MigrationState, Uni<Verdict>> read) {
        return call(read).onFailure().recoverWithItem(Verdict.Unknown::new);
    }

    private <T> Uni<T> write(Function<MigrationState, Uni<T>> write) {
        return call(write)
                .onFailure(failure -> !(failure instanceof StoreUnavailableException))
                .transform(failure -> new StoreUnavailableException("one of the two stores failed", failure));
    }

    private <T> Uni<T> call(Function<MigrationState, Uni<T>> call) {
        return known.state()
                .map(state -> isDone(state) ? call.apply(state) : withDeadline(call.apply(state)))
                .orElseGet(() -> Uni.createFrom()
                        .failure(new StoreUnavailableException("the state of the migration is not known yet")));
    }

    private <T> Uni<T> withDeadline(Uni<T> call) {
        return Futures.within(
                timeout,
                time,
                call,
                caller -> caller.fail(new StoreUnavailableException("the two stores did not reply in time")));
    }
}
