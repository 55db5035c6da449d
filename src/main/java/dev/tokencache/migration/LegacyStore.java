package dev.tokencache.migration;

import dev.tokencache.token.Paging;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.OptionalLong;

/**
 * The port to the old store. Locators are {@link TokenLocator.Presented} wherever the caller knows the token string.
 * Without the string, only tokens that were created, renewed or expired here can be found.
 *
 * <p>Thread-safe, never blocks, has its own deadlines and circuit breaker. {@link #find} never fails; every other call
 * fails
 * with {@link dev.tokencache.token.StoreUnavailableException} when its outcome is unknown.
 */
public interface LegacyStore {

    /** Whether a token is active: alive, not expired here, issued after its subject's not-before time. */
    Uni<Verdict> find(TokenLocator token);

    /** An active token, as {@link #find} or {@link #renew} returned it, with the nonce of its creation if it is known. */
    default Uni<LegacyToken> original(TokenLocator token, Token found) {
        return Uni.createFrom().item(new LegacyToken(found, token.plain() instanceof TokenLocator.Foreign));
    }

    /** Stores a new token in the format of the other programs. The token string must be present. */
    Uni<Creation> create(NewToken token);

    /** Removes a token that {@link #create} has just stored and that no caller knows yet. */
    Uni<Void> undo(NewToken token);

    /** Renews like {@link dev.tokencache.token.TokenStore#renew}, and leaves the fields of other programs unchanged. */
    Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime);

    /**
     * Gives a token its expiry in the cluster, and keeps a later issue time. Stores it again if it is missing and was not
     * expired here.
     */
    Uni<Void> save(TokenLocator token, Token asInCluster);

    /** Records a validation for the idle timeout, if the token has one. */
    Uni<Void> touch(TokenLocator token, Token touched);

    /** Makes a token permanently inactive; see {@link dev.tokencache.token.TokenStore#expire}. */
    Uni<Void> expire(TokenLocator token, long atMillis);

    /**
     * Sets the not-before time of a subject, unless it has a later one, and returns it as far as this store knows it.
     * With {@code reachesAll}, every existing token must become inactive, even one from an issuer whose clock is ahead.
     */
    Uni<Long> expireSubject(RoutingTag subject, long notBeforeMillis, boolean reachesAll);

    /**
     * As {@link #expireSubject}, but keeps one token of the subject: it is issued again, after the not-before time. Fails if
     * this store cannot find the token without its string.
     */
    Uni<Long> expireOthers(TokenId kept, long notBeforeMillis, boolean reachesAll);

    /**
     * The masters to scan now. A name identifies one run of one server and contains no address. After a restart or
     * failover there is a new name, whose scan starts at the beginning: a cursor is valid for one run only. The scan is
     * complete when every master that exists at the end is scanned to its end.
     */
    Uni<List<Master>> masters();

    /** A master of the old store: its name until the next restart, and the approximate number of its keys. */
    record Master(String name, long keys) {}

    /** Reads about {@code count} keys of one master, from {@link Page#START} or the cursor of a page on. */
    Uni<Page> scan(String master, String cursor, int count);

    /**
     * A page of a scan.
     *
     * @param cursor of the next page; {@link #START} if this is the last
     * @param expiries expiries and not-before times that the cluster may lack
     * @param scanned how many records were scanned, including {@code tokens} and {@code refused}
     */
    record Page(
            String cursor,
            List<LegacyToken> tokens,
            List<LegacyExpiry> expiries,
            List<RefusedRecord> refused,
            int scanned) {
        public static final String START = "0";

        public Page {
            tokens = List.copyOf(tokens);
            expiries = List.copyOf(expiries);
            refused = List.copyOf(refused);
        }

        public boolean isLast() {
            return cursor.equals(START);
        }
    }

    /** Whether this store can list the tokens of a subject. */
    default boolean isSearchable() {
        return false;
    }

    /** A page of the tokens of a subject, if this store {@link #isSearchable}. */
    default Uni<SubjectTokens> list(RoutingTag subject, Paging paging) {
        return Uni.createFrom()
                .failure(new StoreUnavailableException("the old store cannot list the tokens of a subject"));
    }

    /** Closes all connections permanently; later calls fail. */
    void close();
}
