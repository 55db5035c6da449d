package dev.tokencache.store.journal;

/** Told what becomes of journaled writes, to be counted; must not block. */
public interface ReplayEvents {

    /** The store has it. */
    void replayed();

    /** The store has a reason not to want it: it was expired meanwhile, or its string is another live token's. */
    void refused();
}
