package dev.tokencache.journal;

import dev.tokencache.token.TokenStore.Restoration;

/** Told what becomes of journaled writes, to be counted; must not block. */
public interface ReplayEvents {

    /** The store has it. */
    void replayed();

    /** The store has a reason not to want it. */
    void refused(Restoration reason);
}
