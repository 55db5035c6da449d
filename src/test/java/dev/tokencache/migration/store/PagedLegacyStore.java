package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.IntConsumer;

/** An old store that only supports scans. Its cursors are indexes of a list. */
public final class PagedLegacyStore implements LegacyStore {

    private final Map<String, List<Token>> masters = new LinkedHashMap<>();
    public final List<String> scans = new ArrayList<>();
    /** The expiries on the first page of a master. */
    public final Map<String, List<LegacyExpiry>> expiries = new LinkedHashMap<>();

    public boolean isDown;
    /** Receives the number of pages read so far, before each page. */
    public IntConsumer onScan = asked -> {};

    public void add(String master, Token token) {
        masters.computeIfAbsent(master, name -> new ArrayList<>()).add(token);
    }

    public void remove(Token token) {
        masters.values().forEach(tokens -> tokens.replaceAll(kept -> kept.equals(token) ? null : kept));
    }

    @Override
    public Uni<List<Master>> masters() {
        return Uni.createFrom().item(() -> masters.entrySet().stream()
                .map(entry -> new Master(entry.getKey(), entry.getValue().size()))
                .toList());
    }

    @Override
    public Uni<Page> scan(String master, String cursor, int count) {
        return Uni.createFrom().item(() -> {
            if (isDown) {
                throw new StoreUnavailableException("made to fail by a test");
            }
            scans.add(master + ":" + cursor);
            onScan.accept(scans.size());
            List<Token> tokens = masters.get(master);
            int from = Integer.parseInt(cursor);
            int to = Math.min(tokens.size(), from + count);
            List<LegacyToken> live = tokens.subList(from, to).stream()
                    .filter(token -> token != null)
                    .map(token -> new LegacyToken(token, true))
                    .toList();
            return new Page(
                    to == tokens.size() ? Page.START : Integer.toString(to),
                    live,
                    from == 0 ? expiries.getOrDefault(master, List.of()) : List.of(),
                    List.of(),
                    to - from);
        });
    }

    @Override
    public Uni<Verdict> find(TokenLocator token) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Creation> create(NewToken token) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Void> undo(NewToken token) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Void> save(TokenLocator token, Token asInCluster) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Void> touch(TokenLocator token, Token touched) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Void> expire(TokenLocator token, long atMillis) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Long> expireSubject(RoutingTag subject, long notBeforeMillis, boolean reachesAll) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Long> expireOthers(TokenId kept, long notBeforeMillis, boolean reachesAll) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
