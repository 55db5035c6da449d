package dev.tokencache.journal;

import dev.tokencache.token.TokenStore.Restoration;

/** Receives the results of a replay. Implementations must not block. */
public interface ReplayEvents {

    /** The store has confirmed an entry, which leaves the journal. */
    void replayed();

    /** The store failed, or too few replicas have the entry. It is replayed again. */
    void postponed();

    /** The store rejected an entry permanently. */
    void refused(Restoration reason);
}
