package dev.tokencache.store.nearcache;

import dev.tokencache.token.Durability;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** A store of one token in which each step of a call happens when a test says so: reading, writing, answering. */
final class ScriptedStore implements TokenStore {

    private final Supplier<Verdict> truth;
    final List<CacheLookup> questions = new ArrayList<>();
    final List<UniEmitter<? super Object>> writes = new ArrayList<>();
    int asked;

    static final class CacheLookup {
        final UniEmitter<? super Verdict> emitter;
        Verdict read;

        CacheLookup(UniEmitter<? super Verdict> emitter) {
            this.emitter = emitter;
        }
    }

    ScriptedStore(Supplier<Verdict> truth) {
        this.truth = truth;
    }

    static Supplier<Verdict> always(Token token) {
        return () -> new Verdict.Active(token);
    }

    /** The oldest question that was not read yet is read. */
    void read() {
        questions.stream()
                .filter(question -> question.read == null)
                .findFirst()
                .ifPresent(question -> question.read = truth.get());
    }

    /** The first or the last of the questions that were read is answered. */
    void answer(boolean isFirst) {
        List<CacheLookup> read =
                questions.stream().filter(question -> question.read != null).toList();
        if (!read.isEmpty()) {
            CacheLookup answered = read.get(isFirst ? 0 : read.size() - 1);
            questions.remove(answered);
            answered.emitter.complete(answered.read);
        }
    }

    /** The oldest question has no answer. */
    void lose() {
        if (!questions.isEmpty()) {
            questions.remove(0).emitter.complete(new Verdict.Unknown(null));
        }
    }

    void answerAll() {
        while (!questions.isEmpty()) {
            read();
            answer(true);
        }
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        return Uni.createFrom().emitter(emitter -> {
            asked++;
            questions.add(new CacheLookup(emitter));
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
    public Uni<SubjectTokens> list(RoutingTag subject) {
        return write();
    }
}
