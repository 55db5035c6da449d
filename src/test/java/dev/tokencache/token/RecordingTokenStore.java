package dev.tokencache.token;

import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A decorator that records the calls of a store. */
final class RecordingTokenStore implements TokenStore {

    private final TokenStore next;
    private final List<String> calls = new ArrayList<>();
    private boolean expiringOnCreate;

    RecordingTokenStore(TokenStore next) {
        this.next = next;
    }

    /** The names of the calls so far. Modifiable. */
    List<String> calls() {
        return calls;
    }

    /** From now on, expires the subject just before each create, at a time one second ahead. */
    void expireBeforeEveryCreate() {
        expiringOnCreate = true;
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        calls.add("validate");
        return next.validate(token);
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        calls.add("validateAll");
        return next.validateAll(tokens);
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        calls.add("read");
        return next.read(token);
    }

    @Override
    public Uni<Creation> create(NewToken token) {
        calls.add("create");
        if (!expiringOnCreate) {
            return next.create(token);
        }
        OptionalLong ahead = OptionalLong.of(token.token().issuedAtMillis() + 1000);
        return next.expireSubject(token.token().id().tag(), ahead).chain(() -> next.create(token));
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        calls.add("renew");
        return next.renew(token, lifetime);
    }

    @Override
    public Uni<Durability> expire(TokenLocator token, long atMillis) {
        calls.add("expire");
        return next.expire(token, atMillis);
    }

    @Override
    public Uni<Restoration> restore(NewToken token) {
        calls.add("restore");
        return next.restore(token);
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        calls.add("expireSubject");
        return next.expireSubject(subject, before);
    }

    @Override
    public Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        return next.expireOthers(kept, before);
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject, Paging paging) {
        calls.add("list");
        return next.list(subject, paging);
    }
}
