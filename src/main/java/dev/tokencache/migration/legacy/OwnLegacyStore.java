package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.RenewalUntil;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.token.Paging;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.TokenStore.Restoration;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.OptionalLong;
import java.util.function.Function;

/** An old store that is another token-cache: a {@link RedisTokenStore}, which finds tokens without their strings. */
final class OwnLegacyStore extends ScannedLegacyStore {

    private final RedisTokenStore store;
    private final OwnPages pages;
    private final Clock clock;

    /** @param store must leave traces of expiries */
    OwnLegacyStore(RedisTokenStore store, OwnPages pages, LegacyScan scan, LegacyLink link, Clock clock) {
        super(scan, link);
        this.store = store;
        this.clock = clock;
        this.pages = pages;
    }

    @Override
    public Uni<Verdict> find(TokenLocator token) {
        return store.read(token.plain());
    }

    @Override
    public Uni<LegacyToken> original(TokenLocator token, Token found) {
        return run(() -> pages.original(found)
                .map(original -> original.orElseThrow(
                        () -> new StoreUnavailableException("the string is being issued to another subject"))));
    }

    @Override
    public Uni<Creation> create(NewToken token) {
        return store.create(token.plain());
    }

    /** Expires the token as of its issue, so that the same string can be issued again. */
    @Override
    public Uni<Void> undo(NewToken token) {
        Token undone = token.token();
        return store.expire(new TokenLocator.ById(undone.id()), undone.issuedAtMillis())
                .replaceWithVoid();
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return store.renew(token.plain(), lifetime);
    }

    /** Restores the cluster's record, unless the string was issued to another subject since. */
    @Override
    public Uni<Void> save(TokenLocator token, Token asInCluster) {
        return run(() -> pages.original(asInCluster))
                .chain(original -> original.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : store.restore(stored(token, original.get()))
                                .chain(restoration ->
                                        restoration == Restoration.TAKEN || restoration == Restoration.EXPIRED
                                                ? renewReissued(asInCluster)
                                                : Uni.createFrom().voidItem()));
    }

    /** "Expire all but this token" gives the token another issue time on each side, so it cannot be restored. */
    private Uni<Void> renewReissued(Token asInCluster) {
        return new RenewalUntil(store, clock)
                .renew(new TokenLocator.ById(asInCluster.id()), asInCluster.expiresAt())
                .replaceWithVoid();
    }

    private static NewToken stored(TokenLocator token, LegacyToken original) {
        boolean isUnknown = original.foreignNonce() == null && token.plain() instanceof TokenLocator.Foreign;
        return isUnknown ? new NewToken(original.token(), LegacyToken.COPY_NONCE) : original.copy();
    }

    /** Validates in the old store instead of writing the cluster's record, which would undo a concurrent renewal. */
    @Override
    public Uni<Void> touch(TokenLocator token, Token touched) {
        return store.validate(token.plain()).replaceWithVoid();
    }

    @Override
    public Uni<Void> expire(TokenLocator token, long atMillis) {
        return store.expire(token.plain(), atMillis).replaceWithVoid();
    }

    @Override
    public Uni<Long> expireSubject(RoutingTag subject, long notBeforeMillis, boolean reachesAll) {
        return expireBefore(before -> store.expireSubject(subject, before), notBeforeMillis, reachesAll);
    }

    @Override
    public Uni<Long> expireOthers(TokenId kept, long notBeforeMillis, boolean reachesAll) {
        return expireBefore(before -> store.expireOthers(kept, before), notBeforeMillis, reachesAll);
    }

    /** Sets the not-before time of the old store, to the given one or later. */
    private static Uni<Long> expireBefore(
            Function<OptionalLong, Uni<SubjectNotBefore>> expiry, long notBeforeMillis, boolean reachesAll) {
        Uni<SubjectNotBefore> marked = expiry.apply(OptionalLong.of(notBeforeMillis));
        Uni<SubjectNotBefore> reaching = reachesAll
                ? expiry.apply(OptionalLong.empty())
                        .chain(notBefore -> notBefore.notBeforeMillis() < notBeforeMillis
                                ? marked
                                : Uni.createFrom().item(notBefore))
                : marked;
        return reaching.map(SubjectNotBefore::notBeforeMillis);
    }

    @Override
    public boolean isSearchable() {
        return true;
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject, Paging paging) {
        return store.list(subject, paging);
    }
}
