package dev.tokencache.journal;

import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Saves validations that the store could not record, so that their tokens do not become inactive. One write per token is in
 * flight at a time; the journal ignores those that are too close together. Failures are ignored: the next validation tries
 * again. Thread-safe, never blocks.
 */
public final class MissedTouches implements Consumer<Token> {

    private final Journal journal;
    private final Set<TokenHash> inFlight = ConcurrentHashMap.newKeySet();

    public MissedTouches(Journal journal) {
        this.journal = journal;
    }

    @Override
    public void accept(Token touched) {
        TokenHash token = touched.id().hash();
        if (journal.hasRoom() && inFlight.add(token)) {
            journal.touch(touched)
                    .onTermination()
                    .invoke(() -> inFlight.remove(token))
                    .subscribe()
                    .with(done -> {}, failure -> {});
        }
    }
}
