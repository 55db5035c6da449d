package dev.tokencache.store.nearcache;

import dev.tokencache.token.Durability;
import dev.tokencache.token.Paging;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** A store of one token. A test triggers each step of a call: reading, writing, replying. */
final class ScriptedStore implements TokenStore {

    private final Supplier<Verdict> truth;
    final List<Lookup> lookups = new ArrayList<>();
    final List<UniEmitter<? super Object>> writes = new ArrayList<>();
    int reads;

    static final class Lookup {
        final UniEmitter<? super Verdict> emitter;
        Verdict read;

        Lookup(UniEmitter<? super Verdict> emitter) {
            this.emitter = emitter;
        }
    }

    ScriptedStore(Supplier<Verdict> truth) {
        this.truth = truth;
    }

    static Supplier<Verdict> always(Token token) {
        return () -> new Verdict.Active(token);
    }

    /** Reads the truth for the oldest lookup that was not read yet. */
    void read() {
        lookups.stream()
                .filter(lookup -> lookup.read == null)
                .findFirst()
                .ifPresent(lookup -> lookup.read = truth.get());
    }

    /** Completes the first or the last of the lookups that were read. */
    void answer(boolean isFirst) {
        List<Lookup> read =
                lookups.stream().filter(lookup -> lookup.read != null).toList();
        if (!read.isEmpty()) {
            Lookup answered = read.get(isFirst ? 0 : read.size() - 1);
            lookups.remove(answered);
            answered.emitter.complete(answered.read);
        }
    }

    /** Completes the oldest lookup as unknown. */
    void lose() {
        if (!lookups.isEmpty()) {
            lookups.remove(0).emitter.complete(new Verdict.Unknown(null));
        }
    }

    void answerAll() {
        while (!lookups.isEmpty()) {
            read();
            answer(true);
        }
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        return Uni.createFrom().emitter(emitter -> {
            reads++;
            lookups.add(new Lookup(emitter));
        });
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        return Uni.join().all(tokens.stream().map(this::validate).toList()).andFailFast();
    }

    @Override
    public Uni<Durability> expire(TokenLocator token, long atMillis) {
        return write();
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        return write();
    }

    @Override
    public Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        return write();
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return write();
    }

    @SuppressWarnings("unchecked")
    private <T> Uni<T> write() {
        return Uni.createFrom().emitter(emitter -> writes.add((UniEmitter<? super Object>) (UniEmitter<?>) emitter));
    }

    void acknowledge(Object outcome) {
        writes.remove(0).complete(outcome);
    }

    void failWrite() {
        writes.remove(0).fail(new StoreUnavailableException("made to fail by a test"));
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        return validate(token);
    }

    @Override
    public Uni<Creation> create(NewToken token) {
        return write();
    }

    @Override
    public Uni<Restoration> restore(NewToken token) {
        return write();
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject, Paging paging) {
        return write();
    }
}
