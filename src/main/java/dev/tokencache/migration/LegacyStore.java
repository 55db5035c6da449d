package dev.tokencache.migration;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.OptionalLong;

/**
 * The old store. Locators are {@link TokenLocator.Presented} wherever the caller knows the string; one without leads only to
 * tokens that were created, renewed or expired here.
 *
 * <p>Thread-safe, never blocks, has deadlines and a breaker of its own. {@link #find} never fails; every other call fails
 * with {@link dev.tokencache.token.StoreUnavailableException} when its outcome is unknown.
 */
public interface LegacyStore {

    /** Whether a token is good: alive, not expired here, issued after its subject's mark. Changes nothing. */
    Uni<Verdict> find(TokenLocator token);

    /**
     * A live token that was found, as it has to be copied: with what tells its creation, if that is known.
     *
     * @param found what {@link #find} or {@link #renew} told of it
     */
    default Uni<LegacyToken> original(TokenLocator token, Token found) {
        return Uni.createFrom().item(new LegacyToken(found, token.plain() instanceof TokenLocator.Foreign));
    }

    /** Keeps a new token, in the other programs' format; its string must be there. */
    Uni<Creation> create(NewToken token);

    /** Takes a token back that {@link #create} has kept a moment ago, and that nobody was told of. */
    Uni<Void> undo(NewToken token);

    /** As {@link dev.tokencache.token.TokenStore#renew}; what other programs keep in the record stays. */
    Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime);

    /** Gives a token the end that it has in the cluster; keeps it anew if it is gone and was not expired. */
    Uni<Void> save(TokenLocator token, Token asInCluster);

    /** Writes a validation down for the idle timeout, if there is one. */
    Uni<Void> touch(TokenLocator token, Token touched);

    /** Makes a token inactive for good; see {@link dev.tokencache.token.TokenStore#expire}. */
    Uni<Void> expire(TokenLocator token, long atMillis);

    /**
     * Sets a subject's mark, unless it has a later one.
     *
     * @param reachesAll whether all tokens that exist must be under it, whatever the clocks of those who issued them said
     * @return the mark afterwards, as far as this store can tell; never earlier than what was asked for
     */
    Uni<Long> expireSubject(RoutingTag subject, long notBeforeMillis, boolean reachesAll);

    /**
     * The masters whose keys have to be walked now. A name is of one run of one server and tells no address: after a restart or
     * a failover there is another, whose walk starts at the beginning, since a cursor means nothing to it. All is walked when
     * each master that is there at the end was walked to its end.
     */
    Uni<List<Master>> masters();

    /**
     * A part of the old store.
     *
     * @param name names it, until it is restarted
     * @param keys how many keys it has, roughly
     */
    record Master(String name, long keys) {}

    /**
     * The next keys of one master.
     *
     * @param cursor {@link Page#START}, or that of the page before
     * @param count how many keys to look at, roughly
     */
    Uni<Page> scan(String master, String cursor, int count);

    /**
     * A part of a walk.
     *
     * @param cursor where to go on; {@link #START} if this was the last
     * @param tokens the live ones
     * @param expiries what speaks against tokens, where the cluster may not know it yet
     * @param scanned how many records were looked at, those of {@code tokens} included
     */
    record Page(String cursor, List<LegacyToken> tokens, List<LegacyExpiry> expiries, int scanned) {
        public static final String START = "0";

        public Page {
            tokens = List.copyOf(tokens);
            expiries = List.copyOf(expiries);
        }

        /** A page of a store whose expiries the cluster has had from the first. */
        public Page(String cursor, List<LegacyToken> tokens, int scanned) {
            this(cursor, tokens, List.of(), scanned);
        }

        public boolean isLast() {
            return cursor.equals(START);
        }
    }

    /** Whether this store can be searched by subject. */
    default boolean isSearchable() {
        return false;
    }

    /** What is kept for a subject, if this store {@link #isSearchable}. */
    default Uni<SubjectTokens> list(RoutingTag subject) {
        return Uni.createFrom().failure(new StoreUnavailableException("the old store can not be searched by subject"));
    }

    /** Closes all connections, for good; calls fail from then on. */
    void close();
}
