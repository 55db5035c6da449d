package dev.tokencache.journal;

import dev.tokencache.token.TokenStore.Restoration;

/** Receives the results of a replay. Implementations must not block. */
public interface ReplayEvents {

    /** The store accepted an entry. */
    void replayed();

    /** The store rejected an entry permanently. */
    void refused(Restoration reason);
}
