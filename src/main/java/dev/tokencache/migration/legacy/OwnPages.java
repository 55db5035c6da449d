package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.LegacyStore.Page;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.Refusal;
import dev.tokencache.migration.RefusedRecord;
import dev.tokencache.seal.Seal;
import dev.tokencache.store.redis.ForeignPointer;
import dev.tokencache.store.redis.RedisKeys;
import dev.tokencache.store.redis.SubjectContents;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenLocator;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Reads pages of another token-cache. The hash of a subject has its tokens, its not-before time and its remembered
 * expiries. Only the pointer, in another slot, shows whether a token is foreign.
 */
record OwnPages(LegacyLink link, RedisKeys keys, Seal seal, Duration maxTtl, Clock clock)
        implements LegacyScan.PageReader {

    private static final Logger LOG = Logger.getLogger(OwnPages.class);

    /** Much less than the limit of a connection, which requests use too. */
    private static final int MAX_CONCURRENT = 500;

    /** The fields of a subject to read at a time. */
    private static final int FIELDS = 100;

    /** The contents of one key: live tokens, expiries, and the number of records. */
    private record Part(List<Token> tokens, List<LegacyExpiry> expiries, List<RefusedRecord> refused, int scanned) {
        static final Part NOTHING = new Part(List.of(), List.of(), List.of(), 0);
    }

    @Override
    public byte[] glob() {
        return keys.glob();
    }

    @Override
    public Future<Page> read(String next, List<byte[]> names) {
        return LegacyScan.inTurns(names, MAX_CONCURRENT, this::part).compose(parts -> {
            List<Token> live =
                    parts.stream().flatMap(part -> part.tokens().stream()).toList();
            // In turns, since a subject can have any number of tokens.
            return LegacyScan.inTurns(live, MAX_CONCURRENT, this::original)
                    .map(originals -> page(next, parts, originals));
        });
    }

    private static Page page(String next, List<Part> parts, List<Optional<LegacyToken>> originals) {
        return new Page(
                next,
                originals.stream().flatMap(Optional::stream).toList(),
                parts.stream().flatMap(part -> part.expiries().stream()).toList(),
                parts.stream().flatMap(part -> part.refused().stream()).toList(),
                parts.stream().mapToInt(Part::scanned).sum());
    }

    private Future<Part> part(byte[] name) {
        Optional<RoutingTag> subject = keys.subjectOf(name);
        if (subject.isPresent()) {
            return ofSubject(subject.get(), name, "0", new ArrayList<>());
        }
        return keys.foreignTokenOf(name)
                .map(token -> pointer(token).map(pointer -> ofPointer(token, pointer)))
                .orElseGet(() -> Future.succeededFuture(Part.NOTHING));
    }

    /** Reads in batches, since one command for a large hash would block the old Redis. */
    private Future<Part> ofSubject(RoutingTag subject, byte[] name, String cursor, List<Response> batches) {
        Request scan =
                Request.cmd(Command.HSCAN).arg(name).arg(cursor).arg("COUNT").arg(FIELDS);
        return link.send(name, scan).compose(reply -> {
            if (reply == null) {
                return Future.succeededFuture(Part.NOTHING);
            }
            batches.add(reply.get(1));
            String next = reply.get(0).toString();
            return next.equals("0")
                    ? Future.succeededFuture(ofSubject(subject, name, batches))
                    : ofSubject(subject, name, next, batches);
        });
    }

    /** An unreadable hash must not end the scan; its tokens are unknown in the old store too. */
    private Part ofSubject(RoutingTag subject, byte[] name, List<Response> batches) {
        try {
            return ofSubject(subject, SubjectContents.of(subject, name, batches, seal));
        } catch (IllegalArgumentException unreadable) {
            LOG.warnf("Subject cannot be copied; tag=%s cause=%s", subject, unreadable.getMessage());
            return new Part(List.of(), List.of(), List.of(new RefusedRecord(subject.value(), Refusal.UNREADABLE)), 1);
        }
    }

    private Part ofSubject(RoutingTag subject, SubjectContents contents) {
        long now = clock.millis();
        List<LegacyExpiry> expiries = new ArrayList<>();
        if (contents.notBeforeMillis() != Token.NOT_BEFORE_UNSET) {
            expiries.add(new LegacyExpiry.OfSubject(subject, contents.notBeforeMillis()));
        }
        contents.expiries().stream()
                .filter(expiry -> expiry.untilMillis() > now)
                .map(expiry -> new LegacyExpiry.OfToken(
                        new TokenLocator.ById(expiry.id()), expiry.atMillis(), expiry.untilMillis()))
                .forEach(expiries::add);
        return new Part(
                contents.live(now).tokens(),
                expiries,
                List.of(),
                contents.tokens().size() + contents.expiries().size());
    }

    /** Reads the expiry of a pointer without an owner. Otherwise the hash of the owner has it. */
    private Part ofPointer(TokenHash token, Optional<ForeignPointer> pointer) {
        if (pointer.isEmpty() || pointer.get().expiredAtMillis().isEmpty()) {
            return Part.NOTHING;
        }
        long at = pointer.get().expiredAtMillis().getAsLong();
        LegacyExpiry expiry =
                new LegacyExpiry.OfToken(new TokenLocator.Foreign(token), at, clock.millis() + maxTtl.toMillis());
        return new Part(List.of(), List.of(expiry), List.of(), 0);
    }

    /** The token with its nonce if it is foreign; empty if its string now belongs to another subject. */
    Future<Optional<LegacyToken>> original(Token token) {
        return pointer(token.id().hash()).map(pointer -> {
            if (pointer.isEmpty() || pointer.get().subject().isEmpty()) {
                return Optional.of(new LegacyToken(token, null));
            }
            return pointer.get().subject().equals(Optional.of(token.id().tag()))
                    ? Optional.of(new LegacyToken(token, pointer.get().nonce().orElseThrow()))
                    : Optional.empty();
        });
    }

    private Future<Optional<ForeignPointer>> pointer(TokenHash token) {
        byte[] key = keys.pointer(token);
        return link.send(key, Request.cmd(Command.GET).arg(key))
                .map(reply -> Optional.ofNullable(reply).map(text -> ForeignPointer.of(text.toString(), key, seal)));
    }
}
