package dev.tokencache.token;

/** How safe an acknowledged write is; the later, the less it is like what was asked for. */
public enum Durability {
    /** It is kept where the configuration says that a write must be kept. */
    AS_CONFIGURED,
    /** It is kept, but fewer replicas have it than were asked for: the loss of one more node could undo it. */
    UNDER_REPLICATED,
    /** Redis could not take it: it is kept in the journal, and is brought to Redis as soon as that can be. */
    JOURNALED;

    /** The worse of two. */
    public Durability and(Durability other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
