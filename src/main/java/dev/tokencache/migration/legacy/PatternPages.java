package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore.Page;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.Refusal;
import dev.tokencache.migration.RefusedRecord;
import dev.tokencache.token.Token;
import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads pages of other programs' keys. Checks not-before times here: the cluster forgets them too early. */
record PatternPages(
        KeyPattern pattern, LegacyKeys ownKeys, LegacyRecordMapper records, PageCommands commands, Clock clock)
        implements LegacyScan.PageReader {

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Key(byte[] name, KeyPattern.Named token) {}

    @Override
    public byte[] glob() {
        return pattern.glob();
    }

    @Override
    public Future<Page> read(String next, List<byte[]> names, Function<Request, Future<Response>> master) {
        List<Key> keys = names.stream()
                .filter(name -> !ownKeys.isOwn(name))
                .flatMap(name -> pattern.token(name).map(token -> new Key(name, token)).stream())
                .toList();
        if (keys.isEmpty()) {
            return Future.succeededFuture(new Page(next, List.of(), 0));
        }
        long now = clock.millis();
        Future<List<LegacyContents>> contents = commands.contents(keys, master);
        Future<List<Long>> ttls = commands.ttls(keys, master);
        Future<List<Optional<SidecarRecord>>> sidecars = commands.sidecars(keys, master);
        return Future.all(contents, ttls, sidecars).compose(all -> {
            List<LegacyToken> live = new ArrayList<>();
            List<RefusedRecord> refused = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                KeyPattern.Named token = keys.get(i).token();
                LegacyContents found = contents.result().get(i);
                long ttl = ttls.result().get(i);
                token(token, found, ttl, sidecars.result().get(i), now).ifPresent(live::add);
                refusal(found, ttl)
                        .ifPresent(reason ->
                                refused.add(new RefusedRecord(token.hash().text(), reason)));
            }
            return commands.notBefores(live, master)
                    .map(notBefores -> new Page(next, active(live, notBefores, now), List.of(), refused, keys.size()));
        });
    }

    private static Optional<Refusal> refusal(LegacyContents contents, long ttlMillis) {
        if (contents instanceof LegacyContents.Refused refused) {
            return Optional.of(refused.reason());
        }
        boolean isOtherType = contents instanceof LegacyContents.Nothing && ttlMillis != LegacyCommands.NO_KEY;
        return isOtherType ? Optional.of(Refusal.WRONG_TYPE) : Optional.empty();
    }

    private static List<LegacyToken> active(List<LegacyToken> tokens, List<Long> notBefores, long now) {
        List<LegacyToken> active = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i).token().isActive(now, notBefores.get(i))) {
                active.add(tokens.get(i));
            }
        }
        return active;
    }

    private Optional<LegacyToken> token(
            KeyPattern.Named named, LegacyContents contents, long ttl, Optional<SidecarRecord> sidecar, long now) {
        boolean isForeign = sidecar.flatMap(SidecarRecord::stored)
                .map(stored -> stored.foreignNonce() != null)
                .orElse(named.isForeign());
        return records.token(named.hash(), contents, ttl, sidecar, now)
                .filter(live -> live.isActive(now, Token.NOT_BEFORE_UNSET)
                        && !LegacyRecordMapper.isExpired(live, isForeign, sidecar))
                .map(live -> new LegacyToken(live, isForeign));
    }
}
