package dev.tokencache.journal;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenLocator;
import io.smallrye.mutiny.Uni;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A shared journal whose marker this process has not seen yet: not empty, but reported as empty. */
record StaleEmptyJournal(Journal journal) implements Journal {

    @Override
    public boolean isEmpty() {
        return true;
    }

    @Override
    public Uni<JournaledState> find(TokenHash token, @Nullable RoutingTag subject) {
        return journal.find(token, subject);
    }

    @Override
    public Uni<JournaledSubject> findSubject(RoutingTag subject) {
        return journal.findSubject(subject);
    }

    @Override
    public Uni<Boolean> save(JournaledRecord record, @Nullable JournaledRecord replaced) {
        return journal.save(record, replaced);
    }

    @Override
    public Uni<Void> expire(TokenLocator token, long atMillis) {
        return journal.expire(token, atMillis);
    }

    @Override
    public Uni<Void> touch(Token token) {
        return journal.touch(token);
    }

    @Override
    public boolean hasRoom() {
        return journal.hasRoom();
    }

    @Override
    public Uni<Long> expireSubject(RoutingTag subject, OptionalLong before) {
        return journal.expireSubject(subject, before);
    }
}
