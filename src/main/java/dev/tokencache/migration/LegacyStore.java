package dev.tokencache.migration;

import dev.tokencache.token.RoutingTag;
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

    /** Keeps a new token, in the other programs' format; its string must be there. */
    Uni<Creation> create(NewToken token);

    /** Takes a token back that {@link #create} has kept a moment ago, and that nobody was told of. */
    Uni<Void> undo(NewToken token);

    /** As {@link dev.tokencache.token.TokenStore#renew}; what other programs keep in the record stays. */
    Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime);

    /** Gives a token the end that it has in the cluster; keeps it anew if it is gone and was not expired. */
    Uni<Void> keep(TokenLocator token, Token asInCluster);

    /** Writes a validation down for the idle timeout, if there is one. */
    Uni<Void> touch(TokenLocator token, Token touched);

    /** Makes a token inactive for good; see {@link dev.tokencache.token.TokenStore#expire}. */
    Uni<Void> expire(TokenLocator token, long atMillis);

    /** Sets a subject's mark, unless it has a later one. */
    Uni<Void> expireSubject(RoutingTag subject, long notBeforeMillis);

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
     * @param scanned how many keys of the pattern were looked at, those of {@code tokens} included
     */
    record Page(String cursor, List<LegacyToken> tokens, int scanned) {
        public static final String START = "0";

        public Page {
            tokens = List.copyOf(tokens);
        }

        public boolean isLast() {
            return cursor.equals(START);
        }
    }

    /** Closes all connections, for good; calls fail from then on. */
    void close();
}
